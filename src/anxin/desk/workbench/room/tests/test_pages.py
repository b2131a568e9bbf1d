"""The room's page: join, roles, decisions, the line for customers, closing; who comes in; one set of queries."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import count_queries
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.operations.incidents.actions.calls import note_user_notice
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.rooms.actions import decide, join

SignIn = Callable[..., Client]
pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("clock")]
POSTS = ("join/", "leave/", "role/", "accept/", "decide/", "status/", "close/")


@pytest.fixture
def incident(actor: Callable[..., Actor]) -> Incident:
    """An incident that somebody opened."""
    return open_incident(Seen(kind="account_takeover", level=1), by=actor("shift_lead", username="lead"), at=NIGHT)


def text(answer: HttpResponse) -> str:
    plain = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", plain)


def test_from_joining_to_the_summary(sign_in: SignIn, incident: Incident) -> None:
    client, path = sign_in("specialist"), f"/incidents/{incident.id}/room/"
    assert "Open the war room" in text(client.get(path))
    assert "The war room is not open" in text(client.get(f"{path}panel/"))
    assert client.post(f"{path}join/").status_code == 302
    client.post(f"{path}decide/", {"what": "Freeze payouts", "why": "two reports within a minute"})
    client.post(f"{path}status/", {"text": "We stopped payouts and look into it."})
    page = text(client.get(path))
    assert all(said in page for said in ("Freeze payouts", "two reports within a minute", "We stopped payouts"))
    assert client.post(f"{path}close/", {"summary": "Payouts are frozen; IT looks."}).status_code == 302
    page = text(client.get(path))
    assert ("Open the war room" in page, "Payouts are frozen; IT looks." in page) == (True, True)


def test_the_feed_says_codes_in_words(sign_in: SignIn, incident: Incident) -> None:
    data = {"measure": "freeze_account", "state": "sent"}
    note_user_notice(incident_id=incident.id, organisation_id=incident.organisation_id, data=data, at=NIGHT)
    feed = text(sign_in("specialist").get(f"/incidents/{incident.id}/room/", headers={"accept-language": "zh"}))
    assert "告知用户“冻结账号”：已发出，待平台送达 系统 · 通知" in feed
    assert "freeze_account" not in feed


def test_a_refusal_keeps_what_was_typed(sign_in: SignIn, incident: Incident) -> None:
    client, path = sign_in("specialist"), f"/incidents/{incident.id}/room/"
    client.post(f"{path}join/")
    refused = client.post(f"{path}decide/", {"what": "Freeze payouts", "why": " "})
    assert (refused.status_code, 'value="Freeze payouts"' in refused.content.decode()) == (422, True)


def test_the_page_costs_the_same_for_many(sign_in: SignIn, actor: Callable[..., Actor], incident: Incident) -> None:
    client, by = sign_in("mentor"), actor("specialist")
    path = f"/incidents/{incident.id}/room/"
    join(incident_id=incident.id, by=by, at=NIGHT)
    decide(incident_id=incident.id, what="a", why="b", by=by, at=NIGHT)
    few = count_queries(lambda: client.get(path))
    for number in range(10):
        decide(incident_id=incident.id, what=f"a{number}", why="b", by=by, at=NIGHT)
    assert count_queries(lambda: client.get(path)) == few
    assert few <= 16


@pytest.mark.parametrize("act", POSTS)
def test_nobody_else_comes_in(sign_in: SignIn, incident: Incident, other_organisation: Organisation, act: str) -> None:
    path = f"/incidents/{incident.id}/room/{act}"
    assert Client().post(path).status_code == 302
    assert sign_in("shift_lead", username="foreign", to=other_organisation).post(path).status_code == 404
    assert sign_in("rule_author").post(path).status_code == 403
