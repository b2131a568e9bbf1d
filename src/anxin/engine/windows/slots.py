"""The slots of a running state, and the lanes: one kind of aggregate over the rows of one filter and column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anxin.engine.windows.asks import Ask
from anxin.engine.windows.folds import FIRST_COLUMN, Row
from anxin.engine.windows.plan import Aggregate

# The latest time the state was brought to, the time from which a row may leave a window, the `Running` it belongs to,
# the rows of the entity's log.
TIME, CALM, OWNER, ROWS = 0, 1, 2, 3
FIRST_SLOTS = 4
NEVER = 2**63
Key = tuple[str | int, ...]

STARTS = {
    "min": "[]",
    "max": "[]",
    "seen": "{}",
    "last": "None",
    "ever min": "None",
    "ever max": "None",
    "ever first": "None",
    "ever latest": "None",
    "ever last": "None",
    "ever seen": "set()",
}
# What a windowed, and what an endless, aggregate needs.
WINDOWED = {
    Aggregate.COUNT: ("n",),
    Aggregate.SUM: ("sum",),
    Aggregate.AVG: ("n", "sum"),
    Aggregate.MIN: ("n", "min"),
    Aggregate.MAX: ("n", "max"),
    Aggregate.DISTINCT: ("seen",),
    Aggregate.LAST: ("last",),
    Aggregate.SINCE: ("last",),
}
ENDLESS = {
    Aggregate.COUNT: ("ever n",),
    Aggregate.SUM: ("ever sum",),
    Aggregate.AVG: ("ever n", "ever sum"),
    Aggregate.MIN: ("ever n", "ever min"),
    Aggregate.MAX: ("ever n", "ever max"),
    Aggregate.DISTINCT: ("ever seen",),
    Aggregate.FIRST_SEEN: ("ever first",),
    Aggregate.SINCE: ("ever latest",),
    Aggregate.LAST: ("ever last",),
}
SPANLESS = {"last"}
# What keeps rows of its own, which a late row upsets and which end with the log's.
REMEMBERING = {"seen", "min", "max"}


def is_running(ask: Ask) -> bool:
    """Tell whether a running state can answer the feature."""
    if ask.is_ever:
        return ask.aggregate in ENDLESS
    return not (ask.is_long or ask.delay) and ask.aggregate in WINDOWED


class Slots:
    """Where each running number of a stream is kept; the same for equal sets of features."""

    def __init__(self, asks: Sequence[Ask]) -> None:
        self.places: dict[Key, int] = {}
        self.starts: list[str] = []
        chosen = sorted(asks, key=lambda each: (each.window, each.bit, each.column, each.aggregate))
        self.windows = sorted({each.window for each in chosen if not each.is_ever})
        for window in self.windows:
            self._add(("head", window), "0")
        for each in chosen:
            for kind in ENDLESS[each.aggregate] if each.is_ever else WINDOWED[each.aggregate]:
                lane = (kind, each.bit, each.column)
                self._add(lane, STARTS.get(kind, "0"))
                if not each.is_ever and kind not in SPANLESS:
                    self._add((*lane, each.window), "0")

    def _add(self, key: Key, start: str) -> None:
        if key not in self.places:
            self.places[key] = FIRST_SLOTS + len(self.starts)
            self.starts.append(start)

    def of(self, key: Key) -> int:
        """Return the slot of a head `("head", window)`, a lane `(kind, bit, column)` or its part in a window."""
        return self.places[key]


class Lane:
    """One kind over the rows of one filter bit and column; `parts` are its slots by window."""

    def __init__(self, slots: Slots, kind: str, bit: int, column: int) -> None:
        self.kind = kind
        self.bit = bit
        self.column = column
        self.slot = slots.of((kind, bit, column))
        found = {each: slots.places.get((kind, bit, column, each)) for each in slots.windows}
        self.parts = {window: slot for window, slot in found.items() if slot is not None}
        self.heads = {window: slots.of(("head", window)) for window in self.parts}

    def entering(self, *, is_late: bool) -> list[str]:
        """Return the lines that take in a row whose value is present."""
        slot, value = self.slot, f"c{self.column - FIRST_COLUMN}"
        if self.kind in {"n", "ever n"}:
            return [f"run[{slot}] += 1"]
        if self.kind in {"sum", "ever sum"}:
            return [f"run[{slot}] += {value}"]
        if self.kind in EVER_ENTERING:
            return [line.format(slot=slot, value=value) for line in EVER_ENTERING[self.kind]]
        if self.kind == "last":
            newer = f"if run[{slot}] is None or run[{slot}] < row:"
            return [newer, f" run[{slot}] = row"] if is_late else [f"run[{slot}] = row"]
        if self.kind == "seen":
            return self._seeing(value, is_late=is_late)
        return self._bettering(value, is_late=is_late)

    def _seeing(self, value: str, *, is_late: bool) -> list[str]:
        lines = [f"seen = run[{self.slot}]", f"old = seen.get({value})"]
        if is_late:
            return [*lines, "if old is None or old < row:", f" seen[{value}] = row"]
        lines += [f"seen[{value}] = row", f"if old is not None and old[0] <= t - {min(self.parts)}:"]
        for window, part in self.parts.items():
            lines += [f" if old[0] <= t - {window}:", f"  run[{part}] -= 1"]
        return lines

    def _bettering(self, value: str, *, is_late: bool) -> list[str]:
        sign, worse = (1, "<=") if self.kind == "max" else (-1, ">=")
        if is_late:
            return [f"admit(run[{self.slot}], row, {self.column}, {sign})"]
        lines = [f"best = run[{self.slot}]", f"while best and best[-1][{self.column}] {worse} {value}:", " best.pop()"]
        lines.append("at = len(best)")
        for part in self.parts.values():
            lines += [f"if run[{part}] > at:", f" run[{part}] = at"]
        return [*lines, "best.append(row)"]

    def leaving(self, window: int) -> list[str]:
        """Return the lines that let `row`, whose present value is `value`, go from a window."""
        part = self.parts.get(window)
        if part is None or self.kind in {"min", "max"}:
            return []
        if self.kind == "seen":
            return [f"if run[{self.slot}].get(value) is row:", f" run[{part}] += 1"]
        return [f"run[{part}] += value" if self.kind == "sum" else f"run[{part}] += 1"]

    def recount(self, run: list[Any], rows: list[Row]) -> None:
        """Put right what a late row upset."""
        for window, part in self.parts.items():
            if self.kind in {"min", "max"}:
                run[part] = 0
            elif self.kind == "seen":
                head = run[self.heads[window]]
                edge = rows[head] if head < len(rows) else (NEVER,)
                run[part] = sum([each < edge for each in run[self.slot].values()])

    def cut(self, run: list[Any], gone: list[Row], bound: int) -> None:
        """Forget rows at or below `bound`; every window has let them go."""
        if self.kind == "seen":
            seen = run[self.slot]
            for row in gone:
                if row[2] & self.bit and seen.get(row[self.column]) is row:
                    del seen[row[self.column]]
                    for part in self.parts.values():
                        run[part] -= 1
        elif self.kind in {"min", "max"}:
            best = run[self.slot]
            end = 0
            while end < len(best) and best[end][0] <= bound:
                end += 1
            del best[:end]
            for part in self.parts.values():
                run[part] = max(0, run[part] - end)


EVER_ENTERING = {
    "ever min": ("if run[{slot}] is None or {value} < run[{slot}]:", " run[{slot}] = {value}"),
    "ever max": ("if run[{slot}] is None or {value} > run[{slot}]:", " run[{slot}] = {value}"),
    "ever first": ("if run[{slot}] is None or row[0] < run[{slot}]:", " run[{slot}] = row[0]"),
    "ever latest": ("if run[{slot}] is None or row[0] > run[{slot}]:", " run[{slot}] = row[0]"),
    "ever last": (
        "if run[{slot}] is None or run[{slot}][:2] < row[:2]:",
        " run[{slot}] = (row[0], row[1], {value})",
    ),
    "ever seen": ("run[{slot}].add({value})",),
}


def lanes_of(slots: Slots) -> list[Lane]:
    """Return the lanes of a stream, in the order of their slots."""
    return [Lane(slots, str(key[0]), int(key[1]), int(key[2])) for key in slots.places if len(key) == 3]
