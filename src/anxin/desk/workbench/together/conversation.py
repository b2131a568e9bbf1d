"""What the part for replies shows: what was said, the two composers, and what has to be decided before sending."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import QueryDict

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.ui.vocabulary import Mark
from anxin.desk.foundation.ui.words import Words
from anxin.desk.foundation.vault.sealing import blind_index
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.drafts import DraftLine, read_drafts
from anxin.desk.operations.replies.actions import WRITTEN, NewReply, Sending
from anxin.desk.operations.replies.attachments import Attached, Fitting, list_fitting
from anxin.desk.operations.replies.checking import Checkup, check_text
from anxin.desk.operations.replies.clock import ReplyClock
from anxin.desk.operations.replies.collisions import Collision, last_seq, list_collisions
from anxin.desk.operations.replies.errors import Collided, Doubtful
from anxin.desk.operations.replies.queries import ReplyLine, list_heard, list_replies, reply_clock_of
from anxin.desk.operations.replies.recipients import Recipient, list_addressable

STATES = {
    "sent": Mark(Words("已发出，待送达", "sent, not delivered yet"), "send", "info"),
    "delivered": Mark(Words("已送达", "delivered"), "check-check", "ok"),
    "failed": Mark(Words("未送达", "not delivered"), "octagon-alert", "danger"),
    "unconfirmed": Mark(Words("未确认送达", "NOT CONFIRMED"), "triangle-alert", "warning"),
    "heard": Mark(Words("对方", "from them"), "message-square", "neutral"),
}
HOLDING = Words(
    "我正在核实您反映的情况，请稍候，核实后马上回复您。在此期间请不要转账，也不要把验证码告诉任何人。",
    "What you told us is being checked; you will hear from me shortly. Please make no transfer and tell nobody a code.",
)


@dataclass(frozen=True)
class Typed:
    """What the sender typed, and where they stand with it; `decided` what they saw and keep to."""

    text: str = ""
    key: str = ""
    seen: int | None = None
    channel: str = "chat"
    party_id: str = ""
    is_informing: bool = False
    accepted: tuple[str, ...] = ()
    is_aware: bool = False
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One thing that was said, by us or by the party."""

    text: str
    by: str
    at: datetime
    channel: Words
    mark: Mark
    is_ours: bool
    recipients: int = 1
    is_care: bool = False
    attachments: Sequence[Attached] = ()


@dataclass(frozen=True)
class Conversation:
    """Everything of the part."""

    incident_id: str
    number: int
    version: int
    lines: Sequence[Line]
    recipients: Sequence[Recipient]
    affected: int
    typed: Typed
    reply_revision: int
    note: DraftLine | None
    clock: ReplyClock | None
    care_until: datetime | None
    checkup: Checkup
    collisions: Sequence[Collision]
    journal_key: str
    fitting: Fitting


def read_typed(given: QueryDict) -> Typed:
    """Return what a form brought."""
    seen = given.get("seen", "")
    return Typed(
        text=given.get("text", ""),
        key=given.get("key", ""),
        seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None,
        channel=given.get("channel", "chat"),
        party_id=given.get("party_id", ""),
        is_informing=given.get("is_informing") == "1",
        accepted=tuple(given.getlist("accepted")),
        is_aware=given.get("is_aware") == "1",
        attachments=tuple(given.getlist("attachment")),
    )


def parse_reply(typed: Typed) -> tuple[NewReply, Sending]:
    """Return the reply and how it is sent."""
    reply = NewReply(typed.text, typed.channel, typed.party_id, typed.is_informing, typed.attachments)
    return reply, Sending(typed.key, typed.seen, typed.accepted, typed.is_aware)


def get_conversation(
    *, incident_id: str, by: Actor, at: datetime, typed: Typed | None = None, refusal: Refusal | None = None
) -> Conversation:
    """Return the part as it stands; `typed` and `refusal` when something has to be decided first."""
    incident = access_incident(incident_id=incident_id, by=by, permission="incident.work")
    drafts = read_drafts(incident, by=by)
    draft = drafts.get("reply")
    fresh = Typed(draft.text if draft else "", secrets.token_hex(16), last_seq(incident))
    recipients = list_addressable(incident.id)
    collisions: tuple[Collision, ...] = ()
    if isinstance(refusal, Collided) and typed is not None:
        collisions = list_collisions(incident, seen=typed.seen or 0, by=by)
    return Conversation(
        incident_id=incident.id,
        number=incident.number,
        version=incident.version,
        lines=_lines(incident_id, by, at),
        recipients=recipients,
        affected=sum(1 for each in recipients if each.role in ("victim", "reporter")),
        typed=_kept(typed, fresh),
        reply_revision=draft.revision if draft else 0,
        note=drafts.get("note"),
        clock=reply_clock_of(incident, at=at),
        care_until=incident.care_until if incident.care_until is not None and incident.care_until > at else None,
        checkup=_checkup(typed, refusal, by, at),
        collisions=collisions,
        journal_key=blind_index(by.organisation_id, "journal", by.person_id or "", at=at),
        fitting=list_fitting(incident_id=incident_id, by=by),
    )


def _kept(typed: Typed | None, fresh: Typed) -> Typed:
    """Return what was typed, with a key in any case; nothing typed begins anew."""
    if typed is None:
        return fresh
    return replace(typed, key=typed.key or fresh.key)


def _checkup(typed: Typed | None, refusal: Refusal | None, by: Actor, at: datetime) -> Checkup:
    if typed is None or not isinstance(refusal, Doubtful | Collided):
        return Checkup()
    return check_text(typed.text, organisation_id=by.organisation_id, at=at)


def _lines(incident_id: str, by: Actor, at: datetime) -> list[Line]:
    heard = [
        Line(each.text, "", each.at, _channel(each.channel), STATES["heard"], is_ours=False)
        for each in list_heard(incident_id=incident_id, by=by)
    ]
    ours = [_reply_line(each) for each in list_replies(incident_id=incident_id, by=by, at=at)]
    return sorted([*heard, *ours], key=lambda each: each.at)


def _reply_line(each: ReplyLine) -> Line:
    return Line(
        text=each.text,
        by=each.by,
        at=each.sent_at,
        channel=_channel(each.channel),
        mark=STATES["unconfirmed" if each.is_unconfirmed else each.state],
        is_ours=True,
        recipients=each.recipients,
        is_care=each.purpose == "care",
        attachments=each.attachments,
    )


def _channel(code: str) -> Words:
    return choices("channels").get(code, Words(code, code))


def written_channels() -> Sequence[tuple[str, Words]]:
    """Return the channels that a text can go, with their words."""
    return [(code, _channel(code)) for code in WRITTEN]
