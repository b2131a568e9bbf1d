"""A naive oracle of windows: plain lists, every answer worked out anew from the words of `docs/semantics.md`."""

from __future__ import annotations

import math
from bisect import bisect_right, insort
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from anxin.engine.windows.contract import FeatureValue, Place
from anxin.engine.windows.keyed import text_token
from anxin.engine.windows.plan import DAY_MS, EVER, EXACT_LIMIT_MS, LATEST_VALUES, Aggregate, FeatureSpec, WindowPlan

SELFLESS = {
    Aggregate.LAST,
    Aggregate.FIRST_SEEN,
    Aggregate.SINCE,
    Aggregate.MEDIAN,
    Aggregate.MAD,
    Aggregate.QUANTILE,
}
ROWS_ALONE = {Aggregate.COUNT, Aggregate.FIRST_SEEN, Aggregate.SINCE}
LATEST_ROWS = {
    Aggregate.LAST,
    Aggregate.MEDIAN,
    Aggregate.MAD,
    Aggregate.QUANTILE,
    Aggregate.SEQUENCE,
    Aggregate.ABSENCE,
}


class Row(NamedTuple):
    t: int
    seq: int
    mask: int
    values: tuple[int | None, ...]


@dataclass
class Entity:
    """Every row ever logged; `paned` holds, from the moment of capping, the rows that were live then and all since."""

    rows: list[Row] = field(default_factory=list)
    paned: list[Row] | None = None

    def plus(self, row: Row | None) -> Entity:
        """Return the entity as it would be with one more row."""
        if row is None:
            return self
        return Entity(sorted([*self.rows, row]), None if self.paned is None else sorted([*self.paned, row]))


class OracleWindows:
    """Answers as `Windows` does; quadratic on purpose."""

    def __init__(self, plan: WindowPlan, *, key: bytes) -> None:
        self.plan = plan
        self.key = key
        self.too_late = False
        self.approximate: tuple[int, ...] = ()
        self.watermark: int | None = None
        self.seq = 0
        self.entities: list[OrderedDict[tuple[str, ...], Entity]] = [OrderedDict() for _ in plan.streams]
        self.evicted = [0 for _ in plan.streams]
        self.retention = [plan.retention_ms(each) for each in range(len(plan.streams))]
        self.reach = {each: self._reach(each) for each in plan.features if each.window_ms != EVER}

    def observe(self, reader: int, t: int, places: Sequence[Place]) -> list[FeatureValue]:
        return self._run(reader, t, places, answered=self.plan.readers[reader].features)

    def log(self, reader: int, t: int, places: Sequence[Place]) -> None:
        """Count an event without answering anything."""
        self._run(reader, t, places, answered=())

    def _run(self, reader: int, t: int, places: Sequence[Place], *, answered: tuple[int, ...]) -> list[FeatureValue]:
        self.seq += 1
        self.too_late = self.watermark is not None and t < self.watermark - self.plan.lateness_ms
        if not self.too_late:
            self.watermark = t if self.watermark is None else max(self.watermark, t)
        spec = self.plan.readers[reader]
        answers: dict[int, FeatureValue] = dict.fromkeys(answered)
        flagged: set[int] = set()
        cursor = 0
        for stream in spec.streams:
            width = self.plan.streams[stream].width
            self._stream(stream, t, places[cursor : cursor + width], (answers, flagged))
            cursor += width
        self.approximate = tuple(at for at, each in enumerate(answered) if each in flagged)
        return [answers[each] for each in answered]

    def _stream(
        self, stream: int, t: int, places: Sequence[Place], out: tuple[dict[int, FeatureValue], set[int]]
    ) -> None:
        answers, flagged = out
        spec = self.plan.streams[stream]
        if any(each is None for each in places[: spec.key_parts]):
            return
        key = tuple(str(each) for each in places[: spec.key_parts])
        entity = self.entities[stream].get(key)
        mask = int(places[spec.key_parts] or 0)
        row = None
        if not self.too_late:
            if entity is not None:
                self.entities[stream].move_to_end(key)
            if mask:
                row = Row(t, self.seq, mask, self._values(stream, places[spec.key_parts + 1 :]))
                entity = entity or self._create(stream, key)
                self._cap(stream, entity, row)
        without_self = Entity() if entity is None else entity
        numbers = [each for each in answers if self.plan.features[each].stream == stream]
        with_self = without_self.plus(row) if numbers else without_self
        for number in numbers:
            feature = self.plan.features[number]
            seen = without_self if feature.aggregate in SELFLESS else with_self
            answers[number] = self._answer(feature, t, seen)
            if seen.paned is not None or feature.window_ms > EXACT_LIMIT_MS:
                flagged.add(number)
        if row is not None and entity is not None:
            insort(entity.rows, row)
            if entity.paned is not None:
                insort(entity.paned, row)

    def _values(self, stream: int, places: Sequence[Place]) -> tuple[int | None, ...]:
        return tuple(
            None if each is None else text_token(self.key, each) if isinstance(each, str) else int(each)
            for each in places
        )

    def bound(self, stream: int) -> float:
        """Return the time at or below which rows are no longer seen."""
        if self.watermark is None:
            return -math.inf
        return self.watermark - self.retention[stream] - self.plan.lateness_ms

    def long_bound(self, stream: int) -> float:
        """Return the number of the last day that no long window sees any more."""
        long = [each for each in self.plan.stream_features(stream) if each.window_ms > EXACT_LIMIT_MS]
        if self.watermark is None or not long:
            return -math.inf if long else math.inf
        reach = max(each.window_ms + each.delay_ms for each in long)
        return (self.watermark - reach - self.plan.lateness_ms) // DAY_MS

    def _create(self, stream: int, key: tuple[str, ...]) -> Entity:
        held = self.entities[stream]
        for _ in range(2):
            coldest = next(iter(held), None)
            if coldest is not None and not self.is_live(stream, held[coldest]):
                del held[coldest]
        if len(held) >= self.plan.entity_cap:
            held.popitem(last=False)
            self.evicted[stream] += 1
        held[key] = Entity()
        return held[key]

    def is_live(self, stream: int, entity: Entity) -> bool:
        """Tell whether the entity is capped, or has live rows, panes or a base."""
        bound = self.bound(stream)
        if entity.paned is not None or any(row.t > bound for row in entity.rows):
            return True
        for feature in self.plan.stream_features(stream):
            if feature.window_ms > EXACT_LIMIT_MS:
                rows = [each for each in entity.rows if each.t // DAY_MS > self.long_bound(stream)]
                if counted(feature, rows):
                    return True
            if feature.window_ms == EVER and base_answer(feature, [row for row in entity.rows if row.t <= bound]):
                return True
        return False

    def _cap(self, stream: int, entity: Entity, row: Row) -> None:
        if entity.paned is not None or len(entity.rows) < self.plan.row_cap:
            return
        bound = self.bound(stream)
        live = [each for each in entity.rows if each.t > bound]
        if len(live) + (row.t > bound) > self.plan.row_cap:
            entity.paned = live

    def _answer(self, feature: FeatureSpec, t: int, entity: Entity) -> FeatureValue:
        rows, paned = entity.rows, entity.paned
        is_capped_rest = paned is not None and feature.aggregate in LATEST_ROWS
        if is_capped_rest and paned is not None:
            rows = paned[-LATEST_VALUES:]
        high = t - feature.delay_ms
        low: float = -math.inf if feature.window_ms == EVER else high - feature.window_ms
        bound = self.bound(feature.stream)
        if feature.window_ms == EVER:
            if is_capped_rest:
                seen = between(rows, -math.inf, t)
            else:
                known = max(t, bound)
                seen = rows if paned is not None else between(rows, -math.inf, known)
        elif feature.window_ms > EXACT_LIMIT_MS:
            seen = self._paned(feature, rows, high)
        elif paned is not None and not is_capped_rest:
            seen = self._paned(feature, paned, high)
        else:
            seen = between(rows, max(low, bound), high)
        closed = max(high, bound)
        after = between(rows, closed, t) if feature.delay_ms else []
        return aggregate(feature, t, seen, after)

    def _paned(self, feature: FeatureSpec, rows: list[Row], high: int) -> list[Row]:
        width = pane_width(feature)
        low = (high - feature.window_ms) // width
        assert self.watermark is not None
        dead = (self.watermark - self.reach[feature] - self.plan.lateness_ms) // width
        first, last = max(low, dead), high // width
        return [row for row in rows if first < row.t // width <= last]

    def _reach(self, feature: FeatureSpec) -> int:
        """Return the largest window plus delay among the features whose panes have this width."""
        reaches = [
            each.window_ms + each.delay_ms
            for each in self.plan.stream_features(feature.stream)
            if each.window_ms != EVER and each.aggregate not in LATEST_ROWS
            if (each.window_ms > EXACT_LIMIT_MS) == (feature.window_ms > EXACT_LIMIT_MS)
            if pane_width(each) == pane_width(feature)
        ]
        return max(reaches, default=0)


def between(rows: list[Row], low: float, high: float) -> list[Row]:
    """Return the rows with low < t ≤ high; all are in the order of their times."""
    return rows[bisect_right(rows, (low, math.inf)) : bisect_right(rows, (high, math.inf))]


def pane_width(feature: FeatureSpec) -> int:
    """Return the width of the panes that answer the feature, in ms."""
    return DAY_MS if feature.window_ms > EXACT_LIMIT_MS else max(1, feature.window_ms // 128)


def base_answer(feature: FeatureSpec, rows: list[Row]) -> bool:
    """Tell whether rows older than the retention leave anything in the base."""
    if feature.aggregate == Aggregate.SEQUENCE:
        return any(row.mask >> feature.steps[0] & 1 for row in rows)
    if feature.aggregate == Aggregate.ABSENCE:
        return bool(absence(feature, rows, []))
    return counted(feature, rows)


def counted(feature: FeatureSpec, rows: list[Row]) -> bool:
    """Tell whether any row matches the feature's filter and has its value."""
    return bool(matching(feature, rows))


def matching(feature: FeatureSpec, rows: list[Row]) -> list[Row]:
    """Return the rows that match the filter and, for value aggregates, have the value."""
    bit, column = 1 << feature.filter, feature.column
    rows = [row for row in rows if row.mask & bit]
    if feature.aggregate in ROWS_ALONE:
        return rows
    return [row for row in rows if row.values[column] is not None]


def aggregate(feature: FeatureSpec, t: int, rows: list[Row], after: list[Row]) -> FeatureValue:
    """Return the answer over the rows seen; `after` are the rows between window end and `t`."""
    if feature.aggregate == Aggregate.SEQUENCE:
        return sequence(feature, rows)
    if feature.aggregate == Aggregate.ABSENCE:
        return absence(feature, rows, after)
    rows = matching(feature, rows)
    match feature.aggregate:
        case Aggregate.COUNT:
            return len(rows)
        case Aggregate.FIRST_SEEN:
            return max(0, t - min(row.t for row in rows)) if rows else None
        case Aggregate.SINCE:
            return max(0, t - max(row.t for row in rows)) if rows else None
    column = feature.column
    return over_values(feature, [value for row in rows if (value := row.values[column]) is not None])


def over_values(feature: FeatureSpec, values: list[int]) -> FeatureValue:
    """Return the answer over present values in row order."""
    kind = feature.aggregate
    if kind == Aggregate.SUM:
        return sum(values)
    if kind == Aggregate.DISTINCT:
        return len(set(values))
    if kind == Aggregate.LAST:
        return values[-1] if values else None
    enough = min(len(values), LATEST_VALUES) if kind in LATEST_ROWS else len(values)
    if not values or enough < feature.min_rows:
        return None
    if kind == Aggregate.AVG:
        return sum(values) / len(values)
    if kind == Aggregate.MIN:
        return min(values)
    if kind == Aggregate.MAX:
        return max(values)
    latest = sorted(values[-LATEST_VALUES:])
    middle = latest[(len(latest) - 1) // 2]
    if kind == Aggregate.MEDIAN:
        return middle
    if kind == Aggregate.MAD:
        return sorted(abs(each - middle) for each in latest)[(len(latest) - 1) // 2]
    return latest[max(0, -(-feature.quantile * len(latest) // 1000) - 1)]


def sequence(feature: FeatureSpec, rows: list[Row]) -> bool:
    """Tell whether rows for all steps exist in strictly ascending order."""
    at = 0
    for row in rows:
        if at < len(feature.steps) and row.mask >> feature.steps[at] & 1:
            at += 1
    return at == len(feature.steps)


def absence(feature: FeatureSpec, rows: list[Row], after: list[Row]) -> bool:
    """Tell whether the latest matching row has no row matching `without` after it."""
    places = [at for at, row in enumerate(rows) if row.mask >> feature.filter & 1]
    if not places:
        return False
    return not any(row.mask >> feature.without & 1 for row in [*rows[places[-1] + 1 :], *after])
