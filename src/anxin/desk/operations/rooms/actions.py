"""Work together on one incident: come, take a role, decide with a reason, say what customers are told, close."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.locking import lock_visible
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.timeline import Data, write
from anxin.desk.operations.rooms.errors import NotSeated, RoleTaken, RoomClosed
from anxin.desk.operations.rooms.models import Room, Seat

ROLES = ("scribe", "comms", "technical")
"""The commander is the incident's own: exactly one leads."""
LONGEST = 2_000
LONGEST_LINE = 200


@transaction.atomic
def join(*, incident_id: str, by: Actor, at: datetime) -> Seat:
    """Come in; the first one opens the room, and whoever left sits down again without a role.

    Raise Forbidden, NotFound, and FieldInvalid for whatever is not a person.
    """
    require(by, "incident.view")
    if by.kind is not ActorKind.PERSON:
        raise FieldInvalid(pointer="/", field="person", reason="only people", reason_zh="仅限人员")
    incident = lock_visible(incident_id, by=by)
    room = Room.objects.filter(pk=incident.id).first()
    if room is None or room.closed_at is not None:
        room = _open(incident, by, at)
    seat = Seat.objects.filter(room=room, person_id=by.person_id or "").first()
    if seat is not None and seat.left_at is None:
        return seat
    seat = seat or Seat(organisation_id=by.organisation_id, room=room, person_id=by.person_id or "")
    seat.label, seat.role, seat.is_accepted, seat.joined_at, seat.left_at = by.label, "", False, at, None
    seat.save()
    write(incident, "room_join", by=by, at=at, is_quiet=True)
    return seat


@transaction.atomic
def leave(*, incident_id: str, by: Actor, at: datetime) -> None:
    """Go out; one's role is free again."""
    incident, seat = _seated(incident_id, by)
    seat.left_at, seat.role, seat.is_accepted = at, "", False
    seat.save()
    write(incident, "room_leave", by=by, at=at, is_quiet=True)


@transaction.atomic
def ask_for_role(*, incident_id: str, person_id: str, role: str, by: Actor, at: datetime) -> Seat:
    """Ask somebody in the room to take a role; asking oneself is taking it. Raise RoleTaken, NotSeated."""
    require(by, "incident.work")
    incident, own = _seated(incident_id, by)
    if role not in ROLES:
        raise FieldInvalid(pointer="/role", field="role", reason=", ".join(ROLES))
    seat = Seat.objects.filter(room=own.room, person_id=person_id, left_at=None).first()
    if seat is None:
        raise NotSeated
    _require_free(role, seat)
    is_mine = seat.pk == own.pk
    seat.role, seat.is_accepted = role, is_mine
    seat.save()
    data: Data = {"role": role} if is_mine else {"role": role, "who": seat.label}
    write(incident, "room_take" if is_mine else "room_ask", by=by, at=at, data=data, is_quiet=True)
    return seat


@transaction.atomic
def accept_role(*, incident_id: str, by: Actor, at: datetime) -> Seat:
    """Say yes to the role one was asked to take."""
    incident, seat = _seated(incident_id, by)
    if not seat.role or seat.is_accepted:
        return seat
    seat.is_accepted = True
    seat.save(update_fields=("is_accepted",))
    write(incident, "room_take", by=by, at=at, data={"role": seat.role}, is_quiet=True)
    return seat


@transaction.atomic
def decide(*, incident_id: str, what: str, why: str, by: Actor, at: datetime) -> None:
    """Write a decision with its reason; in what role it was taken is kept, nobody's judgement of it is."""
    require(by, "incident.work")
    incident, seat = _seated(incident_id, by)
    role = "commander" if incident.commander_id == by.person_id else seat.role if seat.is_accepted else ""
    line = " ".join(_text(what, "what").split())
    data: Data = {"role": role}
    write(incident, "room_decide", by=by, at=at, data=data, note=f"{line}\n{_text(why, 'why')}", is_quiet=True)


@transaction.atomic
def set_status(*, incident_id: str, text: str, by: Actor, at: datetime) -> None:
    """Say in one line what agents tell customers about it."""
    require(by, "incident.work")
    incident, _ = _seated(incident_id, by)
    line = " ".join(_text(text, "text").split())
    if len(line) > LONGEST_LINE:
        raise FieldInvalid(pointer="/text", field="text", reason=f"<= {LONGEST_LINE}")
    write(incident, "room_status", by=by, at=at, note=line, is_quiet=True)


@transaction.atomic
def close(*, incident_id: str, summary: str, by: Actor, at: datetime) -> None:
    """Close the room with a summary, which stands in the timeline; everybody has left then."""
    require(by, "incident.work")
    incident, seat = _seated(incident_id, by)
    text = _text(summary, "summary")
    Seat.objects.filter(room=seat.room, left_at=None).update(left_at=at, role="", is_accepted=False)
    Room.objects.filter(pk=incident.id).update(closed_at=at)
    write(incident, "room_close", by=by, at=at, note=text, is_quiet=True)


def _open(incident: Incident, by: Actor, at: datetime) -> Room:
    kept = {"organisation_id": by.organisation_id, "opened_at": at, "opened_by": by.person_id or "", "closed_at": None}
    room, _ = Room.objects.update_or_create(incident_id=incident.id, defaults=kept)
    write(incident, "room_open", by=by, at=at, is_quiet=True)
    return room


def _seated(incident_id: str, by: Actor) -> tuple[Incident, Seat]:
    require(by, "incident.view")
    incident = lock_visible(incident_id, by=by)
    room = Room.objects.filter(pk=incident.id, closed_at=None).first()
    if room is None:
        raise RoomClosed
    seat = Seat.objects.select_related("room").filter(room=room, person_id=by.person_id or "-", left_at=None).first()
    if seat is None:
        raise NotSeated
    return incident, seat


def _require_free(role: str, seat: Seat) -> None:
    holder = Seat.objects.filter(room=seat.room, role=role, left_at=None).exclude(pk=seat.pk).first()
    if holder is not None:
        raise RoleTaken(who=holder.label)


def _text(given: str, field: str) -> str:
    text = given.strip()
    if not 0 < len(text) <= LONGEST:
        raise FieldInvalid(pointer=f"/{field}", field=field, reason=f"1 – {LONGEST}")
    return text
