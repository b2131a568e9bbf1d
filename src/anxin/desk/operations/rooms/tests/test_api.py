"""The room by calls: every act of its page, the feed page by page, refusals that change nothing, asking twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.desk.operations.rooms.actions import join
from anxin.desk.operations.rooms.models import Room, Seat

SignIn = Callable[..., Client]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def lead(actor: Callable[..., Actor]) -> Actor:
    """Who opened the incident."""
    return actor("shift_lead")


@pytest.fixture
def incident(lead: Actor) -> Incident:
    """An incident."""
    return open_incident(Seen(kind="account_takeover", level=1), by=lead, at=NIGHT)


def call(
    client: Client, incident: Incident, act: str, body: object = None, **headers: str
) -> tuple[int, dict[str, object]]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    path = f"/api/v1/incidents/{incident.id}/room{act}"
    answer = client.post(path, body or {}, content_type="application/json", headers=given)
    return answer.status_code, answer.json()


def test_from_joining_to_the_summary(sign_in: SignIn, incident: Incident) -> None:
    first, second = sign_in("specialist"), sign_in("service_agent")
    other = Person.objects.get(username="service_agent").id
    assert call(first, incident, ":decide", {"what": "a", "why": "b"})[0] == 409
    assert (call(first, incident, ":join")[0], call(second, incident, ":join")[0]) == (200, 200)
    call(first, incident, ":ask_for_role", {"person_id": other, "role": "scribe"})
    status, room = call(second, incident, ":accept_role")
    assert (status, [(each["label"], each["role"], each["is_accepted"]) for each in room["seats"]]) == (  # type: ignore[attr-defined]
        200,
        [("specialist", "", False), ("service_agent", "scribe", True)],
    )
    call(second, incident, ":decide", {"what": "Freeze payouts", "why": "two reports"})
    _, room = call(first, incident, ":set_status", {"text": "Payouts are stopped."})
    shown = first.get(f"/api/v1/incidents/{incident.id}/room").json()
    assert shown == room
    assert [(each["what"], each["why"], each["role"]) for each in shown["decisions"]] == [
        ("Freeze payouts", "two reports", "scribe")
    ]
    assert shown["status"]["note"] == "Payouts are stopped."
    call(second, incident, ":leave")
    status, room = call(first, incident, ":close", {"summary": "Stopped; IT looks."})
    assert (status, room["is_open"], room["seats"]) == (200, False, [])
    assert Seat.objects.filter(left_at=None).count() == 0


def test_the_feed_comes_page_by_page(sign_in: SignIn, incident: Incident) -> None:
    client = sign_in("specialist")
    call(client, incident, ":join")
    for number in range(4):
        call(client, incident, ":decide", {"what": f"d{number}", "why": "w"})
    path, cursor, seen = f"/api/v1/incidents/{incident.id}/room/feed?limit=3", "", []
    while cursor is not None:
        page = client.get(f"{path}&cursor={cursor}" if cursor else path).json()
        assert len(page["items"]) <= 3
        seen += [each["seq"] for each in page["items"]]
        cursor = page["next"]
    events = IncidentEvent.objects.filter(incident=incident).order_by("-seq")
    assert seen == list(events.values_list("seq", flat=True))
    assert client.get(path).json()["items"][0]["note"] == "d3\nw"


def test_what_is_refused_changes_nothing(sign_in: SignIn, incident: Incident) -> None:
    client = sign_in("specialist")
    call(client, incident, ":join")
    before = IncidentEvent.objects.count()
    for act, body, status in (
        (":decide", {"what": "a", "why": " "}, 422),
        (":decide", {"what": "a"}, 422),
        (":set_status", {"text": "x" * 201}, 422),
        (":ask_for_role", {"person_id": "prs_none", "role": "scribe"}, 409),
        (":ask_for_role", {"person_id": "prs_none", "role": "king"}, 422),
        (":close", {"summary": ""}, 422),
    ):
        assert call(client, incident, act, body)[0] == status
    assert (IncidentEvent.objects.count(), Room.objects.get().closed_at) == (before, None)


def test_deciding_twice_with_one_key_is_once(sign_in: SignIn, incident: Incident) -> None:
    client = sign_in("specialist")
    call(client, incident, ":join")
    body = {"what": "Freeze payouts", "why": "two reports"}
    answers = [call(client, incident, ":decide", body, idempotency_key="k1") for _ in range(2)]
    assert answers[0] == answers[1]
    assert IncidentEvent.objects.filter(incident=incident, kind="room_decide").count() == 1


def test_only_people_sit_down(incident: Incident, lead: Actor) -> None:
    with pytest.raises(FieldInvalid):
        join(incident_id=incident.id, by=replace(lead, kind=ActorKind.SERVICE), at=NIGHT + timedelta(seconds=1))
    assert not Room.objects.exists()
