"""Calls about the war room of an incident: who is in it, what happened and was decided, and every act of its page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.api.places import number_from
from anxin.desk.operations.rooms import actions
from anxin.desk.operations.rooms.queries import get_room, list_feed

router = Router(tags=["rooms"])
HERE = "/incidents/{slug:incident_id}/room"


class SeatOut(Schema):
    """Somebody in the room; `role` scribe, comms, technical or "", only asked for until `is_accepted`."""

    person_id: str
    label: str
    role: str
    is_accepted: bool
    is_me: bool
    joined_at: datetime


class FeedOut(Schema):
    """One thing that happened, as a sentence; `note` is what a person wrote."""

    seq: int
    at: datetime
    actor: str
    words: str
    note: str


class RoomDecisionOut(Schema):
    """One decision with its reason, by whom and in which role."""

    what: str
    why: str
    actor: str
    role: str
    at: datetime


class RoomTaskOut(Schema):
    """A department's task of the incident."""

    id: str
    state: str
    opened_at: datetime
    due_at: datetime
    is_late: bool


class RoomOut(Schema):
    """The room; `status` is what customers are told, None when nothing is. What happened is the feed's."""

    incident_id: str
    number: int
    level: int
    is_drill: bool
    commander: str
    is_open: bool
    seats: list[SeatOut]
    status: FeedOut | None
    decisions: list[RoomDecisionOut]
    tasks: list[RoomTaskOut]


class FeedList(Schema):
    """What happened, newest first."""

    items: list[FeedOut]
    next: str | None


class RoleIn(Given):
    """Who is asked to take which role; oneself takes it at once."""

    person_id: str
    role: str


class DecideIn(Given):
    """What was decided, and why."""

    what: str
    why: str


class StatusIn(Given):
    """What customers are told, in one line."""

    text: str


class CloseIn(Given):
    """What is left to say at the end."""

    summary: str


@router.get(HERE, response=RoomOut)
def show(request: HttpRequest, incident_id: str) -> dict[str, object]:
    """Return the room, open or not."""
    return _room(request, incident_id)


@router.get(f"{HERE}/feed", response=FeedList)
def feed(request: HttpRequest, incident_id: str, cursor: int = number_from(0), limit: int = 60) -> dict[str, object]:
    """List what happened, without the signals."""
    by, _ = caller(request)
    lines, onward = list_feed(incident_id=incident_id, by=by, before=cursor, limit=limit)
    return {"items": [asdict(each) for each in lines], "next": str(onward) if onward else None}


@router.post(f"{HERE}:join", response=RoomOut)
def join(request: HttpRequest, incident_id: str) -> dict[str, object]:
    """Come in; the first one opens the room."""
    by, at = caller(request)
    actions.join(incident_id=incident_id, by=by, at=at)
    return _room(request, incident_id)


@router.post(f"{HERE}:leave", response=RoomOut)
def leave(request: HttpRequest, incident_id: str) -> dict[str, object]:
    """Go out; one's role is free again."""
    by, at = caller(request)
    actions.leave(incident_id=incident_id, by=by, at=at)
    return _room(request, incident_id)


@router.post(f"{HERE}:ask_for_role", response=RoomOut)
def ask_for_role(request: HttpRequest, incident_id: str, body: RoleIn) -> dict[str, object]:
    """Ask somebody in the room to take a role, or take it."""
    by, at = caller(request)
    actions.ask_for_role(incident_id=incident_id, **body.dict(), by=by, at=at)
    return _room(request, incident_id)


@router.post(f"{HERE}:accept_role", response=RoomOut)
def accept_role(request: HttpRequest, incident_id: str) -> dict[str, object]:
    """Say yes to the role one was asked to take."""
    by, at = caller(request)
    actions.accept_role(incident_id=incident_id, by=by, at=at)
    return _room(request, incident_id)


@router.post(f"{HERE}:decide", response=RoomOut)
def decide(request: HttpRequest, incident_id: str, body: DecideIn) -> dict[str, object]:
    """Write a decision with its reason."""
    by, at = caller(request)
    actions.decide(incident_id=incident_id, **body.dict(), by=by, at=at)
    return _room(request, incident_id)


@router.post(f"{HERE}:set_status", response=RoomOut)
def set_status(request: HttpRequest, incident_id: str, body: StatusIn) -> dict[str, object]:
    """Say what customers are told."""
    by, at = caller(request)
    actions.set_status(incident_id=incident_id, text=body.text, by=by, at=at)
    return _room(request, incident_id)


@router.post(f"{HERE}:close", response=RoomOut)
def close(request: HttpRequest, incident_id: str, body: CloseIn) -> dict[str, object]:
    """Close the room with a summary; everybody has left then."""
    by, at = caller(request)
    actions.close(incident_id=incident_id, summary=body.summary, by=by, at=at)
    return _room(request, incident_id)


def _room(request: HttpRequest, incident_id: str) -> dict[str, object]:
    by, at = caller(request)
    return asdict(get_room(incident_id=incident_id, by=by, at=at))
