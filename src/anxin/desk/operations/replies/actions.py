"""Send a reply, tell the customer that it is checked carefully, take the platform's receipt, hear the party."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from anxin.desk.foundation.audit.actions import lock_head
from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.actions.contacts import begin_care
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.clocks.happenings import Contacted, Heard, Wrote
from anxin.desk.operations.incidents.locking import lock_for, lock_own
from anxin.desk.operations.incidents.models import Draft, Incident
from anxin.desk.operations.incidents.timeline import Data, write
from anxin.desk.operations.replies.access import DELIVER, access_outgoing
from anxin.desk.operations.replies.attachments import attach, choose
from anxin.desk.operations.replies.checking import check_text
from anxin.desk.operations.replies.collisions import list_collisions
from anxin.desk.operations.replies.errors import AlreadySettled, Collided, Doubtful, NobodyToTell
from anxin.desk.operations.replies.facts import ReplySent, ReplySettled
from anxin.desk.operations.replies.models import Reply
from anxin.desk.operations.replies.recipients import list_recipients, mark_reached

LONGEST = 4_000
KEY_LENGTH = 64
WRITTEN = ("chat", "sms", "email", "push")
"""Channels a text can go; a call is logged as a contact."""


@dataclass(frozen=True)
class NewReply:
    """What to say: to one party, or ("") everybody affected; `is_informing`: what happened and what is done.

    `attachments` are ids of evidence of the incident that goes along.
    """

    text: str
    channel: str = "chat"
    party_id: str = ""
    is_informing: bool = False
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sending:
    """How it is sent: `key` makes it once, `seen` is the last event the sender saw, None not to look.

    `accepted` are codes of findings that the sender saw and keeps to; `is_aware`: of what colleagues did meanwhile.
    """

    key: str
    seen: int | None = None
    accepted: tuple[str, ...] = ()
    is_aware: bool = False


def send_reply(
    *, incident_id: str, reply: NewReply, sending: Sending, by: Actor, at: datetime, version: int | None = None
) -> Reply:
    """Send a reply by the platform; raise Doubtful and Collided until the sender has looked.

    The same key is sent once. The promise hears of it when the platform says that it was delivered (C3).
    """
    incident = access_incident(incident_id=incident_id, by=by, permission="incident.work")
    known = _known(incident, sending, by)
    if known is not None:
        return known
    _require_valid(reply, sending)
    kept = _require_sound(reply.text, sending, by, at)
    return _send(incident.id, reply, sending, kept, by=by, at=at, version=version)


def check_carefully(
    *, incident_id: str, reply: NewReply, sending: Sending, reason: str, by: Actor, at: datetime
) -> Reply:
    """Tell the customer that it is checked carefully: one's own reply waits, the promise runs on (R111, C7)."""
    incident = access_incident(incident_id=incident_id, by=by, permission="incident.work")
    known = _known(incident, sending, by)
    if known is not None:
        return known
    _require_valid(reply, sending)
    kept = _require_sound(reply.text, sending, by, at)
    with transaction.atomic():
        row = _send(incident.id, reply, sending, kept, by=by, at=at, purpose="care")
        begin_care(incident_id=incident.id, reason=reason, message_id=row.id, by=by, at=at)
    return row


@transaction.atomic
def settle_reply(*, reply_id: str, has_arrived: bool, receipt: str, failure: str, by: Actor, at: datetime) -> Reply:
    """Take the platform's receipt; the same one twice changes nothing, and what arrived never failed afterwards."""
    lock_head(by.organisation_id)
    row = access_outgoing(reply_id=reply_id, by=by)
    state = Reply.State.DELIVERED if has_arrived else Reply.State.FAILED
    if row.state == state:
        return row
    if row.state == Reply.State.DELIVERED:
        raise AlreadySettled
    row.state, row.receipt = state, receipt[:128]
    if has_arrived:
        row.delivered_at, row.failure = at, ""
    else:
        row.failed_at, row.failure = at, failure[:32]
    row.save()
    _tell_incident(row, by, at)
    fact = ReplySettled(row.id, row.incident_id, row.state)
    publish_fact(fact, organisation_id=row.organisation_id, at=at)
    return row


@transaction.atomic
def note_inbound(*, incident_id: str, channel: str, text: str, by: Actor, at: datetime) -> Incident:
    """Take what the party wrote, from the platform: ends a pause (C9) and starts the reply clock."""
    require(by, DELIVER)
    if channel not in choices("channels") or not text.strip() or len(text) > LONGEST:
        raise FieldInvalid(pointer="/text", field="text", reason=f"1–{LONGEST}")
    incident = _living(incident_id, by.organisation_id)
    data: Data = {"channel": channel, "outcome": "inbound"}
    write(incident, "log_contact", by=by, at=at, told=Heard(at), data=data, note=text, is_quiet=True)
    return incident


def _known(incident: Incident, sending: Sending, by: Actor) -> Reply | None:
    return Reply.objects.filter(incident_id=incident.id, sent_by=by.person_id or "", send_key=sending.key).first()


def _require_valid(reply: NewReply, sending: Sending) -> None:
    checks = (
        ("text", len(reply.text.strip()) > 0 and len(reply.text) <= LONGEST, f"1–{LONGEST}"),
        ("channel", reply.channel in WRITTEN, ", ".join(WRITTEN)),
        ("key", 0 < len(sending.key) <= KEY_LENGTH, f"1–{KEY_LENGTH}"),
    )
    for field, is_right, reason in checks:
        if not is_right:
            raise FieldInvalid(pointer=f"/{field}", field=field, reason=reason)


def _require_sound(text: str, sending: Sending, by: Actor, at: datetime) -> tuple[str, ...]:
    """Return the codes of findings that the sender keeps to; raise Doubtful when one was not seen yet."""
    checkup = check_text(text, organisation_id=by.organisation_id, at=at)
    unseen = [each for each in checkup.doubts if each.code not in sending.accepted]
    if unseen:
        raise Doubtful(
            unmet=tuple(each.code for each in unseen),
            found="; ".join(each.words.en for each in unseen),
            found_zh="；".join(each.words.zh for each in unseen),
        )
    return tuple(sorted(checkup.codes))


@transaction.atomic
def _send(
    incident_id: str,
    reply: NewReply,
    sending: Sending,
    kept: tuple[str, ...],
    *,
    by: Actor,
    at: datetime,
    version: int | None = None,
    purpose: str = "reply",
) -> Reply:
    incident = lock_for("log_contact", incident_id=incident_id, by=by, version=version)
    known = _known(incident, sending, by)
    if known is not None:
        return known
    _require_aware(incident, sending, by)
    recipients = list_recipients(incident.id, reply.party_id)
    if not recipients:
        raise NobodyToTell
    pieces = choose(reply.attachments, incident_id=incident.id, by=by)
    row = _row(incident, reply, sending, by, at)
    row.purpose, row.recipients, row.accepted = purpose, len(recipients), " ".join(kept)[:200]
    row.save(force_insert=True)
    attach(row, pieces, by=by, at=at)
    is_human = by.kind is ActorKind.PERSON and purpose == "reply"
    data: Data = {
        "reply": row.id,
        "channel": row.channel,
        "purpose": purpose,
        "n": row.recipients,
        "accepted": row.accepted,
        "attachments": len(pieces),
        "ends_care": _ends_care(incident, purpose, at),
    }
    write(incident, "reply", by=by, at=at, told=Wrote(at) if is_human else None, data=data, note=reply.text)
    _forget_draft(incident.id, by, at)
    fact = ReplySent(row.id, incident.id, row.channel, purpose, row.recipients, len(pieces))
    publish_fact(fact, organisation_id=row.organisation_id, at=at)
    return row


def _row(incident: Incident, reply: NewReply, sending: Sending, by: Actor, at: datetime) -> Reply:
    row = Reply(
        id=new_id("rpl", at=at),
        organisation_id=incident.organisation_id,
        incident_id=incident.id,
        party_id=reply.party_id,
        channel=reply.channel,
        is_informing=reply.is_informing,
        state=Reply.State.SENT,
        send_key=sending.key,
        sent_by=by.person_id or "",
        sent_label=by.label,
        sent_at=at,
    )
    row.text_sealed = seal(row.organisation_id, reply.text, about=f"reply.text:{row.id}", at=at)
    return row


def _require_aware(incident: Incident, sending: Sending, by: Actor) -> None:
    if sending.seen is None or sending.is_aware:
        return
    found = list_collisions(incident, seen=sending.seen, by=by)
    if found:
        raise Collided(unmet=tuple(dict.fromkeys(f"collision.{each.kind}" for each in found)), n=len(found))


def _ends_care(incident: Incident, purpose: str, at: datetime) -> bool:
    """End the careful check by the answer itself; return whether one was under way."""
    if purpose == "care" or incident.care_until is None or incident.care_until <= at:
        return False
    incident.care_until = None
    return True


def _forget_draft(incident_id: str, by: Actor, at: datetime) -> None:
    """Drop the draft it came from; a save still under way is older from now on."""
    rows = Draft.objects.filter(incident_id=incident_id, person_id=by.person_id or "", slot="reply")
    rows.update(text_sealed=None, saved_at=at, revision=F("revision") + 1)


def _tell_incident(row: Reply, by: Actor, at: datetime) -> None:
    incident = _living(row.incident_id, row.organisation_id)
    data: Data = {"reply": row.id, "channel": row.channel, "n": row.recipients}
    if row.state == "failed":
        incident.attempts += 1
        write(incident, "reply_failed", by=by, at=at, data=data | {"failure": row.failure}, is_quiet=True)
        return
    is_human = row.purpose == "reply"
    if is_human:
        incident.contacted_at = incident.contacted_at or at
        incident.informed_at = incident.informed_at or (at if row.is_informing else None)
        mark_reached(row, at)
    told = Contacted(at) if is_human else None
    write(incident, "reply_delivered", by=by, at=at, told=told, data=data, is_quiet=True)


def _living(incident_id: str, organisation_id: str) -> Incident:
    """Return the incident, locked, or the one it was merged into; raise NotFound."""
    incident = lock_own(incident_id, organisation_id=organisation_id)
    while incident is not None and incident.merged_into:
        incident = lock_own(incident.merged_into, organisation_id=organisation_id)
    if incident is None:
        raise NotFound
    return incident
