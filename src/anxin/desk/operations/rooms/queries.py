"""Reads of a room: who sits there, what was decided, what customers are told, what happened last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from anxin.desk.foundation.audit.acts import act_words
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.foundation.vault.sealing import unseal_to_show
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.models import Incident, IncidentEvent, Task
from anxin.desk.operations.incidents.queries import names_of
from anxin.desk.operations.rooms.models import Room, Seat

FEED = 60
_MOST, _MOST_LINES = 50, 200


@dataclass(frozen=True)
class SeatLine:
    """Somebody in the room."""

    person_id: str
    label: str
    role: str
    is_accepted: bool
    is_me: bool
    joined_at: datetime


@dataclass(frozen=True)
class FeedLine:
    """One thing that happened; `note` is what a person wrote, `data` ids, codes and counts of its `kind`."""

    seq: int
    at: datetime
    actor: str
    words: str
    note: str
    kind: str
    data: Mapping[str, str | int | bool | None]


@dataclass(frozen=True)
class DecisionLine:
    """One decision: what, why, by whom and in which role ("" none)."""

    what: str
    why: str
    actor: str
    role: str
    at: datetime


@dataclass(frozen=True)
class TaskState:
    """A department's task, by its state."""

    id: str
    state: str
    opened_at: datetime
    due_at: datetime
    is_late: bool


@dataclass(frozen=True)
class RoomView:
    """Everything a room shows. `is_open`: somebody may be in it; `my_seat` None when the reader is not."""

    incident_id: str
    number: int
    kind: str
    level: int
    is_drill: bool
    commander: str
    is_open: bool
    seats: tuple[SeatLine, ...]
    my_seat: SeatLine | None
    status: FeedLine | None
    decisions: tuple[DecisionLine, ...]
    tasks: tuple[TaskState, ...]
    feed: tuple[FeedLine, ...]
    may_work: bool


def get_room(*, incident_id: str, by: Actor, at: datetime) -> RoomView:
    """Return the room of an incident; raise Forbidden, NotFound."""
    incident = access_incident(incident_id=incident_id, by=by)
    room = Room.objects.filter(pk=incident.id, closed_at=None).first()
    seats = _seats(room, by) if room is not None else ()
    events = IncidentEvent.objects.filter(incident=incident).order_by("-seq")
    status = events.filter(kind="room_status").first()
    return RoomView(
        incident_id=incident.id,
        number=incident.number,
        kind=incident.kind,
        level=incident.level,
        is_drill=incident.is_drill,
        commander=names_of({incident.commander_id}).get(incident.commander_id, ""),
        is_open=room is not None,
        seats=seats,
        my_seat=next((each for each in seats if each.is_me), None),
        status=_feed_line(incident, status) if status is not None else None,
        decisions=tuple(_decision(each) for each in events.filter(kind="room_decide")[:_MOST]),
        tasks=_tasks(incident, at),
        feed=tuple(_feed_line(incident, each) for each in events.exclude(kind="signal")[:FEED]),
        may_work=by.grant("incident.work") is not None,
    )


def list_feed(*, incident_id: str, by: Actor, before: int, limit: int) -> tuple[tuple[FeedLine, ...], int]:
    """Return what happened before an event (0: now), newest first, and where the next page begins (0: nowhere).

    Raise Forbidden, NotFound.
    """
    incident = access_incident(incident_id=incident_id, by=by)
    limit = max(1, min(limit, _MOST_LINES))
    rows = IncidentEvent.objects.filter(incident=incident).exclude(kind="signal")
    rows = rows.filter(seq__lt=before) if before else rows
    found = list(rows.order_by("-seq")[: limit + 1])
    lines = tuple(_feed_line(incident, each) for each in found[:limit])
    return lines, found[limit - 1].seq if len(found) > limit else 0


def _seats(room: Room, by: Actor) -> tuple[SeatLine, ...]:
    rows = Seat.objects.filter(room=room, left_at=None).order_by("joined_at", "id")[:_MOST]
    return tuple(
        SeatLine(
            each.person_id, each.label, each.role, each.is_accepted, each.person_id == by.person_id, each.joined_at
        )
        for each in rows
    )


def _tasks(incident: Incident, at: datetime) -> tuple[TaskState, ...]:
    rows = Task.objects.filter(incident_id=incident.id).order_by("opened_at")[:_MOST]
    return tuple(
        TaskState(
            each.id,
            each.state,
            each.opened_at,
            each.due_at,
            is_late=each.state in ("open", "accepted") and each.due_at < at,
        )
        for each in rows
    )


def _decision(event: IncidentEvent) -> DecisionLine:
    what, _, why = _note(event).partition("\n")
    role = str(json.loads(event.data).get("role", ""))
    return DecisionLine(what, why, event.actor_label, role, event.at)


def _feed_line(incident: Incident, event: IncidentEvent) -> FeedLine:
    data = {"number": incident.number, **json.loads(event.data)}
    words = _sentence(incident, event)
    return FeedLine(event.seq, event.at, event.actor_label, words, _note(event), event.kind, data)


def _sentence(incident: Incident, event: IncidentEvent) -> str:
    """Return the act's sentence; a value that an older event did not keep is a dash."""
    words = act_words().get(f"incident.{event.kind}", Words(event.kind, event.kind))
    return say(words, **_Known({"number": incident.number, **json.loads(event.data)}, words))


class _Known(dict[str, object]):
    """Values by name, a dash for those a sentence names and nobody kept."""

    def __init__(self, values: Mapping[str, object], words: Words) -> None:
        named = {part.partition("}")[0] for text in words for part in text.split("{")[1:]}
        super().__init__(dict.fromkeys(named, "—") | dict(values))


def _note(event: IncidentEvent) -> str:
    if event.note_sealed is None:
        return ""
    about = f"incident.note:{event.incident_id}:{event.seq}"
    return unseal_to_show(event.organisation_id, bytes(event.note_sealed), about=about)
