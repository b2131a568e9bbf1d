"""Carry state over when a policy changes: which stream takes over which, and how its records are rewritten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from anxin.engine.windows.contract import Donor, Held
from anxin.engine.windows.entity import Entity, Panes
from anxin.engine.windows.folds import FIRST_COLUMN, FoldState, Row, empty_states
from anxin.engine.windows.layout import Fold, PaneGroup, StreamLayout
from anxin.engine.windows.plan import ColumnKind, WindowPlan
from anxin.engine.windows.saved import pack_record
from anxin.engine.windows.state import entities_of, record_of

BEFORE_ALL = -(2**62)
# The bound at or below which rows are gone, the watermark, and the allowed lateness.
Until = tuple[int, int, int]


@dataclass(frozen=True)
class Source:
    """A stream to take over: its number in the old plan, and whether it holds the very same state."""

    stream: int
    is_same: bool


def find_source(new: StreamLayout, old: Sequence[StreamLayout]) -> Source | None:
    """Return the old stream whose rows can serve the new one, or None when no stream is over the same entities."""
    for at, each in enumerate(old):
        if each.fingerprint == new.fingerprint:
            return Source(at, is_same=True)
    kin = [
        at
        for at, each in enumerate(old)
        if (each.spec.entities, each.spec.has_currency) == (new.spec.entities, new.spec.has_currency)
    ]
    if not kin:
        return None
    filters, columns = set(new.spec.filters), set(new.spec.columns)
    best = max(kin, key=lambda at: len(filters & {*old[at].spec.filters}) + len(columns & {*old[at].spec.columns}))
    return Source(best, is_same=False)


class Rewriter:
    """Rewrites the entities of an old stream for a new one, as they were `until` the adoption."""

    def __init__(
        self, old: tuple[WindowPlan, StreamLayout], new: tuple[WindowPlan, StreamLayout], until: Until
    ) -> None:
        self.old_plan, self.old = old
        self.new_plan, self.new = new
        self.until = until
        self.bits = _matches(self.new.spec.filters, self.old.spec.filters)
        self.columns = _matches(self.new.spec.columns, self.old.spec.columns)
        self.base = [_place(_old_fold(self, each), self.old.base) for each in self.new.base]
        self.panes = [self._old_group(at) for at in range(len(self.new.panes))]
        self.has_same_masks = self.new.spec.filters == self.old.spec.filters

    def is_exact(self, held: Held) -> bool:
        """Tell whether nothing is lost on the way, given what the old stream holds."""
        old, new = self.old_plan, self.new_plan
        has_same_filters = set(self.new.spec.filters) == set(self.old.spec.filters)
        return (
            None not in self.bits
            and None not in self.columns
            and self.new.retention_ms <= self.old.retention_ms
            and None not in self.base
            and old.lateness_ms == new.lateness_ms
            and old.row_cap == new.row_cap
            and max(old.entity_cap, held.entities) <= new.entity_cap
            and (held.evicted == 0 or (has_same_filters and new.entity_cap == old.entity_cap))
            and (held.capped == 0 or (has_same_filters and self._caps_alike()))
            and (not self.new.has_days or self._is_whole(0))
        )

    def _caps_alike(self) -> bool:
        """Tell whether a capped entity would be capped in the new stream too, with all that it asks for in panes."""
        is_whole = all(map(self._is_whole, range(len(self.panes))))
        return is_whole and self.new.retention_ms == self.old.retention_ms

    def renewed(self, entity: Entity) -> Entity:
        """Return an entity of the new stream; what the new stream does not keep is left out."""
        bound, watermark, lateness = self.until
        entity.expire(self.old, bound, watermark, lateness)
        made = Entity()
        made.rows = [row for each in entity.live() if (row := self._row(each))[2]]
        made.base = None if entity.base is None else self._states(entity.base, self.new.base, self.base)
        made.panes = None if entity.panes is None else self._panes(entity.panes)
        made.is_capped = entity.is_capped
        return made

    def _row(self, row: Row) -> Row:
        mask = 0
        for bit, old_bit in enumerate(self.bits):
            if old_bit is not None and row[2] >> old_bit & 1:
                mask |= 1 << bit
        values = [None if at is None else row[FIRST_COLUMN + at] for at in self.columns]
        return (row[0], row[1], mask, *values)

    def _states(
        self, states: list[FoldState], folds: Sequence[Fold], places: Sequence[int | None]
    ) -> list[FoldState] | None:
        found = empty_states(folds)
        for at, place in enumerate(places):
            if place is not None:
                found[at] = states[place].copy()
                found[at].fold = folds[at]
        return None if all(each.is_empty() for each in found) else found

    def _panes(self, panes: list[Panes]) -> list[Panes] | None:
        found: list[Panes] = []
        for group, source in zip(self.new.panes, self.panes, strict=True):
            mapped: Panes = {}
            if source is not None:
                for number, states in panes[source[0]].items():
                    kept = self._states(states, group.folds, source[1])
                    if kept is not None:
                        mapped[number] = kept
            found.append(mapped)
        return found if any(found) else None

    def _old_group(self, at: int) -> tuple[int, list[int | None]] | None:
        """Return which old group feeds the new group, and for each of its folds the old fold."""
        group = self.new.panes[at]
        is_days = at == 0 and self.new.has_days
        for number, each in enumerate(self.old.panes):
            if each.width_ms == group.width_ms and (number == 0 and self.old.has_days) == is_days:
                return number, [_place(_old_fold(self, fold), each.folds) for fold in group.folds]
        return None

    def _is_whole(self, at: int) -> bool:
        source = self.panes[at]
        if source is None or None in source[1]:
            return False
        return _reach(self.new.panes[at]) <= _reach(self.old.panes[source[0]])


def _reach(group: PaneGroup) -> int:
    return group.reach_ms


def _matches(
    new: Sequence[str] | Sequence[tuple[str, ColumnKind]], old: Sequence[str] | Sequence[tuple[str, ColumnKind]]
) -> list[int | None]:
    """Return for each new member its place in the old sequence, or None."""
    places: dict[object, int] = {each: at for at, each in enumerate(old)}
    return [places.get(each) for each in new]


def _place(fold: Fold | None, folds: Sequence[Fold]) -> int | None:
    return folds.index(fold) if fold is not None and fold in folds else None


def _old_fold(rewriter: Rewriter, fold: Fold) -> Fold | None:
    """Return the fold in the numbers of the old stream, or None when that lacks a filter or column."""
    numbers = [fold.filter, fold.without, *fold.steps]
    bits = [-1 if each < 0 else rewriter.bits[each] for each in numbers]
    column = -1 if fold.column < 0 else rewriter.columns[fold.column]
    if None in bits or column is None:
        return None
    known = [each for each in bits if each is not None]
    return replace(fold, filter=known[0], without=known[1], steps=tuple(known[2:]), column=column)


@dataclass(frozen=True)
class Claim:
    """One new stream that takes over an old one: `rewriter` is None when both hold the very same state.

    A source `is_shared` while another claim is still to come for it: then a copy is taken.
    """

    stream: int
    source: int
    rewriter: Rewriter | None
    is_shared: bool
    until: Until

    def blocks(self, donor: Donor) -> Iterator[bytes]:
        """Yield the records of the source as the new stream keeps them."""
        for block in donor.blocks(self.source):
            if self.rewriter is None:
                yield block
                continue
            for hashed, entity in entities_of(self.rewriter.old, block):
                yield pack_record(record_of(hashed, self.rewriter.renewed(entity)))


def claims_of(plan: WindowPlan, layouts: Sequence[StreamLayout], donor: Donor) -> tuple[list[Claim], tuple[int, ...]]:
    """Return which streams take over which, and those that do not know all they would know had they been there."""
    sources = [find_source(each, donor.layouts) for each in layouts]
    to_come = Counter(each.stream for each in sources if each is not None)
    claims, warming = [], []
    watermark = BEFORE_ALL if donor.watermark is None else donor.watermark
    for at, (layout, source) in enumerate(zip(layouts, sources, strict=True)):
        if source is None:
            warming.append(at)
            continue
        old = donor.layouts[source.stream]
        lateness = donor.plan.lateness_ms
        until = (watermark - old.retention_ms - lateness, watermark, lateness)
        rewriter = None if source.is_same else Rewriter((donor.plan, old), (plan, layout), until)
        if rewriter is not None and not rewriter.is_exact(donor.held(source.stream)):
            warming.append(at)
        to_come[source.stream] -= 1
        claims.append(Claim(at, source.stream, rewriter, to_come[source.stream] > 0, until))
    return claims, tuple(warming)
