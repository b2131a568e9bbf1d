"""Running aggregates of one stream: what an entity keeps so that an event in order is answered without a scan.

An entity's state is a flat list of slots. Totals only grow; each window remembers where its oldest row is and what has
left it, so that an answer is a total less what left. The code for a stream is written from its validated plan.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from anxin.engine.generated import defined
from anxin.engine.windows.asks import Ask
from anxin.engine.windows.folds import FIRST_COLUMN, FoldState, Row
from anxin.engine.windows.layout import StreamLayout
from anxin.engine.windows.plan import Aggregate
from anxin.engine.windows.slots import CALM, ENDLESS, NEVER, REMEMBERING, ROWS, TIME, Slots, is_running, lanes_of

# Slots hold counts, sums, rows, lists and dicts.
State = list[Any]
BEFORE_ALL = -(2**62)


class Running:
    """The compiled running aggregates of one stream; slot `OWNER` of every state holds this.

    `is_indexed` tells whether some of its features need an index of many rows.
    """

    def __init__(self, layout: StreamLayout, asks: Sequence[Ask]) -> None:
        quick = [each for each in asks if is_running(each)]
        self.is_indexed = not all(each.is_long or is_running(each) for each in asks)
        self.slots = Slots(quick)
        self.lanes = lanes_of(self.slots)
        self.remembering = [each for each in self.lanes if each.kind in REMEMBERING]
        # A row that enters has a bit set: with one filter there is nothing to test.
        self.is_single = len(layout.spec.filters) == 1 and all(each.bit for each in self.lanes)
        self.columns = len(layout.spec.columns)
        self.ever = [each for each in quick if each.is_ever]
        self.heads = [self.slots.of(("head", window)) for window in self.slots.windows]
        self.shortest = min(self.slots.windows, default=NEVER)
        space = self._compiled()
        self.new: Callable[[], State] = space["new"]
        self.enter: Callable[..., None] = space["enter"]
        self.enter_late: Callable[[State, Row], None] = space["enter_late"]
        self.leave: Callable[[State, list[Row], int, int], None] = space["leave"]
        self.leavers: list[Callable[[State, Row], None]] = [
            space[f"leave_{number}"] for number in range(len(self.heads))
        ]

    def _compiled(self) -> dict[str, Any]:
        lines = self._new_lines() + self._enter_lines() + self._leave_lines()
        space: dict[str, Any] = {"OWNER": self, "admit": admit, "NEVER": NEVER}
        # The source is made of slot numbers, bits and windows of a checked plan, never of text from outside.
        return defined("\n".join(lines), "running", space)

    def _new_lines(self) -> list[str]:
        starts = ", ".join(self.slots.starts)
        return ["def new():", f" return [{BEFORE_ALL}, {BEFORE_ALL}, OWNER, None, {starts}]"]

    def _enter_lines(self) -> list[str]:
        names = "".join(f", c{each}" for each in range(self.columns))
        body = self.entering(is_late=False) or ["pass"]
        late = self.entering(is_late=True)
        return [
            f"def enter(run, row, t, mask{names}):",
            *indented(body),
            "def enter_late(run, row):",
            f" t, _, mask{names} = row" if names else " t, _, mask = row",
            *indented(late),
        ]

    def entering(self, *, is_late: bool) -> list[str]:
        """Return the lines that take a row in; they use run, row, t, mask and c0, c1 …"""
        lines = []
        for bit in sorted({each.bit for each in self.lanes}):
            inner = []
            for column in sorted({each.column for each in self.lanes if each.bit == bit}):
                chosen = [each for each in self.lanes if (each.bit, each.column) == (bit, column)]
                entries = [line for each in chosen for line in each.entering(is_late=is_late)]
                inner += [f"if c{column - FIRST_COLUMN} is not None:", *indented(entries)] if column else entries
            lines += inner if self.is_single else [f"if mask & {bit}:", *indented(inner)]
        return lines

    def _leaving(self, window: int) -> list[str]:
        """Return the lines that let a row go from one window; they use run and row."""
        lines = []
        for bit in sorted({each.bit for each in self.lanes}):
            inner = []
            for column in sorted({each.column for each in self.lanes if each.bit == bit}):
                chosen = [each for each in self.lanes if (each.bit, each.column) == (bit, column)]
                left = [line for each in chosen for line in each.leaving(window)]
                if left and column:
                    left = [f"value = row[{column}]", "if value is not None:", *indented(left)]
                inner += left
            if inner:
                lines += inner if self.is_single else [f"if row[2] & {bit}:", *indented(inner)]
        return lines

    def _leave_lines(self) -> list[str]:
        lines = ["def leave(run, rows, t, floor):", " calm, end = NEVER, len(rows)"]
        singles = []
        for number, window in enumerate(self.slots.windows):
            body = self._leaving(window)
            lines += indented(_walk(self.slots.of(("head", window)), window, body))
            singles += [f"def leave_{number}(run, row):", *indented(body or ["pass"])]
        return [*lines, f" run[{CALM}] = calm", f" if t > run[{TIME}]:", f"  run[{TIME}] = t", *singles]

    def build(self, rows: list[Row], start: int, base: list[FoldState] | None) -> State:
        """Return the state over `rows[start:]` and the base."""
        run = self.new()
        run[ROWS] = rows
        if base is not None:
            for ask in self.ever:
                _take_base(self.slots, run, ask, base[ask.base])
        for head in self.heads:
            run[head] = start
        enter = self.enter
        for row in rows[start:] if start else rows:
            enter(run, row, BEFORE_ALL, *row[2:])
        if start < len(rows):
            run[CALM] = rows[start][0] + self.shortest
            run[TIME] = rows[-1][0]
        return run

    def insert_late(self, run: State, rows: list[Row], row: Row) -> None:
        """Take in a row that was put into `rows`, mostly before the last."""
        at = bisect_right(rows, row) - 1
        for head, leave in zip(self.heads, self.leavers, strict=True):
            if at < run[head]:
                run[head] += 1
                leave(run, row)
        self.enter_late(run, row)
        for lane in self.remembering:
            lane.recount(run, rows)
        run[CALM] = min(run[CALM], row[0] + self.shortest)
        run[TIME] = max(run[TIME], row[0])

    def cut(self, run: State, rows: list[Row], span: tuple[int, int], bound: int) -> None:
        """Let go of `rows[span[0]:span[1]]`, those at or below `bound`, before they leave the log."""
        self.leave(run, rows, BEFORE_ALL, bound)
        gone = rows[span[0] : span[1]]
        for lane in self.remembering:
            lane.cut(run, gone, bound)

    def shift(self, run: State, removed: int) -> None:
        """Follow rows whose first `removed` were freed."""
        for head in self.heads:
            run[head] -= removed


def indented(lines: Sequence[str]) -> list[str]:
    """Return source lines one level deeper."""
    return [f" {each}" for each in lines]


def _walk(head: int, window: int, body: list[str]) -> list[str]:
    """Return the loop that lets rows go from one window until the oldest is inside."""
    return [
        f"low = t - {window}",
        "if low < floor:",
        " low = floor",
        f"at = run[{head}]",
        "while at < end:",
        " row = rows[at]",
        " if row[0] > low:",
        f"  if row[0] + {window} < calm:",
        f"   calm = row[0] + {window}",
        "  break",
        " at += 1",
        *indented(body),
        # No row that comes can leave before t + window.
        "else:",
        f" if t + {window} < calm:",
        f"  calm = t + {window}",
        f"run[{head}] = at",
    ]


def admit(best: list[Row], row: Row, column: int, sign: int) -> None:
    """Put a late row among the extremes, which worsen as time goes on."""
    at = bisect_right(best, row)
    if at < len(best) and best[at][column] * sign >= row[column] * sign:
        return
    start = at
    while start and best[start - 1][column] * sign <= row[column] * sign:
        start -= 1
    best[start:at] = [row]


def _take_base(slots: Slots, run: State, ask: Ask, base: FoldState) -> None:
    kind, bit, column = ask.aggregate, ask.bit, ask.column
    if "ever n" in ENDLESS[kind]:
        run[slots.of(("ever n", bit, column))] = base.n
    if kind in EVER_NUMBERS:
        run[slots.of((EVER_NUMBERS[kind], bit, column))] = base.number
    elif kind == Aggregate.DISTINCT:
        run[slots.of(("ever seen", bit, column))] = set(base.values or ())
    elif kind == Aggregate.LAST and base.number is not None:
        run[slots.of(("ever last", bit, column))] = (BEFORE_ALL, 0, base.number)


EVER_NUMBERS = {
    Aggregate.SUM: "ever sum",
    Aggregate.AVG: "ever sum",
    Aggregate.MIN: "ever min",
    Aggregate.MAX: "ever max",
    Aggregate.FIRST_SEEN: "ever first",
    Aggregate.SINCE: "ever latest",
}
