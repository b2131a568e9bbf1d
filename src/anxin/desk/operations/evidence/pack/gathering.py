"""Gather what a pack says of an incident: its pieces with custody, and what happened when."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from anxin.desk.operations.evidence.actions.looking import content_of, extension_of
from anxin.desk.operations.evidence.custody import list_links
from anxin.desk.operations.evidence.models import Evidence
from anxin.desk.operations.evidence.pack.contents import PackContents, PackedPiece
from anxin.desk.operations.evidence.store.contents import open_content
from anxin.desk.operations.incidents.models import Incident, IncidentEvent

MOST_EVENTS = 5_000


def gather(
    about: Mapping[str, object], incident: Incident, pieces: Sequence[Evidence], packed: Collection[str]
) -> PackContents:
    """Return the contents; `packed` are the ids whose content goes along, the others stand there by hash only."""
    return PackContents(about, [_piece(each, is_packed=each.id in packed) for each in pieces], _timeline(incident))


def _piece(piece: Evidence, *, is_packed: bool) -> PackedPiece:
    entry: dict[str, object] = {
        "sha256": piece.sha256,
        "size": piece.size,
        "media_type": piece.media_type,
        "kind": piece.kind,
        "how": piece.how,
        "source": piece.source,
        "marks": piece.marks.split(),
        "collected_by": piece.collected_label,
        "collected_at": _instant(piece.collected_at),
        "claimed_at": _instant(piece.claimed_at) if piece.claimed_at else None,
        "derivative_of": piece.derivative_of or None,
        "is_held": piece.held_at is not None,
        "is_erased": piece.erased_at is not None,
    }
    data = open_content(content_of(piece)) if is_packed else None
    return PackedPiece(piece.id, entry, list_links(piece.id), extension_of(piece), data)


def _timeline(incident: Incident) -> list[Mapping[str, object]]:
    """Return what happened by code, without what people wrote."""
    events = IncidentEvent.objects.filter(incident=incident).order_by("seq")[:MOST_EVENTS]
    return [
        {
            "seq": each.seq,
            "at": _instant(each.at),
            "event": each.kind,
            "actor": each.actor_label,
            "data": json.loads(each.data),
        }
        for each in events
    ]


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
