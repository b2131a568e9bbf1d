"""Calls about replies: staff send, the platform fetches, delivers and reports; it also says what the party wrote."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.document import BYTES
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.api.places import place_of
from anxin.desk.operations.evidence.handing_out import as_attachment
from anxin.desk.operations.replies import actions, attachments, queries
from anxin.desk.operations.replies.actions import NewReply, Sending

router = Router(tags=["replies"])
_CARE = {"text": "我们正在核实，半小时内答复您。", "key": "care-20261122-1", "reason": "checking_facts"}


class ReplyIn(
    Given,
    json_schema_extra={
        "examples": [
            {"text": "您好，请先不要转账，我们一起核实。", "key": "reply-20261122-1", "channel": "chat", "seen": 7}
        ]
    },
):
    """What to say, to whom, and what the sender has seen and keeps to; `key` makes it once.

    `attachments` are ids of evidence of the incident: redacted copies, originals with the right to them.
    """

    text: str
    key: str
    channel: str = "chat"
    party_id: str = ""
    is_informing: bool = False
    seen: int | None = None
    accepted: tuple[str, ...] = ()
    is_aware: bool = False
    attachments: tuple[str, ...] = ()


class CarefulIn(ReplyIn, json_schema_extra={"examples": [_CARE]}):
    """The holding message, and why it is checked."""

    reason: str


class SentOut(Schema):
    """The reply, and how it stands."""

    id: str
    state: str


class AttachedOut(Schema):
    """Something that goes along, with the hash of its content."""

    id: str
    evidence_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    is_redacted: bool


class ReplyOut(Schema):
    """One reply as staff see it."""

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
    accepted: list[str]
    is_unconfirmed: bool
    attachments: list[AttachedOut]


class RecipientOut(Schema):
    """Somebody to deliver to, by the key the platform knows."""

    party_id: str
    role: str
    kind: str
    key: str


class OutgoingOut(Schema):
    """A reply to be delivered."""

    id: str
    incident_id: str
    channel: str
    purpose: str
    text: str
    sent_at: datetime
    recipients: list[RecipientOut]
    attachments: list[AttachedOut]
    attachments_until: datetime


class ReceiptIn(Given, json_schema_extra={"examples": [{"receipt": "MSG-55120", "has_arrived": True}]}):
    """The platform's own number of the delivery, or (`has_arrived` false) its code of why it failed."""

    receipt: str = ""
    has_arrived: bool = True
    failure: str = ""


class InboundIn(Given):
    """What the party wrote."""

    text: str
    channel: str = "chat"


@router.get("/incidents/{slug:incident_id}/replies", response=list[ReplyOut])
def list_(request: HttpRequest, incident_id: str) -> list[dict[str, object]]:
    """List the latest replies of an incident."""
    by, at = caller(request)
    return [asdict(each) for each in queries.list_replies(incident_id=incident_id, by=by, at=at)]


@router.post("/incidents/{slug:incident_id}/replies", response={201: SentOut})
def send(request: HttpRequest, incident_id: str, body: ReplyIn) -> Status[dict[str, str]]:
    """Send a reply; refused until its sender has seen findings and what others did meanwhile."""
    by, at = caller(request)
    reply, sending = _parsed(body)
    row = actions.send_reply(incident_id=incident_id, reply=reply, sending=sending, by=by, at=at)
    return Status(201, {"id": row.id, "state": row.state})


@router.post("/incidents/{slug:incident_id}/careful-check", response={201: SentOut})
def careful(request: HttpRequest, incident_id: str, body: CarefulIn) -> Status[dict[str, str]]:
    """Tell the customer that it is checked carefully; the reply clock stops for up to half an hour."""
    by, at = caller(request)
    reply, sending = _parsed(body)
    row = actions.check_carefully(
        incident_id=incident_id, reply=reply, sending=sending, reason=body.reason, by=by, at=at
    )
    return Status(201, {"id": row.id, "state": row.state})


@router.post("/incidents/{slug:incident_id}/inbound", response={204: None})
def inbound(request: HttpRequest, incident_id: str, body: InboundIn) -> Status[None]:
    """Say what the party wrote."""
    by, at = caller(request)
    actions.note_inbound(incident_id=incident_id, channel=body.channel, text=body.text, by=by, at=at)
    return Status(204, None)


@router.get("/replies", response=list[str])
def outgoing(request: HttpRequest, after: str = place_of("rpl")) -> list[str]:
    """List the ids of replies that wait to be delivered, after an id."""
    by, _ = caller(request)
    return list(queries.list_outgoing(by=by, after=after))


@router.get("/replies/{slug:reply_id}", response=OutgoingOut)
def fetch(request: HttpRequest, reply_id: str) -> dict[str, object]:
    """Return a reply with its words and recipients; it is recorded that it was fetched."""
    by, at = caller(request)
    return asdict(queries.fetch_outgoing(reply_id=reply_id, by=by, at=at))


@router.get("/replies/{slug:reply_id}/attachments/{slug:attachment_id}", openapi_extra={"responses": {200: BYTES}})
def fetch_attachment(request: HttpRequest, reply_id: str, attachment_id: str) -> HttpResponse:
    """Return the bytes of what goes along, its hash in `X-Content-SHA256`; recorded, and refused after a day."""
    by, at = caller(request)
    found = attachments.fetch_attachment(reply_id=reply_id, attachment_id=attachment_id, by=by, at=at)
    return as_attachment(found.data, found.file_name, found.sha256)


@router.post("/replies/{slug:reply_id}:settle", response=SentOut)
def settle(request: HttpRequest, reply_id: str, body: ReceiptIn) -> dict[str, str]:
    """Take the receipt: *sent* becomes *delivered* or *failed*; the same receipt twice changes nothing."""
    by, at = caller(request)
    row = actions.settle_reply(reply_id=reply_id, **body.dict(), by=by, at=at)
    return {"id": row.id, "state": row.state}


def _parsed(body: ReplyIn) -> tuple[NewReply, Sending]:
    reply = NewReply(body.text, body.channel, body.party_id, body.is_informing, tuple(body.attachments))
    return reply, Sending(body.key, body.seen, tuple(body.accepted), body.is_aware)
