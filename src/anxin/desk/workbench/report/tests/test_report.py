"""A risk is reported from the desk: once, urgent where it must be, and never in clear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.configuration import open_site
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.operations.checks.models import CheckRun
from anxin.desk.operations.incidents.models import Incident, Party, Signal

SignIn = Callable[..., Client]
pytestmark = pytest.mark.django_db(databases="__all__")
KEY = "0123456789abcdef" * 2
TOLD: dict[str, Any] = {
    "kind": "fake_service_refund",
    "victim_kind": "phone",
    "victim": "13800138000",
    "suspect_kind": "user",
    "suspect": "",
    "text": "客户王女士说客服让她共享屏幕",
    "key": KEY,
}


def test_reporting_opens_an_incident_at_once_and_tells_nothing_in_clear(sign_in: SignIn) -> None:
    client = sign_in("service_agent")
    answer = client.post("/report/", TOLD | {"markers": ["money_moving"], "amount": "3200.50"})
    incident = Incident.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/incidents/{incident.id}/")
    assert (incident.level, incident.is_provisional, incident.kind) == (1, True, "fake_service_refund")
    assert (incident.at_risk_minor, incident.currency) == (320_050, "CNY")
    party, signal = Party.objects.get(), Signal.objects.get()
    assert (party.role, party.entity_kind, signal.source) == ("victim", "phone", "staff")
    with connection.cursor() as cursor:
        for table in ("incidents_signal", "incidents_party", "incidents_incidentevent", "outbox_fact"):
            cursor.execute(f"SELECT * FROM {table}")
            shown = repr(cursor.fetchall())
            assert not any(clear in shown for clear in ("13800138000", "王女士", "共享屏幕"))


def test_the_same_form_twice_is_one_report_and_the_same_suspect_one_incident(sign_in: SignIn) -> None:
    client = sign_in("specialist")
    told = TOLD | {"suspect": "u_bad"}
    for _ in range(2):
        assert client.post("/report/", told).status_code == 302
    assert (Incident.objects.count(), Signal.objects.count()) == (1, 1)
    page = client.post("/report/", told | {"key": KEY[::-1], "victim": "13900139000"}, follow=True).content.decode()
    assert (Incident.objects.count(), Signal.objects.count()) == (1, 2)
    assert "Added to incident #1, which is being worked on." in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"victim": "", "text": " "}, "name somebody or something, or say what happened"),
        ({"kind": "nothing"}, "nothing"),
        ({"victim": "not a number"}, "is no valid phone number"),
        ({"suspect_kind": "ip", "suspect": "1.2.3"}, "is no valid IP address"),
        ({"suspect_kind": "email", "suspect": "nobody"}, "is no valid e-mail"),
        ({"amount": "-1"}, "0"),
        ({"key": "x"}, ""),
        ({"markers": ["rule"]}, "rule"),
    ],
)
def test_what_cannot_be_understood_is_told_and_opens_nothing(
    change: dict[str, Any], said: str, sign_in: SignIn
) -> None:
    answer = sign_in("specialist").post("/report/", TOLD | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Incident.objects.count() == 0


def test_a_check_is_reported_once_and_only_ones_own(sign_in: SignIn, other_organisation: Organisation) -> None:
    client = sign_in("service_agent")
    page = client.post("/checks/run/", {"text": "http://taoba0.com/login"}).content.decode()
    check_id = CheckRun.objects.get().id
    assert f"/report/?check={check_id}" in page
    for number in "12":
        client.post("/report/", TOLD | {"check_id": check_id, "key": KEY[:-1] + number})
    assert [(each.source, each.source_ref) for each in Signal.objects.all()] == [("check", check_id)]
    foreign = sign_in("specialist", username="far", to=other_organisation)
    assert foreign.post("/report/", TOLD | {"check_id": check_id}).status_code == 404


def test_the_site_is_asked_for_where_there_are_several(sign_in: SignIn, actor: Callable[..., Actor]) -> None:
    client, by = sign_in("specialist"), actor("administrator", username="root")
    assert 'name="site"' not in client.get("/report/").content.decode()
    mall = open_site(platform="mall", business_line="retail", region="cn", name="Mall", by=by, at=NIGHT)
    assert 'name="site"' in client.get("/report/").content.decode()
    assert client.post("/report/", TOLD | {"site": "sit_none"}).status_code == 422
    assert client.post("/report/", TOLD | {"site": mall.id}).status_code == 302
    assert Incident.objects.get().site_id == mall.id


def test_a_page_that_leads_here_fills_in_whom_it_is_about(sign_in: SignIn) -> None:
    client = sign_in("specialist")
    assert 'value="u_li"' in client.get("/report/?entity_kind=user&entity_key=u_li").content.decode()
    page = client.get("/report/?entity_kind=phone&entity_key=13800138000").content.decode()
    assert 'value="13800138000"' not in page


def test_who_may_not_see_a_confidential_incident_reads_its_number(sign_in: SignIn) -> None:
    client = sign_in("service_agent")
    answer = client.post("/report/", TOLD | {"kind": "insider_leak"}, follow=True)
    assert answer.redirect_chain == [("/report/", 302)]
    assert "Reported: incident #1." in answer.content.decode()


def test_who_may_report(sign_in: SignIn) -> None:
    assert Client().get("/report/").status_code == 302
    assert sign_in("auditor").get("/report/").status_code == 403
    assert sign_in("mentor").get("/report/").status_code == 200
