"""What one reader does with one stream, written out as Python from the plan; the way of an event in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from anxin.engine.generated import defined
from anxin.engine.windows.asks import Ask
from anxin.engine.windows.folds import FIRST_COLUMN
from anxin.engine.windows.plan import Aggregate
from anxin.engine.windows.running import BEFORE_ALL, Running, indented
from anxin.engine.windows.slots import CALM, ROWS, TIME, is_running

# Takes the key's hash, t, seq, mask, columns …, answers, flagged and the watermark.
TouchCode = Callable[..., None]


def first_answer(ask: Ask, *, is_single: bool) -> list[str]:
    """Return the lines that answer a feature over the one row of a new entity."""
    value = f"c{ask.column - FIRST_COLUMN}" if ask.column else "1"
    tests = [] if is_single else [f"mask & {ask.bit}"]
    if ask.column:
        tests.append(f"{value} is not None")
    counts = ask.aggregate in {Aggregate.COUNT, Aggregate.SUM, Aggregate.DISTINCT}
    if ask.excludes_self or not (counts or ask.min_rows <= 1):
        return []
    found = "1" if ask.aggregate == Aggregate.DISTINCT else f"{value} / 1" if ask.aggregate == Aggregate.AVG else value
    otherwise = 0 if counts else None
    test = f" if {' and '.join(tests)} else {otherwise}" if tests else ""
    return [f"answers[{ask.place}] = {found}{test}"]


class TouchWriter:
    """Writes the code of one touch: `asks` are those of the reader over the stream."""

    def __init__(self, running: Running, asks: Sequence[Ask], *, retention: int, has_panes: bool) -> None:
        self.running = running
        self.slots = running.slots
        self.quick = [each for each in asks if is_running(each)]
        self.rest = [each for each in asks if not is_running(each)]
        self.retention = retention
        self.has_panes = has_panes
        self.columns = "".join(f", c{each}" for each in range(running.columns))

    def compiled(self, space: dict[str, Any]) -> TouchCode:
        """Return the code; `space` holds what it calls and the limits it heeds."""
        lines = [
            f"def touch(hashed, t, seq, mask{self.columns}, answers, flagged, watermark):",
            *indented(self._lines()),
        ]
        # The source is made of slot numbers, places and windows of a checked plan, never of text from outside.
        code: TouchCode = defined("\n".join(lines), "touch", space)["touch"]
        return code

    def _lines(self) -> list[str]:
        slow = f"return slow((TOUCH, hashed, mask, [{self.columns[2:]}]), t, answers, flagged)"
        bound = f"bound = watermark - {self.retention} - LATENESS"
        # Without retention an event can be at the bound, and its row goes straight to the base.
        unfit = "" if self.retention else " or t <= watermark - LATENESS"
        lines = [
            "held = STREAM.entities",
            "entity = held.get(hashed)",
            "if entity is None and STREAM.formers: entity = STREAM.recall(hashed)",
            "if entity is None:",
            f" if not mask{unfit}: {slow}",
            f" {bound}",
            " entity = create(STREAM, hashed, bound, watermark)",
            *indented(self._starting()),
            "else:",
            " run = entity.run",
            " if run is None: run = entity.ready(RUNNING)",
            f" if run is None or t < run[{TIME}]{unfit}: {slow}",
            f" rows = run[{ROWS}]",
            f" if len(rows) >= ROW_CAP and len(entity) >= ROW_CAP: {slow}",
            " held.move_to_end(hashed)",
            *indented(self._leaving(bound)),
        ]
        return lines + self._answers(before=True) + self._entering() + self._answers(before=False) + self._flags()

    def _leaving(self, bound: str) -> list[str]:
        """Return the lines that let rows go; dead rows may stay until a row leaves a window, where there is one."""
        fold = "if entity.start < len(rows) and rows[entity.start][0] <= bound: entity.fold_until(LAYOUT, bound)"
        leave = [f"if t >= run[{CALM}]:", f" leave(run, rows, t, {BEFORE_ALL})"]
        if self.rest or not self.running.heads:
            drop = ["entity.drop_panes(LAYOUT, watermark, LATENESS)"] if self.has_panes else []
            return [*leave, bound, fold, *drop]
        return [*leave, f" {bound}", f" {fold}"]

    def _starting(self) -> list[str]:
        """Return the lines for an entity's first row: its answers need no running state."""
        if self.rest or self.has_panes:
            return ["run = entity.ready(RUNNING)", f"rows = run[{ROWS}]"]
        lines = [f"entity.rows.append((t, seq, mask{self.columns}))"]
        for ask in self.quick:
            lines += first_answer(ask, is_single=self.running.is_single)
        return [*lines, "return"]

    def _entering(self) -> list[str]:
        entering = [
            f"row = (t, seq, mask{self.columns})",
            "rows.append(row)",
            f"run[{TIME}] = t",
            *self.running.entering(is_late=False),
        ]
        if self.running.is_indexed:
            entering.append("if entity.index is not None: entity.index.insert(row)")
        if self.has_panes:
            entering.append("entity.insert_paned(LAYOUT, row)")
        return ["if mask:", *indented(entering)]

    def _answers(self, *, before: bool) -> list[str]:
        lines = []
        for ask in self.quick:
            if ask.excludes_self == before:
                lines += self._endless(ask) if ask.is_ever else self._windowed(ask)
        if any(each.excludes_self == before for each in self.rest):
            stage = "BEFORE" if before else "AFTER"
            if self.running.is_indexed:
                lines.append("entity.indexed()")
            lines.append(f"answer({stage}, entity, LAYOUT, (t, bound, watermark - LATENESS), answers)")
        return lines

    def _flags(self) -> list[str]:
        places = [each.place for each in self.rest if each.is_long]
        return [f"flagged.extend({places})"] if places else []

    def _windowed(self, ask: Ask) -> list[str]:
        kind, window, out = ask.aggregate, ask.window, f"answers[{ask.place}]"
        if kind == Aggregate.COUNT:
            return [f"{out} = {self._live('n', ask)}"]
        if kind == Aggregate.SUM:
            return [f"{out} = {self._live('sum', ask)}"]
        if kind == Aggregate.DISTINCT:
            lane = ("seen", ask.bit, ask.column)
            return [f"{out} = len(run[{self.slots.of(lane)}]) - run[{self.slots.of((*lane, window))}]"]
        if kind in {Aggregate.LAST, Aggregate.SINCE}:
            found = f"last[{ask.column}]" if kind == Aggregate.LAST else "t - last[0]"
            slot = self.slots.of(("last", ask.bit, ask.column))
            return [f"last = run[{slot}]", f"if last is not None and last[0] > t - {window}: {out} = {found}"]
        lines = [f"n = {self._live('n', ask)}", f"if n >= {ask.min_rows}:"]
        if kind == Aggregate.AVG:
            return [*lines, f" {out} = ({self._live('sum', ask)}) / n"]
        lane = ("min" if kind == Aggregate.MIN else "max", ask.bit, ask.column)
        part = self.slots.of((*lane, window))
        lines += [f" best = run[{self.slots.of(lane)}]", f" at = run[{part}]", f" low = t - {window}"]
        lines += [" while best[at][0] <= low: at += 1", f" run[{part}] = at", f" {out} = best[at][{ask.column}]"]
        return lines

    def _live(self, kind: str, ask: Ask) -> str:
        lane = (kind, ask.bit, ask.column)
        return f"run[{self.slots.of(lane)}] - run[{self.slots.of((*lane, ask.window))}]"

    def _endless(self, ask: Ask) -> list[str]:
        kind, out = ask.aggregate, f"answers[{ask.place}]"

        def slot(lane: str) -> str:
            return f"run[{self.slots.of((lane, ask.bit, ask.column))}]"

        if kind in {Aggregate.COUNT, Aggregate.SUM}:
            return [f"{out} = {slot('ever n' if kind == Aggregate.COUNT else 'ever sum')}"]
        if kind == Aggregate.DISTINCT:
            return [f"{out} = len({slot('ever seen')})"]
        if kind in {Aggregate.FIRST_SEEN, Aggregate.SINCE}:
            place = slot("ever first" if kind == Aggregate.FIRST_SEEN else "ever latest")
            return [f"if {place} is not None: {out} = t - {place}"]
        if kind == Aggregate.LAST:
            return [f"if {slot('ever last')} is not None: {out} = {slot('ever last')}[2]"]
        if kind == Aggregate.AVG:
            found = f"{slot('ever sum')} / {slot('ever n')}"
        else:
            found = slot("ever min" if kind == Aggregate.MIN else "ever max")
        return [f"if {slot('ever n')} >= {ask.min_rows}: {out} = {found}"]
