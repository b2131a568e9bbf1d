"""Redacted copies: texts with personal data starred, pictures with it painted over; the original stays as it is."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from anxin.checkers.images.errors import PictureRefused
from anxin.checkers.personal_data.text import find, mask
from anxin.checkers.screenshots.page import Box
from anxin.checkers.screenshots.redaction import covered_boxes
from anxin.desk.foundation.audit.actions import Detail
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.checks.pictures import shared_reader
from anxin.desk.operations.evidence.access import access_evidence
from anxin.desk.operations.evidence.actions.collecting import Collected, NewPiece, keep_piece
from anxin.desk.operations.evidence.actions.looking import TEXTS, content_of, sees_clear
from anxin.desk.operations.evidence.custody import write_custody
from anxin.desk.operations.evidence.errors import NothingToRedact, NotShown
from anxin.desk.operations.evidence.models import Evidence, StoredContent
from anxin.desk.operations.evidence.pictures.previews import PictureUnreadable, cover_boxes
from anxin.desk.operations.evidence.sniffing import decode_text
from anxin.desk.operations.evidence.store.contents import open_content
from anxin.vision.errors import WorkerRefused

REDACT = "evidence.redact"
MOST_BOXES = 200


def redact_evidence(
    *, evidence_id: str, boxes: tuple[Box, ...] = (), is_read: bool = True, by: Actor, at: datetime
) -> Collected:
    """Make a redacted copy of an original; `boxes` are drawn by hand, in pixels of the original.

    `is_read` also paints over what the reader of pictures finds: phones, IDs, cards, names, codes of people.
    Raise Forbidden, NotFound, NothingToRedact, NotShown, EvidenceErased, EvidenceBroken.
    """
    piece = access_evidence(evidence_id=evidence_id, by=by, permission=REDACT)
    require(by, REDACT)
    if piece.derivative_of:
        raise NothingToRedact(reason="it is a copy", reason_zh="这已是副本")
    content = content_of(piece)
    if piece.kind in TEXTS:
        data, covered = _masked(open_content(content))
    elif piece.kind == "picture" and content.is_shown:
        if boxes and not sees_clear(piece, by):
            raise NotShown
        data, covered = _painted(content, boxes, is_read=is_read)
    else:
        raise NothingToRedact(reason=piece.media_type, reason_zh=piece.media_type)
    return _keep(piece, data, covered, by=by, at=at)


@transaction.atomic
def _keep(piece: Evidence, data: bytes, covered: int, *, by: Actor, at: datetime) -> Collected:
    kind = piece.kind if piece.kind in TEXTS else "picture"
    new = NewPiece(
        data,
        how="redaction",
        source="staff",
        kind=kind,
        retention=piece.retention,
        derivative_of=piece.id,
        covered=covered,
    )
    made = keep_piece(new, incident_id=piece.incident_id, by=by, at=at)
    details: dict[str, Detail] = {"copy": made.evidence_id, "covered": covered}
    write_custody(piece, "redact", by=by, at=at, details=details)
    return made


def _masked(data: bytes) -> tuple[bytes, int]:
    text = decode_text(data)
    if text is None:
        raise NothingToRedact(reason="no text", reason_zh="不是文本")
    return mask(text).encode(), len(find(text))


def _painted(content: StoredContent, boxes: tuple[Box, ...], *, is_read: bool) -> tuple[bytes, int]:
    if not is_read and not boxes:
        raise FieldInvalid(pointer="/boxes", field="boxes", reason=f"1–{MOST_BOXES}")
    if len(boxes) > MOST_BOXES:
        raise FieldInvalid(pointer="/boxes", field="boxes", reason=f"1–{MOST_BOXES}")
    data = open_content(content)
    try:
        if is_read:
            scan = shared_reader().scan(data)
            data, covered = scan.redacted, len(covered_boxes(scan.page, scan.codes))
        else:
            covered = 0
        return (cover_boxes(data, boxes) if boxes else data), covered + len(boxes)
    except (WorkerRefused, PictureRefused) as refused:
        raise NothingToRedact(reason=refused.en, reason_zh=refused.zh) from None
    except PictureUnreadable:
        raise NothingToRedact(reason="unreadable", reason_zh="无法读取") from None
