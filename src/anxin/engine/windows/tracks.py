"""Running aggregates of large entities: each answers as the window slides, without a rescan."""

from __future__ import annotations

from collections import Counter
from heapq import heapify, heappop, heappush
from typing import Protocol

from anxin.engine.windows.folds import Row
from anxin.engine.windows.plan import Aggregate
from anxin.engine.windows.rows import RowLog


class Running(Protocol):
    """What slides with a window: rows come in, rows go out."""

    def enter(self, value: int, t: int) -> None: ...

    def leave(self, value: int) -> None: ...

    def answer(self, low: int, held: int) -> int:
        """Return the answer over the `held` values later than `low`, at least one."""


class Total:
    """Running sum."""

    __slots__ = ("total",)

    def __init__(self) -> None:
        self.total = 0

    def enter(self, value: int, t: int) -> None:
        self.total += value

    def leave(self, value: int) -> None:
        self.total -= value

    def answer(self, low: int, held: int) -> int:
        return self.total


class Extreme:
    """Running minimum (sign 1) or maximum (sign −1); values out of the window leave when they come to the top."""

    __slots__ = ("heap", "sign")

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.heap: list[tuple[int, int]] = []

    def enter(self, value: int, t: int) -> None:
        heappush(self.heap, (self.sign * value, t))

    def leave(self, value: int) -> None:
        pass

    def answer(self, low: int, held: int) -> int:
        while self.heap[0][1] <= low:
            heappop(self.heap)
        if len(self.heap) > 2 * held + 64:
            self.heap = [each for each in self.heap if each[1] > low]
            heapify(self.heap)
        return self.sign * self.heap[0][0]


class Different:
    """Running count of different values."""

    __slots__ = ("times",)

    def __init__(self) -> None:
        self.times: Counter[int] = Counter()

    def enter(self, value: int, t: int) -> None:
        self.times[value] += 1

    def leave(self, value: int) -> None:
        left = self.times[value] - 1
        if left:
            self.times[value] = left
        else:
            del self.times[value]

    def answer(self, low: int, held: int) -> int:
        return len(self.times)


class Known:
    """Every value ever seen, from the base on."""

    __slots__ = ("values",)

    def __init__(self, values: set[int]) -> None:
        self.values = values

    def enter(self, value: int, t: int) -> None:
        self.values.add(value)

    def leave(self, value: int) -> None:
        pass

    def answer(self, low: int, held: int) -> int:
        return len(self.values)


class Track:
    """One running aggregate over the rows with low < t ≤ high of one log; both bounds only rise."""

    __slots__ = ("column", "high", "log", "low", "running")

    def __init__(self, running: Running, log: RowLog, column: int, low: int) -> None:
        self.running = running
        self.log = log
        self.column = column
        self.low = low
        self.high = low

    def can_answer(self, low: int, high: int) -> bool:
        """Tell whether the window lies at or after the one answered last."""
        return high >= self.high and low >= self.low

    def advance(self, low: int, high: int) -> None:
        """Slide to low < t ≤ high."""
        rows, column, running = self.log.rows, self.column, self.running
        if high > self.high:
            for row in rows[self.log.upper(self.high) : self.log.upper(high)]:
                running.enter(row[column], row[0])
            self.high = high
        if low > self.low:
            for row in rows[self.log.upper(self.low) : self.log.upper(low)]:
                running.leave(row[column])
            self.low = low

    def insert(self, row: Row) -> None:
        """Take in a row that came into the log."""
        if self.low < row[0] <= self.high:
            self.running.enter(row[self.column], row[0])

    def cut(self, bound: int) -> None:
        """Let go of the rows that are about to leave the log."""
        self.advance(max(self.low, bound), max(self.high, bound))


def running_for(aggregate: Aggregate) -> Running:
    """Return an empty running aggregate."""
    if aggregate == Aggregate.SUM:
        return Total()
    if aggregate == Aggregate.DISTINCT:
        return Different()
    return Extreme(1 if aggregate == Aggregate.MIN else -1)
