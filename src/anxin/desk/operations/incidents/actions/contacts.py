"""Talk to the people concerned: contacts, pauses of the clock, careful checks, waivers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.operations.incidents.choices import require_choice
from anxin.desk.operations.incidents.clocks.happenings import (
    Contacted,
    Happening,
    Heard,
    Paused,
    Resumed,
    Waived,
    Wrote,
)
from anxin.desk.operations.incidents.clocks.state import Standing
from anxin.desk.operations.incidents.clockwork import read_clocks
from anxin.desk.operations.incidents.errors import require_guards
from anxin.desk.operations.incidents.locking import lock_for
from anxin.desk.operations.incidents.models import Incident, Party
from anxin.desk.operations.incidents.timeline import Data, write

LONGEST_CARE = timedelta(minutes=30)
"""How long one careful check may keep the agent's reply waiting before it has to be renewed (D, 2026-11)."""
MOST_PARTIES = 500


@dataclass(frozen=True)
class Contact:
    """A contact with the party: `outcome` delivered, attempted or inbound; `message_id` "" for calls.

    `is_informing`: the victim knows by it what happened and what is done. `is_automatic`: a bot or an auto-reply.
    `party_ids` says with whom of several, at most 500; none: with whoever it is about.
    """

    channel: str
    outcome: str
    message_id: str = ""
    is_informing: bool = False
    is_automatic: bool = False
    party_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pause:
    """A wish to stop the clock: why, for which delivered request, and until when an answer is expected."""

    reason: str
    request_id: str
    expected_by: datetime


@transaction.atomic
def log_contact(
    *, incident_id: str, contact: Contact, by: Actor, at: datetime, version: int | None = None, note: str = ""
) -> Incident:
    """Log a contact; the first human one that reached somebody, or a voice attempt, counts for the promise (C3, C4)."""
    incident = lock_for("log_contact", incident_id=incident_id, by=by, version=version)
    require_choice("channels", contact.channel, field="channel")
    require_choice("contacts", contact.outcome, field="outcome")
    if contact.channel == "step" and incident.victims:
        raise FieldInvalid(pointer="/channel", field="channel", reason="somebody is affected", reason_zh="存在受害人")
    told = _told(contact, by, at)
    if contact.outcome == "attempted":
        incident.attempts += 1
    if isinstance(told, Contacted):
        incident.contacted_at = incident.contacted_at or at
        if contact.is_informing and contact.outcome == "delivered":
            incident.informed_at = incident.informed_at or at
    data: Data = {
        "channel": contact.channel,
        "outcome": contact.outcome,
        "message": contact.message_id,
        "is_informing": contact.is_informing,
        "is_automatic": contact.is_automatic,
    }
    if contact.party_ids:
        data["n"] = _mark_parties(incident, contact, told, at)
    write(incident, "log_contact", by=by, at=at, told=told, data=data, note=note)
    return incident


def _mark_parties(incident: Incident, contact: Contact, told: Happening | None, at: datetime) -> int:
    """Mark with whom it was; return how many they are. Raise FieldInvalid when one is not of this incident."""
    rows = Party.objects.filter(incident_id=incident.id, moved_to="", pk__in=set(contact.party_ids[:MOST_PARTIES]))
    count = rows.count()
    if count != len(set(contact.party_ids)):
        raise FieldInvalid(
            pointer="/party_ids", field="party_ids", reason="not of this incident", reason_zh="不属于该事件"
        )
    if isinstance(told, Contacted):
        rows.filter(contacted_at=None).update(contacted_at=at)
        if contact.is_informing and contact.outcome == "delivered":
            rows.filter(informed_at=None).update(informed_at=at)
    return count


def _told(contact: Contact, by: Actor, at: datetime) -> Happening | None:
    """Return what the clocks hear of it: bots and attempts in writing stop nothing (C4)."""
    if contact.outcome == "inbound":
        return Heard(at)
    if contact.is_automatic or by.kind is not ActorKind.PERSON:
        return None
    is_reached = contact.outcome == "delivered" or contact.channel == "voice"
    return Contacted(at) if is_reached else Wrote(at)


@transaction.atomic
def pause(*, incident_id: str, pause: Pause, by: Actor, at: datetime, version: int | None = None) -> Incident:
    """Stop the clock while others have to answer (C7, C8); raise PauseRefused naming the rule that forbids it."""
    incident = lock_for("pause", incident_id=incident_id, by=by, version=version)
    require_guards((("actor.is_human", by.kind is ActorKind.PERSON),))
    told = Paused(at, pause.reason, pause.request_id, pause.expected_by)
    data: Data = {
        "pause_reason": pause.reason,
        "request": pause.request_id,
        "expected_by": pause.expected_by.isoformat(),
    }
    write(incident, "pause", by=by, at=at, told=told, data=data)
    return incident


@transaction.atomic
def resume(*, incident_id: str, by: Actor, at: datetime, version: int | None = None) -> Incident:
    """Let the clock run again."""
    incident = lock_for("resume", incident_id=incident_id, by=by, version=version)
    is_paused = any(each.standing is Standing.PAUSED for each in read_clocks(incident).clocks)
    require_guards((("pause.running", is_paused),))
    write(incident, "resume", by=by, at=at, told=Resumed(at))
    return incident


@transaction.atomic
def begin_care(
    *, incident_id: str, reason: str, message_id: str, by: Actor, at: datetime, version: int | None = None
) -> Incident:
    """Check carefully: the agent's reply and measures wait, `message_id` told the customer, the promise runs on."""
    incident = lock_for("begin_care", incident_id=incident_id, by=by, version=version)
    require_choice("care", reason, field="reason")
    if not message_id:
        raise FieldInvalid(
            pointer="/message_id", field="message_id", reason="tell the customer", reason_zh="须先告知客户"
        )
    require_guards((("care.none", incident.care_until is None or incident.care_until <= at),))
    incident.care_until = at + LONGEST_CARE
    data: Data = {"care": reason, "message": message_id, "until": incident.care_until.isoformat()}
    write(incident, "begin_care", by=by, at=at, data=data)
    return incident


@transaction.atomic
def end_care(*, incident_id: str, by: Actor, at: datetime, version: int | None = None) -> Incident:
    """Go on: the check is over."""
    incident = lock_for("end_care", incident_id=incident_id, by=by, version=version)
    require_guards((("care.begun", incident.care_until is not None and incident.care_until > at),))
    incident.care_until = None
    write(incident, "end_care", by=by, at=at)
    return incident


@transaction.atomic
def waive(*, incident_id: str, by: Actor, at: datetime, note: str, version: int | None = None) -> Incident:
    """Waive the promise, e.g. during a provider's outage: by somebody else than its owner, with reason (C18)."""
    incident = lock_for("waive", incident_id=incident_id, by=by, version=version)
    is_other = by.person_id not in (None, incident.commander_id, incident.holder_id)
    require_guards(
        (
            ("waiver.other", is_other),
            ("reason.given", bool(note.strip())),
            ("waiver.first", not read_clocks(incident).primary.is_waived),
        )
    )
    write(incident, "waive", by=by, at=at, told=Waived(at, by.person_id or ""), note=note)
    return incident
