"""Reads of replies: of an incident for staff, of what waits for the platform, and the reply clock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import unseal
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.desk.operations.replies.access import DELIVER, access_outgoing
from anxin.desk.operations.replies.attachments import LIFE, Attached, attached_to
from anxin.desk.operations.replies.clock import ReplyClock, Turn, read_reply_clock
from anxin.desk.operations.replies.models import Reply
from anxin.desk.operations.replies.recipients import Recipient, list_recipients

MOST_REPLIES = 50
MOST_OUTGOING = 200
UNCONFIRMED_AFTER = timedelta(seconds=60)
"""When a missing receipt is said: the platform may not have delivered it (D, 2026-11)."""
_TURNS = ("log_contact", "reply", "begin_care", "end_care")


@dataclass(frozen=True)
class ReplyLine:
    """One reply as staff see it; `is_unconfirmed`: no receipt for a minute."""

    id: str
    text: str
    channel: str
    purpose: str
    state: str
    by: str
    sent_at: datetime
    delivered_at: datetime | None
    failed_at: datetime | None
    failure: str
    recipients: int
    accepted: tuple[str, ...]
    is_unconfirmed: bool
    attachments: tuple[Attached, ...] = ()


@dataclass(frozen=True)
class Heard:
    """What the party wrote or said."""

    text: str
    channel: str
    at: datetime


@dataclass(frozen=True)
class Outgoing:
    """One reply as the platform needs it to deliver: the words, whom they are for, and what goes along until when."""

    id: str
    incident_id: str
    channel: str
    purpose: str
    text: str
    sent_at: datetime
    recipients: tuple[Recipient, ...]
    attachments: tuple[Attached, ...]
    attachments_until: datetime


def list_replies(*, incident_id: str, by: Actor, at: datetime) -> tuple[ReplyLine, ...]:
    """Return the latest replies of an incident, oldest first; raise Forbidden or NotFound."""
    incident = access_incident(incident_id=incident_id, by=by)
    rows = list(Reply.objects.filter(incident_id=incident.id).order_by("-sent_at", "-id")[:MOST_REPLIES])
    along = attached_to([each.id for each in rows])
    return tuple(_line(each, at, along.get(each.id, ())) for each in reversed(rows))


def list_heard(*, incident_id: str, by: Actor) -> tuple[Heard, ...]:
    """Return the latest of what the party wrote, oldest first; raise Forbidden or NotFound."""
    incident = access_incident(incident_id=incident_id, by=by)
    rows = IncidentEvent.objects.filter(incident=incident, kind="log_contact", data__contains='"outcome":"inbound"')
    return tuple(_heard(each) for each in reversed(rows.order_by("-seq")[:MOST_REPLIES]))


def list_outgoing(*, by: Actor, after: str = "") -> tuple[str, ...]:
    """Return the ids of replies that wait to be delivered, oldest first; raise Forbidden."""
    require(by, DELIVER)
    rows = Reply.objects.filter(organisation_id=by.organisation_id, state="sent", id__gt=after)
    return tuple(rows.order_by("id").values_list("id", flat=True)[:MOST_OUTGOING])


@transaction.atomic
def fetch_outgoing(*, reply_id: str, by: Actor, at: datetime) -> Outgoing:
    """Return a reply to be delivered; reading it is recorded. Raise Forbidden or NotFound."""
    row = access_outgoing(reply_id=reply_id, by=by)
    record_entry("reply.fetch", by=by, at=at, on=("reply", row.id), details={"incident": row.incident_id})
    return Outgoing(
        row.id,
        row.incident_id,
        row.channel,
        row.purpose,
        unseal(row.organisation_id, bytes(row.text_sealed), about=f"reply.text:{row.id}"),
        row.sent_at,
        list_recipients(row.incident_id, row.party_id),
        attached_to([row.id]).get(row.id, ()),
        row.sent_at + LIFE,
    )


def reply_clock_of(incident: Incident, *, at: datetime) -> ReplyClock | None:
    """Return how long the party of an incident, which the caller may see, has waited for an answer."""
    rows = IncidentEvent.objects.filter(incident=incident, kind__in=_TURNS).order_by("-seq")
    latest = list(rows.values_list("kind", "at", "data")[:200])
    return read_reply_clock([_turn(*each) for each in reversed(latest)], at=at)


def _turn(kind: str, at: datetime, text: str) -> Turn:
    data = json.loads(text)
    if kind == "begin_care":
        return Turn("care", at, datetime.fromisoformat(data["until"]))
    if kind == "end_care":
        return Turn("care_over", at)
    if kind == "reply":
        return Turn("holding" if data["purpose"] == "care" else "answered", at)
    return Turn("heard" if data["outcome"] == "inbound" else "answered", at)


def _heard(event: IncidentEvent) -> Heard:
    text = ""
    if event.note_sealed is not None:
        about = f"incident.note:{event.incident_id}:{event.seq}"
        text = unseal(event.organisation_id, bytes(event.note_sealed), about=about)
    return Heard(text, str(json.loads(event.data)["channel"]), event.at)


def _line(row: Reply, at: datetime, along: tuple[Attached, ...]) -> ReplyLine:
    return ReplyLine(
        id=row.id,
        text=unseal(row.organisation_id, bytes(row.text_sealed), about=f"reply.text:{row.id}"),
        channel=row.channel,
        purpose=row.purpose,
        state=row.state,
        by=row.sent_label,
        sent_at=row.sent_at,
        delivered_at=row.delivered_at,
        failed_at=row.failed_at,
        failure=row.failure,
        recipients=row.recipients,
        accepted=tuple(row.accepted.split()),
        is_unconfirmed=row.state == "sent" and at - row.sent_at > UNCONFIRMED_AFTER,
        attachments=along,
    )
