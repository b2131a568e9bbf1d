"""Features made ready to be answered: bits, column places, and where their folds are."""

from __future__ import annotations

from anxin.engine.windows.contract import FeatureValue
from anxin.engine.windows.folds import FIRST_COLUMN, FoldState
from anxin.engine.windows.layout import EXCLUDES_SELF, VALUED, StreamLayout, fold_of, is_ever, is_long, pane_width
from anxin.engine.windows.plan import LATEST_VALUES, Aggregate, FeatureSpec


class Ask:
    """One feature of one reader: `place` in the vector, `base` and `pane` say where its folds are."""

    __slots__ = (
        "aggregate",
        "base",
        "bit",
        "column",
        "delay",
        "excludes_self",
        "feature",
        "is_ever",
        "is_long",
        "min_rows",
        "pane",
        "place",
        "steps",
        "window",
        "without",
    )

    def __init__(self, feature: FeatureSpec, layout: StreamLayout, place: int) -> None:
        self.feature = feature
        self.place = place
        self.aggregate = feature.aggregate
        self.bit = 1 << feature.filter if feature.filter >= 0 else 0
        self.column = FIRST_COLUMN + feature.column if feature.aggregate in VALUED else 0
        self.window = feature.window_ms
        self.delay = feature.delay_ms
        self.steps = tuple(1 << each for each in feature.steps)
        self.without = 1 << feature.without if feature.without >= 0 else 0
        self.min_rows = max(1, feature.min_rows)
        self.is_ever = is_ever(feature)
        self.is_long = is_long(feature)
        self.excludes_self = feature.aggregate in EXCLUDES_SELF
        fold = fold_of(feature)
        self.base = layout.base.index(fold) if self.is_ever else -1
        self.pane = (-1, -1) if self.is_ever else pane_place(feature, layout)


def pane_place(feature: FeatureSpec, layout: StreamLayout) -> tuple[int, int]:
    """Return the pane group and the fold in it that answer the feature; (−1, −1) when panes cannot."""
    fold = fold_of(feature)
    width = pane_width(feature)
    for at, group in enumerate(layout.panes):
        if group.width_ms == width and fold in group.folds and (at == 0 and layout.has_days) == is_long(feature):
            return at, group.folds.index(fold)
    return -1, -1


def from_state(ask: Ask, state: FoldState, t: int) -> FeatureValue:
    """Answer a feature from a fold that has swallowed every row it sees."""
    kind = ask.aggregate
    if kind in {Aggregate.COUNT, Aggregate.DISTINCT}:
        return state.n
    if kind == Aggregate.SUM:
        return state.number or 0
    if kind == Aggregate.SEQUENCE:
        return state.number == len(ask.steps)
    if kind == Aggregate.ABSENCE:
        return state.number == 1
    if state.number is None and not state.values:
        return None
    return _from_filled(ask, state, t)


def _from_filled(ask: Ask, state: FoldState, t: int) -> FeatureValue:
    kind, number = ask.aggregate, state.number or 0
    if kind in {Aggregate.FIRST_SEEN, Aggregate.SINCE}:
        return max(0, t - number)
    if kind == Aggregate.LAST:
        return number
    if state.n < ask.min_rows:
        return None
    if kind == Aggregate.AVG:
        return number / state.n
    if kind in {Aggregate.MIN, Aggregate.MAX}:
        return number
    return ranked(ask, list(state.values or ()))


def ranked(ask: Ask, values: list[int]) -> FeatureValue:
    """Answer median, mad or quantile over the latest present values, given in row order."""
    latest = sorted(values[-LATEST_VALUES:])
    n = len(latest)
    if n < ask.min_rows:
        return None
    if ask.aggregate == Aggregate.QUANTILE:
        return latest[max(0, -(-ask.feature.quantile * n // 1000) - 1)]
    middle = latest[(n - 1) // 2]
    if ask.aggregate == Aggregate.MEDIAN:
        return middle
    return sorted([abs(each - middle) for each in latest])[(n - 1) // 2]
