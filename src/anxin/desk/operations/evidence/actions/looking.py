"""Look at a piece: every look at its content is custody, whoever looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anxin.checkers.personal_data.text import mask
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import form_for, require
from anxin.desk.foundation.permissions.catalogue import Form, field_rules
from anxin.desk.foundation.privacy.purposes import purposes
from anxin.desk.operations.evidence.access import VIEW, access_evidence
from anxin.desk.operations.evidence.archives import ArchiveLook, list_archive
from anxin.desk.operations.evidence.chat import ChatLine, parse_chat
from anxin.desk.operations.evidence.custody import write_custody
from anxin.desk.operations.evidence.errors import EvidenceErased, NotShown, PurposeMissing
from anxin.desk.operations.evidence.models import Evidence, StoredContent
from anxin.desk.operations.evidence.sniffing import decode_text
from anxin.desk.operations.evidence.store.contents import BLURRED, CLEAR, open_content

LONGEST_SHOWN = 100_000
TEXTS = frozenset({"text", "chat", "log"})
ORIGINAL = "evidence.original"


@dataclass(frozen=True)
class Look:
    """What a person is shown: text, the lines of a chat, a JPEG, or the list of an archive.

    `is_masked`: personal data is starred, because the role sees texts so.
    """

    kind: str
    text: str = ""
    lines: tuple[ChatLine, ...] = ()
    picture: bytes = b""
    size: tuple[int, int] = (0, 0)
    archive: ArchiveLook | None = None
    is_masked: bool = False
    is_cut: bool = False


@dataclass(frozen=True)
class Download:
    """A content as it is handed out."""

    data: bytes
    sha256: str
    file_name: str


@transaction.atomic
def look_at_evidence(*, evidence_id: str, by: Actor, at: datetime) -> Look:
    """Return what may be shown of a piece, and record the look.

    Raise Forbidden, NotFound, NotShown, EvidenceErased, EvidenceBroken.
    """
    piece = access_evidence(evidence_id=evidence_id, by=by, permission=VIEW)
    content = content_of(piece)
    look = _look(piece, content, by)
    write_custody(piece, "view", by=by, at=at, details={"masked": look.is_masked})
    return look


@transaction.atomic
def download_evidence(*, evidence_id: str, purpose: str, by: Actor, at: datetime) -> Download:
    """Return a piece as it came, byte for byte, and record that it left.

    Redacted copies need `evidence.export`, originals `evidence.original`. Raise PurposeMissing and as above.
    """
    piece = access_evidence(evidence_id=evidence_id, by=by, permission=VIEW)
    require(by, "evidence.export" if piece.derivative_of else ORIGINAL)
    if purpose not in purposes():
        raise PurposeMissing(pointer="/purpose")
    data = open_content(content_of(piece))
    write_custody(piece, "export", by=by, at=at, details={"purpose": purpose, "way": "download"})
    return Download(data, piece.sha256, f"{piece.id}.{extension_of(piece)}")


def blurred_picture(*, evidence_id: str, by: Actor) -> bytes | None:
    """Return a preview in which nothing can be read, None when there is none; raise Forbidden, NotFound."""
    piece = access_evidence(evidence_id=evidence_id, by=by, permission=VIEW)
    content = StoredContent.objects.get(pk=piece.content_id)
    if piece.erased_at is not None or not content.is_shown:
        return None
    return open_content(content, BLURRED)


def content_of(piece: Evidence) -> StoredContent:
    """Return the stored content of a piece; raise EvidenceErased."""
    if piece.erased_at is not None:
        raise EvidenceErased
    return StoredContent.objects.get(pk=piece.content_id)


def sees_clear(piece: Evidence, by: Actor) -> bool:
    """Return whether the actor sees the piece unmasked: by role, as the one who took it in, or when it is redacted."""
    is_own = bool(by.person_id) and piece.collected_by == by.person_id
    return bool(piece.derivative_of) or is_own or form_for(by, field_rules()["text"]) is Form.FULL


def extension_of(piece: Evidence) -> str:
    """Return the ending a copy of the piece gets; programs and active contents get one that opens nothing."""
    known = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "text/plain": "txt"}
    return known.get(piece.media_type, "bin")


def _look(piece: Evidence, content: StoredContent, by: Actor) -> Look:
    is_clear = sees_clear(piece, by)
    if piece.kind == "picture" and content.is_shown:
        if not is_clear:
            raise NotShown
        return Look("picture", picture=open_content(content, CLEAR), size=(content.width, content.height))
    if piece.kind in TEXTS and piece.media_type in ("text/plain", "text/html"):
        return _text_look(piece, open_content(content), is_clear=is_clear)
    if piece.media_type == "application/zip" and is_clear:
        return Look("archive", archive=list_archive(open_content(content)))
    raise NotShown


def _text_look(piece: Evidence, data: bytes, *, is_clear: bool) -> Look:
    whole = decode_text(data)
    if whole is None:
        raise NotShown
    text = whole[:LONGEST_SHOWN] if is_clear else mask(whole[:LONGEST_SHOWN])
    lines = parse_chat(text) if piece.kind == "chat" else ()
    return Look(piece.kind, text, lines, is_masked=not is_clear, is_cut=len(whole) > LONGEST_SHOWN)
