"""Carry state over when a policy changes: which stream takes over which, and how its records are rewritten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from anxin.engine.windows.folds import FIRST_COLUMN, FoldState, Row, empty_states
from anxin.engine.windows.layout import Fold, PaneGroup, StreamLayout
from anxin.engine.windows.plan import ColumnKind, WindowPlan
from anxin.engine.windows.saved import Record, RecordReader, pack_record

Panes = list[dict[int, list[FoldState]]]


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
    """Rewrites the records of an old stream for a new one; `is_exact` tells whether nothing was lost on the way."""

    def __init__(
        self, old: tuple[WindowPlan, StreamLayout], new: tuple[WindowPlan, StreamLayout], evicted: int
    ) -> None:
        old_plan, self.old = old
        new_plan, self.new = new
        self.bits = _matches(self.new.spec.filters, self.old.spec.filters)
        self.columns = _matches(self.new.spec.columns, self.old.spec.columns)
        self.base = [_place(_old_fold(self, each), self.old.base) for each in self.new.base]
        self.panes = [self._old_group(at) for at in range(len(self.new.panes))]
        self._has_same_filters = set(self.new.spec.filters) == set(self.old.spec.filters)
        self.is_exact = (
            None not in self.bits
            and None not in self.columns
            and self.new.retention_ms <= self.old.retention_ms
            and None not in self.base
            and old_plan.lateness_ms == new_plan.lateness_ms
            and old_plan.row_cap == new_plan.row_cap
            and new_plan.entity_cap >= old_plan.entity_cap
            and (evicted == 0 or (self._has_same_filters and new_plan.entity_cap == old_plan.entity_cap))
            and (not self.new.has_days or self._is_whole(0))
        )

    def blocks(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the rewritten records of every old block."""
        for block in blocks:
            for record in RecordReader(self.old, block).records():
                found = self.record(record)
                if found.is_capped or found.rows or found.base or found.panes:
                    yield pack_record(found)

    def record(self, record: Record) -> Record:
        """Return a record of the new stream; what the new stream does not keep is left out."""
        if record.is_capped and not (self._has_same_filters and all(map(self._is_whole, range(len(self.panes))))):
            self.is_exact = False
        rows = [row for each in record.rows if (row := self._row(each))[2]]
        base = None
        if record.base is not None:
            base = self._states(record.base, self.new.base, self.base)
        panes = None if record.panes is None else self._panes(record.panes)
        return Record(record.hash, rows, base, panes, record.is_capped)

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

    def _panes(self, panes: Panes) -> Panes | None:
        found: Panes = []
        for group, source in zip(self.new.panes, self.panes, strict=True):
            mapped: dict[int, list[FoldState]] = {}
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
class Donor:
    """What an implementation shows of itself so that another can adopt from it."""

    plan: WindowPlan
    layouts: Sequence[StreamLayout]
    watermark: int | None
    key_check: bytes
    blocks: Callable[[int], Iterable[bytes]]
    evicted: Callable[[int], int]


@dataclass(frozen=True)
class Adopter:
    """How an implementation takes a stream: whole (`steal`: new number, old number) or as records (`load`).

    `load` takes the new number, the records and how many entities were evicted; both answer whether it went as asked.
    """

    plan: WindowPlan
    layouts: Sequence[StreamLayout]
    steal: Callable[[int, int], bool]
    load: Callable[[int, Iterable[bytes], int], bool]


def adopt_streams(adopter: Adopter, donor: Donor) -> tuple[int, ...]:
    """Carry over what can be carried; return the streams that do not know all they would know had they been there."""
    warming = []
    for at, layout in enumerate(adopter.layouts):
        source = find_source(layout, donor.layouts)
        if source is None:
            warming.append(at)
        elif not (source.is_same and adopter.steal(at, source.stream)):
            old = donor.layouts[source.stream]
            evicted = donor.evicted(source.stream)
            rewriter = Rewriter((donor.plan, old), (adopter.plan, layout), evicted)
            fits = adopter.load(at, rewriter.blocks(donor.blocks(source.stream)), evicted)
            if not (fits and rewriter.is_exact):
                warming.append(at)
    return tuple(warming)
