"""Take a piece in: looked at, kept once, named in the incident, its custody begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from anxin.desk.foundation.audit.actions import Detail
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.operations.evidence.catalogue import retention_classes, words_of
from anxin.desk.operations.evidence.custody import write_custody
from anxin.desk.operations.evidence.errors import EvidenceEmpty, EvidenceQuotaFull, EvidenceTooLarge
from anxin.desk.operations.evidence.facts import EvidenceChanged
from anxin.desk.operations.evidence.models import Evidence, StoredContent
from anxin.desk.operations.evidence.pack.verify_pack import START
from anxin.desk.operations.evidence.pictures.previews import PictureUnreadable, make_previews
from anxin.desk.operations.evidence.sniffing import Sniffed, sniff
from anxin.desk.operations.evidence.store.contents import BLURRED, CLEAR, keep, keep_beside, open_content
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.locking import lock_visible
from anxin.desk.operations.incidents.timeline import write

COLLECT = "evidence.collect"
NOTE_LENGTH, NAME_LENGTH = 500, 200
_MEGABYTE = 1 << 20
_OWN_CLASS = {"chat": "chat", "log": "logs", "audio": "recording"}


@dataclass(frozen=True)
class NewPiece:
    """What is to be kept. `name`, `claimed_type` and `claimed_at` are what was said, `kind` "" by content.

    `retention` "" by kind. `derivative_of` and `covered` are of redacted copies: the original, and how many places.
    """

    data: bytes
    name: str = ""
    claimed_type: str = ""
    how: str = "upload"
    source: str = "customer"
    note: str = ""
    claimed_at: datetime | None = None
    kind: str = ""
    retention: str = ""
    derivative_of: str = ""
    covered: int = 0


@dataclass(frozen=True)
class Collected:
    """The piece, and whether the incident had its content already."""

    evidence_id: str
    is_repeated: bool


def collect_evidence(new: NewPiece, *, incident_id: str, by: Actor, at: datetime) -> Collected:
    """Keep a piece for an incident; the same content is kept once.

    Raise Forbidden, NotFound, FieldInvalid, EvidenceEmpty, EvidenceTooLarge, EvidenceQuotaFull, EvidenceBroken.
    """
    require(by, COLLECT)
    access_incident(incident_id=incident_id, by=by)
    return keep_piece(new, incident_id=incident_id, by=by, at=at)


def keep_piece(new: NewPiece, *, incident_id: str, by: Actor, at: datetime) -> Collected:
    """Keep a piece; the caller has authorised."""
    _require_sound(new)
    _require_room(len(new.data), incident_id, by)
    looked = sniff(new.data, name=new.name)
    content = keep(by.organisation_id, new.data, at=at)
    open_content(content)
    marks = _with_previews(content, new.data, looked, at)
    with transaction.atomic():
        return _record(new, looked, marks, content, incident_id=incident_id, by=by, at=at)


def incident_ids(incident_id: str, *, by: Actor) -> tuple[str, ...]:
    """Return the incident and those that were merged into it: their evidence is its own."""
    from anxin.desk.operations.incidents.models import Incident

    merged = Incident.objects.filter(organisation_id=by.organisation_id, merged_into=incident_id)
    return (incident_id, *merged.values_list("id", flat=True))


def _require_sound(new: NewPiece) -> None:
    if not new.data:
        raise EvidenceEmpty
    limit = settings.ANXIN.evidence_bytes
    if len(new.data) > limit:
        raise EvidenceTooLarge(limit=limit // _MEGABYTE)
    for field, value, known in (
        ("source", new.source, words_of("sources")),
        ("how", new.how, words_of("hows")),
        ("retention", new.retention or "case", retention_classes()),
    ):
        if value not in known:
            raise FieldInvalid(pointer=f"/{field}", field=field, reason=", ".join(known))


def _require_room(size: int, incident_id: str, by: Actor) -> None:
    rows = Evidence.objects.filter(organisation_id=by.organisation_id, incident_id=incident_id, erased_at=None)
    limit = settings.ANXIN.evidence_incident_bytes
    if (rows.aggregate(all=Sum("size"))["all"] or 0) + size > limit:
        raise EvidenceQuotaFull(limit=limit // _MEGABYTE)


def _with_previews(content: StoredContent, data: bytes, looked: Sniffed, at: datetime) -> tuple[str, ...]:
    """Return the marks of the piece; a picture that can be decoded gets its previews."""
    if looked.kind != "picture" or content.is_shown:
        return looked.marks
    try:
        made = make_previews(data)
    except PictureUnreadable:
        return (*looked.marks, "picture_unread")
    keep_beside(content, BLURRED, made.blurred, at=at)
    keep_beside(content, CLEAR, made.clear, at=at)
    content.is_shown, content.width, content.height = True, made.width, made.height
    content.save(update_fields=("is_shown", "width", "height"))
    return looked.marks


def _record(
    new: NewPiece,
    looked: Sniffed,
    marks: tuple[str, ...],
    content: StoredContent,
    *,
    incident_id: str,
    by: Actor,
    at: datetime,
) -> Collected:
    incident = lock_visible(incident_id, by=by)
    known = Evidence.objects.filter(
        incident_id=incident_id, sha256=content.sha256, derivative_of=new.derivative_of, erased_at=None
    ).first()
    if known is not None:
        write_custody(known, "ingest", by=by, at=at, details={"kind": known.kind, "how": new.how, "again": True})
        return Collected(known.id, is_repeated=True)
    piece = _row(new, looked, marks, content, incident_id=incident_id, by=by, at=at)
    _seal_words(piece, new, at)
    piece.save(force_insert=True)
    told = {"evidence": piece.id, "kind": piece.kind, "how": piece.how}
    write(
        incident, "evidence_redacted" if new.derivative_of else "evidence_added", by=by, at=at, data=told, is_quiet=True
    )
    details: dict[str, Detail] = {"kind": piece.kind, "how": piece.how, "size": piece.size, "marks": piece.marks}
    write_custody(piece, "ingest", by=by, at=at, details=details)
    publish_fact(EvidenceChanged(piece.id, incident_id, "ingest"), organisation_id=by.organisation_id, at=at)
    return Collected(piece.id, is_repeated=False)


def _row(
    new: NewPiece,
    looked: Sniffed,
    marks: tuple[str, ...],
    content: StoredContent,
    *,
    incident_id: str,
    by: Actor,
    at: datetime,
) -> Evidence:
    kind = new.kind or looked.kind
    return Evidence(
        id=new_id("evd", at=at),
        organisation_id=by.organisation_id,
        incident_id=incident_id,
        content_id=content.id,
        sha256=content.sha256,
        size=content.size,
        media_type=looked.media_type,
        claimed_type=new.claimed_type[:80],
        kind=kind,
        how=new.how,
        source=new.source,
        marks=" ".join(marks),
        collected_by=by.person_id or "",
        collected_label=by.label,
        collected_at=at,
        claimed_at=new.claimed_at,
        derivative_of=new.derivative_of,
        covered=new.covered,
        retention=new.retention or _OWN_CLASS.get(kind, "case"),
        custody_hash=bytes.fromhex(START),
    )


def _seal_words(piece: Evidence, new: NewPiece, at: datetime) -> None:
    if name := new.name.strip()[-NAME_LENGTH:]:
        piece.name_sealed = seal(piece.organisation_id, name, about=f"evidence.name:{piece.id}", at=at)
    if note := new.note.strip()[:NOTE_LENGTH]:
        piece.note_sealed = seal(piece.organisation_id, note, about=f"evidence.note:{piece.id}", at=at)
