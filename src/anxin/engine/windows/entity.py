"""The state of one entity in one stream, in pure Python."""

from __future__ import annotations

from anxin.engine.windows.asks import Ask, from_state
from anxin.engine.windows.contract import FeatureValue
from anxin.engine.windows.folds import FoldState, Row, empty_states, joined
from anxin.engine.windows.index import Index
from anxin.engine.windows.layout import SMALL_ROWS, FoldKind, PaneGroup, StreamLayout
from anxin.engine.windows.plan import LATEST_VALUES, Aggregate
from anxin.engine.windows.rows import RowLog
from anxin.engine.windows.running import Running, State
from anxin.engine.windows.scans import scan
from anxin.engine.windows.slots import OWNER

Panes = dict[int, list[FoldState]]
# Event time, the bound at or below which rows are gone, and the oldest time of a counted event.
Moment = tuple[int, int, int]
IN_ORDER = {FoldKind.LAST, FoldKind.VALUES, FoldKind.SEQUENCE, FoldKind.ABSENCE}


class Entity(RowLog):
    """A row log with base and panes; `rows` of a capped entity are its latest 256 rows.

    `run` are the running aggregates, None until they are asked for; `index` serves what they cannot answer.
    """

    __slots__ = ("base", "index", "is_capped", "panes", "run")

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.start = 0
        self.base: list[FoldState] | None = None
        self.panes: list[Panes] | None = None
        self.is_capped = False
        self.index: Index | None = None
        self.run: State | None = None

    def copy(self) -> Entity:
        """Return an independent copy, without index and running aggregates."""
        twin = Entity()
        twin.rows = self.live()
        twin.base = None if self.base is None else [each.copy() for each in self.base]
        if self.panes is not None:
            twin.panes = [{at: [s.copy() for s in states] for at, states in each.items()} for each in self.panes]
        twin.is_capped = self.is_capped
        return twin

    def is_live(self) -> bool:
        """Tell whether anything is left; expects `expire` before."""
        if self.is_capped or len(self) or any(self.panes or ()):
            return True
        return self.base is not None and not all(each.is_empty() for each in self.base)

    def expire(self, layout: StreamLayout, bound: int, watermark: int, lateness: int) -> None:
        """Fold rows at or below `bound` into the base, and drop panes that no window sees any more."""
        rows = self.rows
        if not self.is_capped and len(rows) > self.start and rows[self.start][0] <= bound:
            self.fold_until(layout, bound)
        if self.panes is not None:
            self.drop_panes(layout, watermark, lateness)

    def fold_until(self, layout: StreamLayout, bound: int) -> None:
        """Fold rows at or below `bound` into the base."""
        rows, run = self.rows, self.run
        end, held = self.upper(bound), len(rows)
        if self.index is not None:
            self.index.cut(bound)
            if end > held - SMALL_ROWS // 2:
                self.index = None
        if run is not None:
            owner: Running = run[OWNER]
            owner.cut(run, rows, (self.start, end), bound)
        for row in self.cut(bound):
            self.fold(layout, row)
        if run is not None and len(rows) < held:
            owner.shift(run, held - len(rows))

    def drop_panes(self, layout: StreamLayout, watermark: int, lateness: int) -> None:
        """Drop panes that no window sees any more."""
        for group, panes in zip(layout.panes, self.panes or (), strict=False):
            dead = (watermark - group.reach_ms - lateness) // group.width_ms
            if panes and min(panes) <= dead:
                for at in [each for each in panes if each <= dead]:
                    del panes[at]

    def ready(self, running: Running) -> State | None:
        """Return the running aggregates, made anew when there are none; None when capped."""
        if self.run is None and not self.is_capped:
            self.run = running.build(self.rows, self.start, self.base)
        return self.run

    def indexed(self) -> bool:
        """Make an index when there are many rows; tell whether there is one."""
        if self.index is None and len(self) > SMALL_ROWS and not self.is_capped:
            self.index = Index(self.live())
        return self.index is not None

    def fold(self, layout: StreamLayout, row: Row) -> None:
        """Swallow a row into the base."""
        if self.base is None:
            if not layout.base:
                return
            self.base = empty_states(layout.base)
        for state in self.base:
            if not (self.is_capped and state.fold.kind in IN_ORDER):
                state.add(row)

    def take(self, layout: StreamLayout, row: Row, bound: int) -> None:
        """Take in a row of a counted event."""
        if self.is_capped or layout.has_days:
            self.insert_paned(layout, row)
        if self.is_capped:
            self.fold(layout, row)
            self.insert(row)
            del self.rows[:-LATEST_VALUES]
        elif row[0] <= bound:
            self.fold(layout, row)
            self.run = None
            if self.index is not None:
                self.index.fold(row)
        else:
            self.insert(row)
            if self.index is not None:
                self.index.insert(row)
            if self.run is not None:
                owner: Running = self.run[OWNER]
                owner.insert_late(self.run, self.rows, row)

    def insert_paned(self, layout: StreamLayout, row: Row) -> None:
        """Put a row into the panes that take it."""
        if self.panes is None:
            self.panes = [{} for _ in layout.panes]
        for at, (group, panes) in enumerate(zip(layout.panes, self.panes, strict=True)):
            if self.is_capped or (at == 0 and layout.has_days):
                add_to_pane(group, panes, row)

    def cap(self, layout: StreamLayout) -> None:
        """Go over from rows to panes."""
        rows = self.live()
        if self.panes is None:
            self.panes = [{} for _ in layout.panes]
        for group, panes in list(zip(layout.panes, self.panes, strict=True))[1 if layout.has_days else 0 :]:
            for row in rows:
                add_to_pane(group, panes, row)
        for row in rows:
            self.fold(layout, row)
        self.rows, self.start = rows[-LATEST_VALUES:], 0
        self.index = self.run = None
        self.is_capped = True

    def answer(self, ask: Ask, layout: StreamLayout, moment: Moment) -> FeatureValue:
        """Answer one feature."""
        t, bound, oldest = moment
        if (ask.is_long or self.is_capped) and ask.pane[0] >= 0:
            group = layout.panes[ask.pane[0]]
            return self._paned(ask, group, t, (oldest - group.reach_ms) // group.width_ms)
        if self.is_capped and ask.is_ever and layout.base[ask.base].kind not in IN_ORDER:
            return from_state(ask, self._base(ask, layout), t)
        if ask.is_ever:
            return self._ever(ask, t, bound)
        low = max(t - ask.delay - ask.window, bound)
        if self.index is not None:
            return self.index.answer(ask, low, t, None)
        high = t if ask.aggregate == Aggregate.ABSENCE else t - ask.delay
        return scan(ask, self.between(low, max(low, high)), t)

    def _base(self, ask: Ask, layout: StreamLayout) -> FoldState:
        return FoldState(layout.base[ask.base]) if self.base is None else self.base[ask.base]

    def _ever(self, ask: Ask, t: int, bound: int) -> FeatureValue:
        base = None if self.base is None or self.is_capped else self.base[ask.base]
        if self.index is not None:
            return self.index.answer(ask, bound, t, base)
        rows = self.rows[self.start : self.upper(t if self.is_capped else max(t, bound))]
        if base is None:
            return scan(ask, rows, t)
        whole = base.copy()
        for row in rows:
            whole.add(row)
        return from_state(ask, whole, t)

    def _paned(self, ask: Ask, group: PaneGroup, t: int, dead: int) -> FeatureValue:
        panes = {} if self.panes is None else self.panes[ask.pane[0]]
        width = group.width_ms
        low = max((t - ask.delay - ask.window) // width, dead)
        high = (t - ask.delay) // width
        fold = ask.pane[1]
        seen = [states[fold] for at, states in panes.items() if low < at <= high]
        return from_state(ask, joined(group.folds[fold], seen), t)


def add_to_pane(group: PaneGroup, panes: Panes, row: Row) -> None:
    """Put a row into its pane, when a fold of the group counts it."""
    at = row[0] // group.width_ms
    states = panes.get(at) or empty_states(group.folds)
    for state in states:
        state.add(row)
    if not all(each.is_empty() for each in states):
        panes[at] = states
