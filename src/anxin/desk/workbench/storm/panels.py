"""How a storm is shown: the measures one may choose, and what a batch would come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.measures.batches.actions import Many, needs_second, try_batch
from anxin.desk.operations.measures.batches.panels import why
from anxin.desk.operations.measures.catalogue import Measure, measures, reasons


@dataclass(frozen=True)
class Refused:
    """A reason for which some targets would be refused, how many, and the first of them."""

    words: Words
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What a batch would come to; `is_mass`: it waits for a second person first."""

    measure: Measure
    reason: Words
    total: int
    able: int
    refused: tuple[Refused, ...]
    is_mass: bool


def offers(by: Actor) -> tuple[Measure, ...]:
    """Return the measures that concern people and that the actor may order or ask for."""
    return tuple(each for each in measures().values() if "user" in each.entities and by.grant(each.permission))


def preview(many: Many, *, by: Actor, at: datetime) -> Preview:
    """Return what ordering it now would come to; raise Forbidden, FieldInvalid."""
    results = try_batch(many, by=by, at=at)
    codes = Counter(each.refusal.code for each in results if each.refusal is not None)
    refused = tuple(
        Refused(
            why(code),
            count,
            tuple(each.entity_key for each in results if each.refusal is not None and each.refusal.code == code)[:5],
        )
        for code, count in codes.most_common()
    )
    able = sum(each.outcome != "refused" for each in results)
    return Preview(measures()[many.kind], reasons()[many.reason], len(results), able, refused, needs_second(many))
