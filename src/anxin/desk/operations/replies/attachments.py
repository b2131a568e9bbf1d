"""Pieces of evidence that go out with a reply: redacted copies first, originals only with the right to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.evidence.access import VIEW
from anxin.desk.operations.evidence.actions.collecting import incident_ids
from anxin.desk.operations.evidence.actions.looking import ORIGINAL, Download, content_of, extension_of
from anxin.desk.operations.evidence.custody import write_custody
from anxin.desk.operations.evidence.models import Evidence
from anxin.desk.operations.evidence.queries import PieceLine, list_pieces
from anxin.desk.operations.evidence.store.contents import open_content
from anxin.desk.operations.replies.access import access_outgoing
from anxin.desk.operations.replies.errors import AttachmentsGone, AttachmentUnfit
from anxin.desk.operations.replies.models import Reply, ReplyAttachment

MOST = 5
MOST_BYTES = 20 << 20
LIFE = timedelta(hours=24)
"""How long after sending the platform may fetch what goes along (D, 2026-11)."""
FITTING = frozenset({"picture", "text", "chat", "document", "audio", "video"})
_SPOILT = frozenset({"executable", "active", "mismatch", "archive_bomb", "archive_encrypted", "picture_unread"})


@dataclass(frozen=True)
class Attached:
    """What goes along with a reply, by the hash that whoever receives it can check."""

    id: str
    evidence_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    is_redacted: bool


@dataclass(frozen=True)
class Fitting:
    """What may go along, redacted copies first, and how many pieces could only as a redacted copy not made yet."""

    pieces: tuple[PieceLine, ...] = ()
    uncopied: int = 0


def list_fitting(*, incident_id: str, by: Actor) -> Fitting:
    """Return what of an incident the actor may send along; nothing without the right to see evidence."""
    if by.grant(VIEW) is None:
        return Fitting()
    found = list_pieces(incident_id=incident_id, by=by, limit=50)
    is_original_too = by.grant(ORIGINAL) is not None
    fit = [each for each in found if _is_fit(each, is_original_too=is_original_too)]
    copied = {each.derivative_of for each in found}
    uncopied = [
        each for each in found if each not in fit and each.id not in copied and _is_fit(each, is_original_too=True)
    ]
    return Fitting(tuple(sorted(fit, key=lambda each: not each.derivative_of)), len(uncopied))


def choose(evidence_ids: Sequence[str], *, incident_id: str, by: Actor) -> tuple[Evidence, ...]:
    """Return the pieces in the order given; raise Forbidden, NotFound, AttachmentUnfit."""
    once = tuple(dict.fromkeys(evidence_ids))
    if not once:
        return ()
    require(by, VIEW)
    rows = Evidence.objects.filter(organisation_id=by.organisation_id, incident_id__in=incident_ids(incident_id, by=by))
    found = rows.in_bulk(list(once)[: MOST + 1])
    if set(found) != set(once[: MOST + 1]):
        raise NotFound
    pieces = tuple(found[each] for each in once[: MOST + 1])
    if any(not each.derivative_of for each in pieces):
        require(by, ORIGINAL)
    unmet = "attachment.many" if len(once) > MOST else next(filter(None, map(_fault, pieces)), "")
    if not unmet and sum(each.size for each in pieces) > MOST_BYTES:
        unmet = "attachment.large"
    if unmet:
        raise AttachmentUnfit(unmet=(unmet,), most=MOST, megabytes=MOST_BYTES >> 20)
    return pieces


def attach(reply: Reply, pieces: Iterable[Evidence], *, by: Actor, at: datetime) -> None:
    """Write down what goes along, and in the custody of each piece that it left; in the transaction of the sending."""
    for place, piece in enumerate(pieces):
        row = ReplyAttachment.objects.create(
            id=new_id("rat", at=at),
            reply=reply,
            evidence_id=piece.id,
            place=place,
            name=f"{piece.id}.{extension_of(piece)}",
            media_type=piece.media_type,
            size=piece.size,
            sha256=piece.sha256,
            is_redacted=bool(piece.derivative_of),
        )
        write_custody(piece, "transfer", by=by, at=at, details={"reply": reply.id, "attachment": row.id})


def attached_to(reply_ids: Iterable[str]) -> Mapping[str, tuple[Attached, ...]]:
    """Return what went along, by reply, in its order; the caller may see the replies."""
    found: dict[str, tuple[Attached, ...]] = {}
    for row in ReplyAttachment.objects.filter(reply_id__in=list(reply_ids)).order_by("reply_id", "place"):
        line = Attached(row.id, row.evidence_id, row.name, row.media_type, row.size, row.sha256, row.is_redacted)
        found[row.reply_id] = (*found.get(row.reply_id, ()), line)
    return found


@transaction.atomic
def fetch_attachment(*, reply_id: str, attachment_id: str, by: Actor, at: datetime) -> Download:
    """Return a content to whoever delivers the reply, and record it in custody.

    Raise Forbidden, NotFound, AttachmentsGone a day after sending, EvidenceErased, EvidenceBroken.
    """
    reply = access_outgoing(reply_id=reply_id, by=by)
    row = ReplyAttachment.objects.filter(pk=attachment_id, reply=reply).first()
    if row is None:
        raise NotFound
    if at >= reply.sent_at + LIFE:
        raise AttachmentsGone
    piece = Evidence.objects.get(pk=row.evidence_id, organisation_id=reply.organisation_id)
    data = open_content(content_of(piece))
    write_custody(piece, "export", by=by, at=at, details={"reply": reply.id, "attachment": row.id, "way": "reply"})
    return Download(data, row.sha256, row.name)


def _is_fit(piece: PieceLine, *, is_original_too: bool) -> bool:
    is_open = bool(piece.derivative_of) or is_original_too
    is_whole = not piece.is_erased and piece.state == "whole"
    return is_open and is_whole and piece.kind in FITTING and not _SPOILT & set(piece.mark_codes)


def _fault(piece: Evidence) -> str:
    """Return why a piece cannot go to somebody outside, "" when it can."""
    if piece.erased_at is not None:
        return "attachment.erased"
    return "" if piece.kind in FITTING and not _SPOILT & set(piece.marks.split()) else "attachment.unsafe"
