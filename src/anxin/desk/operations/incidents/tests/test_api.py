"""Calls over HTTP: who may come in, versions, and telling twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from anxin.desk.conftest import Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.models import Incident, Party, Signal
from anxin.desk.operations.incidents.stages import COMMANDS

pytestmark = pytest.mark.django_db
API = "/api/v1"
REPORT = {
    "report_id": "r1",
    "kind": "fake_service_refund",
    "text": "they called me, 13800138000",
    "parties": [
        {"role": "victim", "kind": "user", "value": "u9"},
        {"role": "suspect", "kind": "phone", "value": "13800138000"},
    ],
    "markers": ["money_moving"],
}


def post(client: Client, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, object]]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.post(f"{API}{path}", body or {}, content_type="application/json", headers=given)
    return answer.status_code, answer.json() if answer.content else {}


DOORS = ("", "/timeline")


@pytest.mark.parametrize("path", DOORS)
def test_doors(
    seen: Callable[..., Incident],
    sign_in: Callable[..., Client],
    other_organisation: object,
    clock: Clock,
    path: str,
) -> None:
    url = f"{API}/incidents/{seen().id}{path}"
    assert Client().get(url).status_code == 401
    assert sign_in("shift_lead", username="stranger", to=other_organisation).get(url).status_code == 404
    assert sign_in("rule_author").get(url).status_code == 403
    assert sign_in("auditor").get(url).status_code == 200


def test_a_confidential_incident_is_not_there_for_an_agent(
    seen: Callable[..., Incident], lead: Actor, sign_in: Callable[..., Client], clock: Clock
) -> None:
    url = f"{API}/incidents/{seen(kind='insider_leak', by=lead).id}"
    assert sign_in("service_agent").get(url).status_code == 404
    assert sign_in("compliance").get(url).status_code == 200


def test_an_incident_of_another_site_is_not_there(seen: Callable[..., Incident], agent: Actor, clock: Clock) -> None:
    with pytest.raises(NotFound):
        access_incident(incident_id=seen().id, by=replace(agent, sites=frozenset({"site_elsewhere"})))


def test_a_report_opens_an_incident_once(sign_in: Callable[..., Client], clock: Clock) -> None:
    client = sign_in("specialist")
    status, first = post(client, "/reports", REPORT)
    assert (status, first["is_new"]) == (201, True)
    _, again = post(client, "/reports", REPORT)
    assert (again["incident_id"], again["is_repeated"]) == (first["incident_id"], True)
    incident = Incident.objects.get()
    assert (incident.level, incident.is_provisional, incident.victims) == (1, True, 1)
    phone = Party.objects.get(entity_kind="phone")
    assert "13800138000" not in phone.entity_key
    assert b"13800138000" not in bytes(Signal.objects.get().body_sealed or b"")


def test_reports_that_name_the_same_caller_fold(sign_in: Callable[..., Client], clock: Clock) -> None:
    client = sign_in("specialist")
    post(client, "/reports", REPORT)
    _, other = post(client, "/reports", REPORT | {"report_id": "r2"})
    assert (other["is_new"], Incident.objects.get().signals) == (False, 2)


def test_what_a_report_may_not_be(sign_in: Callable[..., Client], clock: Clock) -> None:
    client = sign_in("specialist")
    for change, pointer in (
        ({"kind": "nothing"}, "/kind"),
        ({"source": "decision"}, "/source"),
        ({"markers": ["hurry"]}, "/markers"),
        ({"report_id": ""}, "/report_id"),
        ({"amount_minor": -5}, "/amount_minor"),
    ):
        status, problem = post(client, "/reports", REPORT | change)
        assert (status, problem["pointer"]) == (422, pointer)
    assert not Incident.objects.exists()


def test_a_command_needs_the_version_it_is_based_on(
    seen: Callable[..., Incident], sign_in: Callable[..., Client], clock: Clock
) -> None:
    incident, client = seen(level=1), sign_in("specialist")
    path = f"/incidents/{incident.id}:start"
    assert post(client, path)[0] == 428
    assert post(client, path, If_Match='"9"')[0] == 412
    status, done = post(client, path, If_Match='"1"')
    assert (status, done["stage"], done["version"]) == (200, "responding", 2)
    status, problem = post(client, path, If_Match='"2"')
    assert (status, problem["code"], problem["unmet_guards"]) == (409, "incident.wrong_stage", ["stage.responding"])


def test_a_repeated_request_is_answered_again(
    seen: Callable[..., Incident], sign_in: Callable[..., Client], clock: Clock
) -> None:
    incident, client = seen(level=1), sign_in("specialist")
    path, headers = f"/incidents/{incident.id}:start", {"If_Match": '"1"', "Idempotency_Key": "k1"}
    assert post(client, path, **headers) == post(client, path, **headers)
    assert Incident.objects.get().version == 2


def test_unmet_guards_come_as_a_problem(
    seen: Callable[..., Incident], sign_in: Callable[..., Client], clock: Clock
) -> None:
    incident, client = seen(level=1), sign_in("specialist")
    post(client, f"/incidents/{incident.id}:start", If_Match="*")
    status, problem = post(client, f"/incidents/{incident.id}:contain", If_Match="*")
    assert (status, problem["unmet_guards"]) == (409, ["protection.effective"])


def test_the_queue_goes_on_by_cursor(
    seen: Callable[..., Incident], sign_in: Callable[..., Client], clock: Clock
) -> None:
    numbers = [seen(level=level).number for level in (3, 1, 2)]
    client, cursor, found = sign_in("specialist"), "", []
    for _ in range(3):
        page = client.get(f"{API}/incidents", {"limit": 1, "cursor": cursor}).json()
        found += [each["number"] for each in page["items"]]
        cursor = page["next"]
    assert (found, cursor) == ([numbers[1], numbers[2], numbers[0]], None)
    assert client.get(f"{API}/incidents", {"cursor": "x"}).status_code == 422
    assert client.get(f"{API}/incidents/counts").json()["by_level"] == {"1": 1, "2": 1, "3": 1}


def test_the_calls_are_documented(sign_in: Callable[..., Client], clock: Clock) -> None:
    paths = sign_in("specialist").get(f"{API}/openapi.json").json()["paths"]
    told = {path.rsplit(":", 1)[1] for path in paths if "/incidents/{incident_id}:" in path}
    assert told == set(COMMANDS)
