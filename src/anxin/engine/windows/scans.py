"""Answers worked out by one short scan over the rows in the window; rows are `(t, seq, mask, *columns)`."""

from __future__ import annotations

from collections.abc import Callable

from anxin.engine.windows.asks import Ask, ranked
from anxin.engine.windows.contract import FeatureValue
from anxin.engine.windows.folds import Row
from anxin.engine.windows.plan import Aggregate

Scan = Callable[[Ask, list[Row], int], FeatureValue]


def present(ask: Ask, rows: list[Row]) -> list[int]:
    """Return the present values of the matching rows, in row order."""
    bit, column = ask.bit, ask.column
    return [row[column] for row in rows if row[2] & bit and row[column] is not None]


def _count(ask: Ask, rows: list[Row], _: int) -> FeatureValue:
    bit = ask.bit
    return len([1 for row in rows if row[2] & bit])


def _sum(ask: Ask, rows: list[Row], _: int) -> FeatureValue:
    return sum(present(ask, rows))


def _avg(ask: Ask, rows: list[Row], _: int) -> FeatureValue:
    values = present(ask, rows)
    return sum(values) / len(values) if values and len(values) >= ask.feature.min_rows else None


def _min(ask: Ask, rows: list[Row], _: int) -> FeatureValue:
    values = present(ask, rows)
    return min(values) if values and len(values) >= ask.feature.min_rows else None


def _max(ask: Ask, rows: list[Row], _: int) -> FeatureValue:
    values = present(ask, rows)
    return max(values) if values and len(values) >= ask.feature.min_rows else None


def _distinct(ask: Ask, rows: list[Row], _: int) -> FeatureValue:
    return len(set(present(ask, rows)))


def _last(ask: Ask, rows: list[Row], _: int) -> FeatureValue:
    bit, column = ask.bit, ask.column
    for row in reversed(rows):
        if row[2] & bit and row[column] is not None:
            value: int = row[column]
            return value
    return None


def _first_seen(ask: Ask, rows: list[Row], t: int) -> FeatureValue:
    bit = ask.bit
    for row in rows:
        if row[2] & bit:
            return t - int(row[0])
    return None


def _since(ask: Ask, rows: list[Row], t: int) -> FeatureValue:
    bit = ask.bit
    for row in reversed(rows):
        if row[2] & bit:
            return t - int(row[0])
    return None


def _ranked(ask: Ask, rows: list[Row], _: int) -> FeatureValue:
    return ranked(ask, present(ask, rows))


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


SCANS: dict[Aggregate, Scan] = {
    Aggregate.COUNT: _count,
    Aggregate.SUM: _sum,
    Aggregate.AVG: _avg,
    Aggregate.MIN: _min,
    Aggregate.MAX: _max,
    Aggregate.DISTINCT: _distinct,
    Aggregate.LAST: _last,
    Aggregate.FIRST_SEEN: _first_seen,
    Aggregate.SINCE: _since,
    Aggregate.MEDIAN: _ranked,
    Aggregate.MAD: _ranked,
    Aggregate.QUANTILE: _ranked,
    Aggregate.SEQUENCE: _sequence,
    Aggregate.ABSENCE: _absence,
}
