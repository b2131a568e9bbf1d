"""Reads of evidence: what there is, without its contents. File names are always masked here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from anxin.checkers.personal_data.text import mask
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.ui.words import Words
from anxin.desk.foundation.vault.bulk import unseal_many
from anxin.desk.operations.evidence.access import VIEW, access_evidence
from anxin.desk.operations.evidence.actions.collecting import incident_ids
from anxin.desk.operations.evidence.actions.looking import TEXTS, sees_clear
from anxin.desk.operations.evidence.catalogue import Mark, marks, retention_classes, tiles, words_of
from anxin.desk.operations.evidence.legal_holds import names_held_person
from anxin.desk.operations.evidence.models import CustodyEvent, Evidence, EvidencePack, StoredContent
from anxin.desk.operations.incidents.access import access_incident, visible_incidents

MOST = 200
State = StoredContent.State


@dataclass(frozen=True)
class PieceLine:
    """One piece as lists show it; `state` is how its file was found last, `name` and `note` masked."""

    id: str
    incident_id: str
    kind: str
    words: Words
    how: Words
    source: Words
    tile: str
    name: str
    note: str
    sha256: str
    size: int
    media_type: str
    marks: tuple[Mark, ...]
    mark_codes: tuple[str, ...]
    collected_label: str
    collected_at: datetime
    claimed_at: datetime | None
    derivative_of: str
    covered: int
    retention: Words
    is_held: bool
    is_erased: bool
    state: str
    checked_at: datetime
    has_preview: bool
    width: int
    height: int
    custody_seq: int
    version: int


@dataclass(frozen=True)
class CustodyLine:
    """One event of custody; `details` ids, codes and counts."""

    seq: int
    at: datetime
    act: str
    words: Words
    actor: str
    details: Mapping[str, str | int | bool | None]
    hash: str


@dataclass(frozen=True)
class PieceView:
    """One piece with its copies and its custody, newest first. `can_show`: its content may be looked at here.

    `is_person_held`: a legal hold on somebody in its incident keeps it.
    """

    line: PieceLine
    number: int
    copies: tuple[PieceLine, ...]
    custody: tuple[CustodyLine, ...]
    is_person_held: bool
    can_show: bool
    can_redact: bool


@dataclass(frozen=True)
class PackLine:
    """One pack that was made; `is_there` False: its bytes were let go."""

    id: str
    sha256: str
    size: int
    pieces: int
    with_originals: bool
    purpose: str
    made_label: str
    made_at: datetime
    is_there: bool


def list_pieces(*, incident_id: str, by: Actor, limit: int = MOST) -> tuple[PieceLine, ...]:
    """Return the pieces of an incident and of those merged into it, newest first; raise Forbidden, NotFound."""
    access_incident(incident_id=incident_id, by=by, permission=VIEW)
    rows = Evidence.objects.filter(
        organisation_id=by.organisation_id, incident_id__in=incident_ids(incident_id, by=by)
    ).order_by("-id")[: min(limit, MOST)]
    return _lines(list(rows), by.organisation_id)


def get_piece(*, evidence_id: str, by: Actor) -> PieceView:
    """Return a piece; raise Forbidden, NotFound."""
    row = access_evidence(evidence_id=evidence_id, by=by)
    copies = Evidence.objects.filter(derivative_of=row.id).order_by("id")[:MOST]
    line, *rest = _lines([row, *copies], by.organisation_id)
    number = visible_incidents(by).values_list("number", flat=True).get(pk=row.incident_id)
    is_readable = not line.is_erased and line.state == State.WHOLE
    is_text = row.kind in TEXTS
    is_open = is_text or (sees_clear(row, by) and (line.has_preview or row.media_type == "application/zip"))
    return PieceView(
        line=line,
        number=number,
        copies=tuple(rest),
        custody=list_custody(row),
        is_person_held=names_held_person(row.incident_id),
        can_show=is_readable and is_open,
        can_redact=is_readable and not row.derivative_of and (is_text or line.has_preview),
    )


def list_custody(row: Evidence, limit: int = MOST) -> tuple[CustodyLine, ...]:
    """Return the newest events of a piece's custody; the caller has authorised."""
    events = CustodyEvent.objects.filter(evidence_id=row.id).order_by("-seq")[:limit]
    return tuple(
        CustodyLine(
            each.seq,
            each.at,
            each.act,
            words_of("acts")[each.act],
            each.actor_label,
            json.loads(each.details),
            bytes(each.hash).hex(),
        )
        for each in events
    )


def list_packs(*, incident_id: str, by: Actor, limit: int = 20) -> tuple[PackLine, ...]:
    """Return the packs made of an incident, newest first; those with originals only to whoever made them."""
    access_incident(incident_id=incident_id, by=by, permission=VIEW)
    rows = EvidencePack.objects.filter(organisation_id=by.organisation_id, incident_id=incident_id)
    found = [
        each
        for each in rows.order_by("-made_at")[:limit]
        if not each.with_originals or each.made_by == (by.person_id or "")
    ]
    there = set(
        StoredContent.objects.filter(pk__in=[each.content_id for each in found], erased_at=None).values_list(
            "id", flat=True
        )
    )
    return tuple(
        PackLine(
            each.id,
            each.sha256,
            each.size,
            each.pieces,
            each.with_originals,
            each.purpose,
            each.made_label,
            each.made_at,
            each.content_id in there,
        )
        for each in found
    )


def count_originals(incident_id: str) -> int:
    """Return how many pieces an incident has, redacted copies not counted."""
    return Evidence.objects.filter(incident_id=incident_id, derivative_of="").count()


def find_incident_id(number: int, *, by: Actor) -> str:
    """Return the incident of a number; raise NotFound."""
    found = visible_incidents(by).filter(number=number).values_list("id", flat=True).first()
    if found is None:
        raise NotFound
    return found


def _lines(rows: list[Evidence], organisation_id: str) -> tuple[PieceLine, ...]:
    contents = StoredContent.objects.in_bulk({each.content_id for each in rows})
    names = _words(rows, organisation_id)
    return tuple(_line(each, contents[each.content_id], names) for each in rows)


def _words(rows: Iterable[Evidence], organisation_id: str) -> dict[str, str]:
    sealed: dict[str, bytes] = {}
    for each in rows:
        for part, value in (("name", each.name_sealed), ("note", each.note_sealed)):
            if value is not None:
                sealed[f"evidence.{part}:{each.id}"] = bytes(value)
    if not sealed:
        return {}
    return {
        about: mask(value.decode()) if value else "" for about, value in unseal_many(organisation_id, sealed).items()
    }


def _line(row: Evidence, content: StoredContent, names: Mapping[str, str]) -> PieceLine:
    codes = tuple(row.marks.split())
    return PieceLine(
        id=row.id,
        incident_id=row.incident_id,
        kind=row.kind,
        words=words_of("kinds")[row.kind],
        how=words_of("hows")[row.how],
        source=words_of("sources")[row.source],
        tile=tiles()[row.kind],
        name=names.get(f"evidence.name:{row.id}", ""),
        note=names.get(f"evidence.note:{row.id}", ""),
        sha256=row.sha256,
        size=row.size,
        media_type=row.media_type,
        marks=tuple(marks()[each] for each in codes),
        mark_codes=codes,
        collected_label=row.collected_label,
        collected_at=row.collected_at,
        claimed_at=row.claimed_at,
        derivative_of=row.derivative_of,
        covered=row.covered,
        retention=retention_classes()[row.retention].words,
        is_held=row.held_at is not None,
        is_erased=row.erased_at is not None,
        state=State.ERASED if row.erased_at is not None else content.state,
        checked_at=content.checked_at,
        has_preview=content.is_shown and row.erased_at is None,
        width=content.width,
        height=content.height,
        custody_seq=row.custody_seq,
        version=row.version,
    )
