"""Answers worked out by one short scan over the rows in the window; rows are `(t, seq, mask, *columns)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from anxin.engine.windows.asks import Ask, ranked
from anxin.engine.windows.contract import FeatureValue
from anxin.engine.windows.folds import Row
from anxin.engine.windows.plan import Aggregate
from anxin.engine.windows.rows import RowLog

OverRows = Callable[[Ask, list[Row], int], FeatureValue]
OverValues = Callable[[Ask, list[int]], FeatureValue]


def matching(bit: int, rows: list[Row]) -> list[Row]:
    """Return the rows that match the filter."""
    return [row for row in rows if row[2] & bit]


def present(bit: int, column: int, rows: list[Row]) -> list[int]:
    """Return the present values of the matching rows, in row order."""
    return [value for row in rows if row[2] & bit and (value := row[column]) is not None]


def _count(_: Ask, rows: list[Row], __: int) -> FeatureValue:
    return len(rows)


def _first_seen(_: Ask, rows: list[Row], t: int) -> FeatureValue:
    return t - int(rows[0][0]) if rows else None


def _since(_: Ask, rows: list[Row], t: int) -> FeatureValue:
    return t - int(rows[-1][0]) if rows else None


def _sum(_: Ask, values: list[int]) -> FeatureValue:
    return sum(values)


def _avg(ask: Ask, values: list[int]) -> FeatureValue:
    return sum(values) / len(values) if len(values) >= ask.min_rows else None


def _min(ask: Ask, values: list[int]) -> FeatureValue:
    return min(values) if len(values) >= ask.min_rows else None


def _max(ask: Ask, values: list[int]) -> FeatureValue:
    return max(values) if len(values) >= ask.min_rows else None


def _distinct(_: Ask, values: list[int]) -> FeatureValue:
    return len(set(values))


def _last(_: Ask, values: list[int]) -> FeatureValue:
    return values[-1] if values else None


def _sequence(ask: Ask, rows: list[Row], _: int) -> FeatureValue:
    steps, at = ask.steps, 0
    for row in rows:
        if row[2] & steps[at]:
            at += 1
            if at == len(steps):
                return True
    return False


def _absence(ask: Ask, rows: list[Row], t: int) -> FeatureValue:
    """Expect the rows up to `t`, also those between window end and `t` when there is a delay."""
    bit, without, high = ask.bit, ask.without, t - ask.delay
    for row in reversed(rows):
        if row[0] <= high and row[2] & bit:
            return True
        if row[2] & without:
            return False
    return False


OVER_MATCHES: dict[Aggregate, OverRows] = {
    Aggregate.COUNT: _count,
    Aggregate.FIRST_SEEN: _first_seen,
    Aggregate.SINCE: _since,
}
OVER_ALL: dict[Aggregate, OverRows] = {Aggregate.SEQUENCE: _sequence, Aggregate.ABSENCE: _absence}
OVER_VALUES: dict[Aggregate, OverValues] = {
    Aggregate.SUM: _sum,
    Aggregate.AVG: _avg,
    Aggregate.MIN: _min,
    Aggregate.MAX: _max,
    Aggregate.DISTINCT: _distinct,
    Aggregate.LAST: _last,
    Aggregate.MEDIAN: ranked,
    Aggregate.MAD: ranked,
    Aggregate.QUANTILE: ranked,
}


def scan(ask: Ask, rows: list[Row], t: int) -> FeatureValue:
    """Answer one feature over the rows in its window."""
    if ask.aggregate in OVER_VALUES:
        return OVER_VALUES[ask.aggregate](ask, present(ask.bit, ask.column, rows))
    if ask.aggregate in OVER_MATCHES:
        return OVER_MATCHES[ask.aggregate](ask, matching(ask.bit, rows), t)
    return OVER_ALL[ask.aggregate](ask, rows, t)


class Span:
    """Features over one window and delay, answered together; those over one filter and column share a scan."""

    __slots__ = ("asks", "delay", "empty", "is_ever", "over_all", "over_matches", "over_values", "reaches_t", "window")

    def __init__(self, asks: Sequence[Ask]) -> None:
        first = asks[0]
        self.asks = list(asks)
        self.window, self.delay, self.is_ever = first.window, first.delay, first.is_ever
        self.reaches_t = first.aggregate == Aggregate.ABSENCE
        self.empty = [(each.place, found) for each in asks if (found := scan(each, [], 0)) is not None]
        self.over_all = [(each.place, OVER_ALL[each.aggregate], each) for each in asks if each.aggregate in OVER_ALL]
        matches: dict[int, list[tuple[int, OverRows, Ask]]] = {}
        values: dict[tuple[int, int], list[tuple[int, OverValues, Ask]]] = {}
        for each in asks:
            if each.aggregate in OVER_MATCHES:
                matches.setdefault(each.bit, []).append((each.place, OVER_MATCHES[each.aggregate], each))
            elif each.aggregate in OVER_VALUES:
                key = (each.bit, each.column)
                values.setdefault(key, []).append((each.place, OVER_VALUES[each.aggregate], each))
        self.over_matches = list(matches.items())
        self.over_values = [(bit, column, asked) for (bit, column), asked in values.items()]

    def fill(self, answers: list[FeatureValue], log: RowLog, t: int, bound: int) -> None:
        """Answer from a log that holds every row the features see."""
        rows = self._seen(log, t, bound)
        if not rows:
            for place, value in self.empty:
                answers[place] = value
            return
        for bit, asked in self.over_matches:
            matches = [row for row in rows if row[2] & bit]
            for place, over, ask in asked:
                answers[place] = over(ask, matches, t)
        for bit, column, valued in self.over_values:
            values = [value for row in rows if row[2] & bit and (value := row[column]) is not None]
            for place, over_values, ask in valued:
                answers[place] = over_values(ask, values)
        for place, over, ask in self.over_all:
            answers[place] = over(ask, rows, t)

    def _seen(self, log: RowLog, t: int, bound: int) -> list[Row]:
        rows = log.rows
        if log.start == len(rows):
            return []
        low = bound if self.is_ever else t - self.delay - self.window
        if low < bound:
            low = bound
        high = t if self.reaches_t else t - self.delay
        if log.start == 0 and rows[0][0] > low and rows[-1][0] <= high:
            return rows
        return log.between(low, high if high > low else low)


def spans_of(asks: Sequence[Ask]) -> list[Span]:
    """Return the features that one scan can answer, by window and delay; long windows are left out."""
    found: dict[tuple[int, int, bool], list[Ask]] = {}
    for each in asks:
        if not each.is_long:
            key = (each.window, each.delay, each.aggregate == Aggregate.ABSENCE)
            found.setdefault(key, []).append(each)
    return [Span(each) for each in found.values()]
