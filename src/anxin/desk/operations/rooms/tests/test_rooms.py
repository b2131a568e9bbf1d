"""A room's seats, roles, decisions and end; everything stands in the incident's timeline."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, Refusal
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.actions.responding import start
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.desk.operations.incidents.replay import replay
from anxin.desk.operations.rooms import actions
from anxin.desk.operations.rooms.errors import NotSeated, RoleTaken, RoomClosed
from anxin.desk.operations.rooms.models import Room, Seat
from anxin.desk.operations.rooms.queries import get_room

ActorWith = Callable[..., Actor]
pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(actor: ActorWith) -> Actor:
    """Who leads the incident."""
    return actor("shift_lead")


@pytest.fixture
def incident(lead: Actor) -> Incident:
    """An incident somebody leads."""
    opened = open_incident(Seen(kind="account_takeover", level=1), by=lead, at=NIGHT)
    return start(incident_id=opened.id, by=lead, at=NIGHT)


def kinds(incident: Incident) -> list[str]:
    rows = IncidentEvent.objects.filter(incident=incident, kind__startswith="room_").order_by("seq")
    return list(rows.values_list("kind", flat=True))


def test_the_first_one_opens_it_and_joining_twice_is_once(incident: Incident, lead: Actor) -> None:
    for _ in range(2):
        actions.join(incident_id=incident.id, by=lead, at=NIGHT)
    assert (kinds(incident), Seat.objects.count()) == (["room_open", "room_join"], 1)


def test_a_role_is_asked_for_accepted_and_free_again(incident: Incident, lead: Actor, actor: ActorWith) -> None:
    agent, other = actor("specialist"), actor("service_agent")
    for by in (lead, agent, other):
        actions.join(incident_id=incident.id, by=by, at=NIGHT)
    given = {"incident_id": incident.id, "role": "scribe", "at": NIGHT}
    actions.ask_for_role(person_id=agent.person_id or "", by=lead, **given)  # type: ignore[arg-type]
    assert [each.is_accepted for each in get_room(incident_id=incident.id, by=lead, at=NIGHT).seats if each.role] == [
        False
    ]
    actions.accept_role(incident_id=incident.id, by=agent, at=NIGHT)
    with pytest.raises(RoleTaken):
        actions.ask_for_role(person_id=other.person_id or "", by=other, **given)  # type: ignore[arg-type]
    actions.leave(incident_id=incident.id, by=agent, at=NIGHT)
    actions.ask_for_role(person_id=other.person_id or "", by=other, **given)  # type: ignore[arg-type]
    room = get_room(incident_id=incident.id, by=lead, at=NIGHT)
    assert [(each.label, each.role, each.is_accepted) for each in room.seats if each.role] == [
        ("service_agent", "scribe", True)
    ]


def test_a_decision_keeps_what_why_who_and_in_which_role(incident: Incident, lead: Actor) -> None:
    actions.join(incident_id=incident.id, by=lead, at=NIGHT)
    actions.decide(incident_id=incident.id, what="冻结\n提现", why="两起举报", by=lead, at=NIGHT)
    (decision,) = get_room(incident_id=incident.id, by=lead, at=NIGHT).decisions
    assert (decision.what, decision.why, decision.actor, decision.role) == (
        "冻结 提现",
        "两起举报",
        "shift_lead",
        "commander",
    )
    event = IncidentEvent.objects.get(kind="room_decide")
    assert "冻结".encode() not in bytes(event.note_sealed or b"")
    assert replay(Incident.objects.get()) == ()


def test_the_last_line_for_customers_counts(incident: Incident, lead: Actor) -> None:
    actions.join(incident_id=incident.id, by=lead, at=NIGHT)
    for text in ("一", "二"):
        actions.set_status(incident_id=incident.id, text=text, by=lead, at=NIGHT)
    status = get_room(incident_id=incident.id, by=lead, at=NIGHT).status
    assert status is not None
    assert status.note == "二"


def test_closing_needs_a_summary_and_joining_opens_again(incident: Incident, lead: Actor) -> None:
    actions.join(incident_id=incident.id, by=lead, at=NIGHT)
    with pytest.raises(FieldInvalid):
        actions.close(incident_id=incident.id, summary=" ", by=lead, at=NIGHT)
    actions.close(incident_id=incident.id, summary="已受控", by=lead, at=NIGHT)
    assert (Room.objects.get().closed_at, get_room(incident_id=incident.id, by=lead, at=NIGHT).seats) == (NIGHT, ())
    with pytest.raises(RoomClosed):
        actions.decide(incident_id=incident.id, what="a", why="b", by=lead, at=NIGHT)
    actions.join(incident_id=incident.id, by=lead, at=NIGHT)
    assert kinds(incident) == ["room_open", "room_join", "room_close", "room_open", "room_join"]


@pytest.mark.parametrize(
    ("role", "is_in", "refusal"),
    [("specialist", False, NotSeated), ("mentor", True, Forbidden), ("rule_author", False, Forbidden)],
)
def test_what_is_refused_leaves_nothing(
    incident: Incident, lead: Actor, actor: ActorWith, role: str, is_in: bool, refusal: type[Refusal]
) -> None:
    by = actor(role)
    actions.join(incident_id=incident.id, by=lead, at=NIGHT)
    if is_in:
        actions.join(incident_id=incident.id, by=by, at=NIGHT)
    before = IncidentEvent.objects.count()
    with pytest.raises(refusal):
        actions.decide(incident_id=incident.id, what="a", why="b", by=by, at=NIGHT)
    assert IncidentEvent.objects.count() == before
