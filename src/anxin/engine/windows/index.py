"""The index of a large entity: its rows by filter and column, with the running aggregates over them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from anxin.engine.windows.asks import Ask, ranked
from anxin.engine.windows.contract import FeatureValue
from anxin.engine.windows.folds import FoldState, Row
from anxin.engine.windows.plan import LATEST_VALUES, Aggregate
from anxin.engine.windows.rows import AFTER_ALL, RowLog
from anxin.engine.windows.tracks import Different, Known, Track, running_for

Place = tuple[int, int]
EDGES = frozenset({Aggregate.FIRST_SEEN, Aggregate.SINCE, Aggregate.LAST})
RANKED = frozenset({Aggregate.MEDIAN, Aggregate.MAD, Aggregate.QUANTILE})


class Index:
    """Logs by (filter bit, column), and tracks by (log, aggregate, window, delay)."""

    __slots__ = ("logs", "tracks")

    def __init__(self, rows: list[Row]) -> None:
        self.logs: dict[Place, RowLog] = {}
        self.tracks: dict[tuple[int, int, Aggregate, int, int], Track] = {}
        self.logs[0, 0] = RowLog(rows)

    def log(self, bit: int, column: int) -> RowLog:
        """Return the rows that match `bit` and, unless `column` is 0, have a value in it; made at first use."""
        log = self.logs.get((bit, column))
        if log is None:
            log = RowLog([row for row in self.logs[0, 0].live() if _fits(row, bit, column)])
            self.logs[bit, column] = log
        return log

    def insert(self, row: Row) -> None:
        """Take in a row."""
        for (bit, column), log in self.logs.items():
            if bit == 0 or _fits(row, bit, column):
                log.insert(row)
        for (bit, column, *_), track in self.tracks.items():
            if _fits(row, bit, column):
                track.insert(row)

    def fold(self, row: Row) -> None:
        """Take in a row that goes straight to the base."""
        for (bit, column, *_), track in self.tracks.items():
            if isinstance(track.running, Known) and _fits(row, bit, column):
                track.running.enter(row[column], row[0])

    def cut(self, bound: int) -> None:
        """Drop the rows at or below `bound`."""
        for track in self.tracks.values():
            # A window that is shorter than what is kept has let these rows go already.
            if track.low < bound:
                track.cut(bound)
        for log in self.logs.values():
            log.cut(bound)

    def answer(self, ask: Ask, low: int, t: int, base: FoldState | None) -> FeatureValue:
        """Answer over the rows with low < row.t ≤ t − delay, after what the base holds (None when it holds nothing)."""
        kind = ask.aggregate
        if kind == Aggregate.SEQUENCE:
            return self._sequence(ask, low, t, base)
        if kind == Aggregate.ABSENCE:
            return self._absence(ask, low, t, base)
        log = self.log(ask.bit, ask.column)
        high = t - ask.delay
        if high < low:
            high = low
        start = log.upper(low)
        end = log.upper(high)
        n = end - start + (base.n if base is not None else 0)
        if kind == Aggregate.COUNT:
            return n
        if kind == Aggregate.DISTINCT:
            return self._distinct(ask, (low, high), log, base)
        if kind in EDGES:
            return _edge(ask, log, (start, end), t, base)
        if kind in RANKED:
            column = ask.column
            values = [row[column] for row in log.rows[max(start, end - LATEST_VALUES) : end]]
            return ranked(ask, values if base is None else [*(base.values or ()), *values])
        return self._number(ask, (low, high), log, n, base)

    def _track(self, ask: Ask, aggregate: Aggregate, low: int) -> Track:
        key = (ask.bit, ask.column, aggregate, ask.window, ask.delay)
        track = self.tracks.get(key)
        if track is None:
            track = Track(running_for(aggregate), self.log(ask.bit, ask.column), ask.column, low)
            self.tracks[key] = track
        return track

    def _number(self, ask: Ask, span: tuple[int, int], log: RowLog, n: int, base: FoldState | None) -> FeatureValue:
        low, high = span
        kind = Aggregate.SUM if ask.aggregate == Aggregate.AVG else ask.aggregate
        held = n - (base.n if base is not None else 0)
        old = base.number if base is not None else None
        if ask.aggregate != Aggregate.SUM and n < ask.min_rows:
            return None
        whole = _joined(kind, self._live(ask, kind, low, high, held), old) if held else old or 0
        return whole / n if ask.aggregate == Aggregate.AVG else whole

    def _live(self, ask: Ask, kind: Aggregate, low: int, high: int, held: int) -> int:
        track = self._track(ask, kind, low)
        if not track.can_answer(low, high):
            return _over(kind, [row[ask.column] for row in track.log.between(low, high)])
        track.advance(low, high)
        return track.running.answer(low, held)

    def _distinct(self, ask: Ask, span: tuple[int, int], log: RowLog, base: FoldState | None) -> FeatureValue:
        low, high = span
        key = (ask.bit, ask.column, Aggregate.DISTINCT, ask.window, ask.delay)
        track = self.tracks.get(key)
        if track is None:
            known = set(base.values or ()) if base is not None else set()
            running = Known(known) if ask.is_ever else Different()
            track = self.tracks[key] = Track(running, log, ask.column, low)
        if not track.can_answer(low, high):
            values = {row[ask.column] for row in log.between(low, high)}
            return len(values | set(base.values or ())) if base is not None else len(values)
        track.advance(low, high)
        return track.running.answer(low, 0)

    def _sequence(self, ask: Ask, low: int, t: int, base: FoldState | None) -> FeatureValue:
        done = (base.number or 0) if base is not None else 0
        place: tuple[int, int] = (low, AFTER_ALL)
        high = max(low, t - ask.delay)
        for step in ask.steps[done:]:
            rows = self.log(step, 0)
            at = bisect_right(rows.rows, place, rows.start, key=_place)
            if at == len(rows.rows) or rows.rows[at][0] > high:
                return False
            place = _place(rows.rows[at])
        return True

    def _absence(self, ask: Ask, low: int, t: int, base: FoldState | None) -> FeatureValue:
        rows = self.log(ask.bit, 0)
        end = rows.upper(max(low, t - ask.delay))
        found = end > rows.upper(low)
        if not found and (base is None or base.number != 1):
            return False
        place = _place(rows.rows[end - 1]) if found else (low, AFTER_ALL)
        against = self.log(ask.without, 0)
        at = bisect_right(against.rows, place, against.start, key=_place)
        return at == len(against.rows) or against.rows[at][0] > max(low, t)


def _fits(row: Row, bit: int, column: int) -> bool:
    return bool(row[2] & bit) and (column == 0 or row[column] is not None)


def _place(row: Row) -> tuple[int, int]:
    return (row[0], row[1])


def _edge(ask: Ask, log: RowLog, span: tuple[int, int], t: int, base: FoldState | None) -> FeatureValue:
    """Answer first_seen, since and last: the row at one edge of the span, or the base."""
    start, end = span
    if ask.aggregate == Aggregate.FIRST_SEEN:
        if base is not None and base.number is not None:
            return max(0, t - base.number)
        return t - log.rows[start][0] if end > start else None
    if end > start:
        row = log.rows[end - 1]
        found: int = row[ask.column] if ask.aggregate == Aggregate.LAST else t - row[0]
        return found
    if base is None or base.number is None:
        return None
    return base.number if ask.aggregate == Aggregate.LAST else max(0, t - base.number)


def _over(kind: Aggregate, values: Iterable[int]) -> int:
    if kind == Aggregate.SUM:
        return sum(values)
    return min(values) if kind == Aggregate.MIN else max(values)


def _joined(kind: Aggregate, live: int, old: int | None) -> int:
    return live if old is None else _over(kind, (live, old))
