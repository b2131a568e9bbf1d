"""Folds in pure Python: what remains of rows that left the log, or that live only in panes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from anxin.engine.windows.layout import Fold, FoldKind
from anxin.engine.windows.plan import LATEST_VALUES

# A row is (t, seq, mask, *columns); Any, because only columns may be None (a missing value).
Row = tuple[Any, ...]
FIRST_COLUMN = 3


class FoldState:
    """One fold's content: `n` rows matched, `number` (total, extreme, time, last value, progress) and `values`."""

    __slots__ = ("fold", "n", "number", "values")

    def __init__(self, fold: Fold) -> None:
        self.fold = fold
        self.n = 0
        self.number: int | None = 0 if fold.kind in _STARTS_AT_ZERO else None
        self.values: list[int] | set[int] | None = _START_VALUES.get(fold.kind, _nothing)()

    def is_empty(self) -> bool:
        """Tell whether the fold is as at its start."""
        if self.fold.kind in {FoldKind.SEQUENCE, FoldKind.ABSENCE}:
            return self.number == 0
        return self.n == 0

    def copy(self) -> FoldState:
        """Return an independent copy."""
        twin = FoldState(self.fold)
        twin.n, twin.number = self.n, self.number
        twin.values = None if self.values is None else self.values.copy()
        return twin

    def add(self, row: Row) -> None:
        """Swallow one row; for last, values, sequence and absence rows must come in order."""
        _ADD[self.fold.kind](self, row)

    def value(self, row: Row) -> int | None:
        """Return the row's value when it matches the filter and is present, else None."""
        return row[FIRST_COLUMN + self.fold.column] if row[2] >> self.fold.filter & 1 else None

    def join(self, other: FoldState) -> None:
        """Swallow another pane's fold; only for the kinds that panes hold."""
        self.n += other.n
        if other.number is not None:
            join = _JOIN[self.fold.kind]
            self.number = other.number if self.number is None else join(self.number, other.number)
        if isinstance(self.values, set) and other.values is not None:
            self.values.update(other.values)


def _nothing() -> None:
    return None


def _count(state: FoldState, row: Row) -> None:
    state.n += row[2] >> state.fold.filter & 1


def _total(state: FoldState, row: Row) -> None:
    value = state.value(row)
    if value is not None:
        state.n += 1
        state.number = (state.number or 0) + value


def _lowest(state: FoldState, row: Row) -> None:
    value = state.value(row)
    if value is not None:
        state.n += 1
        state.number = value if state.number is None else min(state.number, value)


def _highest(state: FoldState, row: Row) -> None:
    value = state.value(row)
    if value is not None:
        state.n += 1
        state.number = value if state.number is None else max(state.number, value)


def _distinct(state: FoldState, row: Row) -> None:
    value = state.value(row)
    if value is not None and isinstance(state.values, set):
        state.values.add(value)
        state.n = len(state.values)


def _last(state: FoldState, row: Row) -> None:
    value = state.value(row)
    if value is not None:
        state.n = 1
        state.number = value


def _first_time(state: FoldState, row: Row) -> None:
    if row[2] >> state.fold.filter & 1:
        state.n = 1
        state.number = row[0] if state.number is None else min(state.number, row[0])


def _last_time(state: FoldState, row: Row) -> None:
    if row[2] >> state.fold.filter & 1:
        state.n = 1
        state.number = row[0] if state.number is None else max(state.number, row[0])


def _values(state: FoldState, row: Row) -> None:
    value = state.value(row)
    if value is not None and isinstance(state.values, list):
        state.values.append(value)
        del state.values[:-LATEST_VALUES]
        state.n = len(state.values)


def _sequence(state: FoldState, row: Row) -> None:
    at = state.number or 0
    if at < len(state.fold.steps) and row[2] >> state.fold.steps[at] & 1:
        state.number = at + 1


def _absence(state: FoldState, row: Row) -> None:
    if row[2] >> state.fold.filter & 1:
        state.number = 1
    elif row[2] >> state.fold.without & 1:
        state.number = 0


_STARTS_AT_ZERO = {FoldKind.COUNT, FoldKind.TOTAL, FoldKind.DISTINCT, FoldKind.SEQUENCE, FoldKind.ABSENCE}
_START_VALUES: dict[FoldKind, Callable[[], list[int] | set[int] | None]] = {
    FoldKind.DISTINCT: set,
    FoldKind.VALUES: list,
}
_ADD: dict[FoldKind, Callable[[FoldState, Row], None]] = {
    FoldKind.COUNT: _count,
    FoldKind.TOTAL: _total,
    FoldKind.LOWEST: _lowest,
    FoldKind.HIGHEST: _highest,
    FoldKind.DISTINCT: _distinct,
    FoldKind.LAST: _last,
    FoldKind.FIRST_TIME: _first_time,
    FoldKind.LAST_TIME: _last_time,
    FoldKind.VALUES: _values,
    FoldKind.SEQUENCE: _sequence,
    FoldKind.ABSENCE: _absence,
}
_JOIN: dict[FoldKind, Callable[[int, int], int]] = {
    FoldKind.COUNT: lambda a, b: a + b,
    FoldKind.TOTAL: lambda a, b: a + b,
    FoldKind.LOWEST: min,
    FoldKind.HIGHEST: max,
    FoldKind.DISTINCT: lambda a, b: a + b,
    FoldKind.FIRST_TIME: min,
    FoldKind.LAST_TIME: max,
}


def empty_states(folds: Sequence[Fold]) -> list[FoldState]:
    """Return one empty state per fold."""
    return [FoldState(each) for each in folds]


def joined(fold: Fold, states: Iterable[FoldState]) -> FoldState:
    """Return the sum of several panes' states of one fold."""
    whole = FoldState(fold)
    for each in states:
        whole.join(each)
    if isinstance(whole.values, set):
        whole.n = len(whole.values)
    return whole
