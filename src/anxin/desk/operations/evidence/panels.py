"""What the screens of evidence are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language

from anxin.desk.foundation.edge.actor import Actor, Grade
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.privacy.purposes import purposes
from anxin.desk.foundation.ui.shapes import Evidence as Tile
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.evidence.catalogue import retention_classes, words_of
from anxin.desk.operations.evidence.forms import Typed
from anxin.desk.operations.evidence.queries import PieceLine, list_packs, list_pieces


@dataclass(frozen=True)
class Shown:
    """One piece in the gallery."""

    line: PieceLine
    tile: Tile


@dataclass(frozen=True)
class Taken:
    """What became of one thing that was handed in: kept, there already, or refused with the sentence."""

    name: str
    tone: str
    words: str


KEPT = Words("已保存并计算指纹", "kept, its hash is recorded")
REPEATED = Words("本事件已有相同内容，已记录再次收到", "the incident has this content already; noted")


def panel_context(
    incident_id: str, *, by: Actor, typed: Typed | None = None, taken: Sequence[Taken] = ()
) -> dict[str, object]:
    """Return everything the panel shows; raise Forbidden, NotFound."""
    lines = list_pieces(incident_id=incident_id, by=by)
    may_export = by.grant("evidence.export") is not None
    return {
        "incident_id": incident_id,
        "pieces": [Shown(each, tile_of(each)) for each in lines],
        "packs": list_packs(incident_id=incident_id, by=by) if may_export else (),
        "typed": typed or Typed(),
        "taken": taken,
        "sources": words_of("sources").items(),
        "retentions": [(code, each.words) for code, each in retention_classes().items()],
        "purposes": purposes().items(),
        "can_collect": by.grant("evidence.collect") is not None,
        "can_export": may_export,
        "can_ask": by.grant("evidence.hand_over") is not None,
    }


def tile_of(line: PieceLine) -> Tile:
    """Return the tile of a piece; its picture is the blurred one."""
    preview = reverse("evidence:blurred", kwargs={"evidence_id": line.id}) if line.has_preview else None
    return Tile(
        title=line.name or f"{say(line.words)} {line.id[-6:]}",
        kind=line.tile,
        sha256=line.sha256,
        at=line.collected_at,
        by=line.collected_label,
        size_bytes=line.size,
        href=reverse("evidence:piece", kwargs={"evidence_id": line.id}),
        preview_href=preview,
    )


def refused(name: str, refusal: Refusal) -> Taken:
    """Return the line of something that was not kept."""
    return Taken(name, "danger", refusal.sentence(get_language() or "zh"))


def may(by: Actor, permission: str, at_least: Grade = Grade.LIMITED) -> bool:
    """Return whether a button is offered."""
    grant = by.grant(permission)
    return grant is not None and grant.grade.rank >= at_least.rank


def file_stamp(at: datetime) -> str:
    """Return a moment as a part of a file's name."""
    return f"{at:%Y%m%d-%H%M%S}"
