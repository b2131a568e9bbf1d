"""Tables derived from a plan that fix how state is kept: folds, pane groups, bounds, salts."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass

from anxin.engine.windows.plan import (
    DAY_MS,
    EVER,
    EXACT_LIMIT_MS,
    Aggregate,
    ColumnKind,
    FeatureSpec,
    StreamSpec,
    WindowPlan,
)

MISSING = -(2**63)
MAX_STEPS = 16
MAX_COLUMNS = 64
TIME_LIMIT = 2**61
TEXT_SALT = hashlib.sha256(b"text").digest()[:8]
PANES_PER_WINDOW = 128
SMALL_ROWS = 64
SWEEP = 2

PANE_AGGREGATES = frozenset(Aggregate) - {
    Aggregate.LAST,
    Aggregate.MEDIAN,
    Aggregate.MAD,
    Aggregate.QUANTILE,
    Aggregate.SEQUENCE,
    Aggregate.ABSENCE,
}
EXCLUDES_SELF = frozenset(
    {
        Aggregate.LAST,
        Aggregate.FIRST_SEEN,
        Aggregate.SINCE,
        Aggregate.MEDIAN,
        Aggregate.MAD,
        Aggregate.QUANTILE,
    }
)
VALUED = frozenset(
    {
        Aggregate.SUM,
        Aggregate.AVG,
        Aggregate.MIN,
        Aggregate.MAX,
        Aggregate.DISTINCT,
        Aggregate.LAST,
        Aggregate.MEDIAN,
        Aggregate.MAD,
        Aggregate.QUANTILE,
    }
)


class FoldKind(enum.IntEnum):
    """What a fold keeps of the rows it has swallowed."""

    COUNT = 0
    TOTAL = 1
    LOWEST = 2
    HIGHEST = 3
    DISTINCT = 4
    LAST = 5
    FIRST_TIME = 6
    LAST_TIME = 7
    VALUES = 8
    SEQUENCE = 9
    ABSENCE = 10


FOLD_OF = {
    Aggregate.COUNT: FoldKind.COUNT,
    Aggregate.SUM: FoldKind.TOTAL,
    Aggregate.AVG: FoldKind.TOTAL,
    Aggregate.MIN: FoldKind.LOWEST,
    Aggregate.MAX: FoldKind.HIGHEST,
    Aggregate.DISTINCT: FoldKind.DISTINCT,
    Aggregate.LAST: FoldKind.LAST,
    Aggregate.FIRST_SEEN: FoldKind.FIRST_TIME,
    Aggregate.SINCE: FoldKind.LAST_TIME,
    Aggregate.MEDIAN: FoldKind.VALUES,
    Aggregate.MAD: FoldKind.VALUES,
    Aggregate.QUANTILE: FoldKind.VALUES,
    Aggregate.SEQUENCE: FoldKind.SEQUENCE,
    Aggregate.ABSENCE: FoldKind.ABSENCE,
}


@dataclass(frozen=True, order=True)
class Fold:
    """One running summary of rows; equal folds of several features are kept once."""

    kind: FoldKind
    filter: int
    column: int
    steps: tuple[int, ...] = ()
    without: int = -1


@dataclass(frozen=True)
class PaneGroup:
    """Features that share panes of one width; `reach_ms` is the largest window plus delay among them."""

    width_ms: int
    reach_ms: int
    folds: tuple[Fold, ...]


@dataclass(frozen=True)
class StreamLayout:
    """How one stream keeps its state.

    `base` are the folds of `ever`; `panes[0]` is the group of long windows when `has_days`, the others serve capped
    entities.
    """

    spec: StreamSpec
    fingerprint: bytes
    salt: bytes
    retention_ms: int
    base: tuple[Fold, ...]
    panes: tuple[PaneGroup, ...]
    has_days: bool


def is_long(feature: FeatureSpec) -> bool:
    """Tell whether the feature is always answered from day panes."""
    return feature.window_ms > EXACT_LIMIT_MS


def is_ever(feature: FeatureSpec) -> bool:
    """Tell whether the feature sees every row so far."""
    return feature.window_ms == EVER


def pane_width(feature: FeatureSpec) -> int:
    """Return the width in ms of the panes that answer a windowed feature (when capped, for a short window)."""
    return DAY_MS if is_long(feature) else max(1, feature.window_ms // PANES_PER_WINDOW)


def fold_of(feature: FeatureSpec) -> Fold:
    """Return the fold that can answer the feature."""
    kind = FOLD_OF[feature.aggregate]
    column = feature.column if feature.aggregate in VALUED else -1
    if kind == FoldKind.SEQUENCE:
        return Fold(kind, -1, -1, feature.steps)
    return Fold(kind, feature.filter, column, (), feature.without if kind == FoldKind.ABSENCE else -1)


def stream_salt(spec: StreamSpec) -> bytes:
    """Return the 8 bytes that set apart the keys of streams over different entities."""
    return hashlib.sha256(repr((spec.entities, spec.has_currency)).encode()).digest()[:8]


def stream_layout(plan: WindowPlan, stream: int) -> StreamLayout:
    """Return how stream number `stream` of the plan keeps its state."""
    features = plan.stream_features(stream)
    groups, has_days = _pane_groups(features)
    return StreamLayout(
        spec=plan.streams[stream],
        fingerprint=bytes.fromhex(plan.fingerprint(stream)),
        salt=stream_salt(plan.streams[stream]),
        retention_ms=plan.retention_ms(stream),
        base=tuple(sorted({fold_of(each) for each in features if is_ever(each)})),
        panes=groups,
        has_days=has_days,
    )


def layouts(plan: WindowPlan) -> list[StreamLayout]:
    """Return the layout of every stream; raise ValueError when the plan asks for what windows cannot keep."""
    for feature in plan.features:
        check_feature(plan, feature)
    for reader in plan.readers:
        if len(set(reader.streams)) != len(reader.streams):
            raise ValueError(f"{reader.event_type}: a reader touches each stream at most once")
        if any(plan.features[each].stream not in reader.streams for each in reader.features):
            raise ValueError(f"{reader.event_type}: a feature's stream must be among the reader's streams")
    return [stream_layout(plan, each) for each in range(len(plan.streams))]


def check_feature(plan: WindowPlan, feature: FeatureSpec) -> None:
    """Raise ValueError when a feature breaks a limit of `docs/semantics.md`."""
    stream = plan.streams[feature.stream]
    if len(stream.filters) > 63 or len(stream.columns) > MAX_COLUMNS:
        raise ValueError(f"a stream has at most 63 filters and {MAX_COLUMNS} columns")
    bits = {feature.without, *feature.steps, -1 if feature.aggregate == Aggregate.SEQUENCE else feature.filter}
    if not all(-1 <= each < len(stream.filters) for each in bits):
        raise ValueError(f"{feature.name}: unknown filter")
    if feature.aggregate == Aggregate.SEQUENCE and not 1 <= len(feature.steps) <= MAX_STEPS:
        raise ValueError(f"{feature.name}: a sequence has 1 to {MAX_STEPS} steps")
    if feature.aggregate == Aggregate.ABSENCE and feature.without < 0:
        raise ValueError(f"{feature.name}: an absence needs a filter it is without")
    if feature.aggregate in VALUED and not 0 <= feature.column < len(stream.columns):
        raise ValueError(f"{feature.name}: unknown column")
    if feature.delay_ms < 0 or feature.window_ms < 0 or (is_ever(feature) and feature.delay_ms):
        raise ValueError(f"{feature.name}: window and delay must fit")
    if max(feature.window_ms, feature.delay_ms) > TIME_LIMIT // 4:
        raise ValueError(f"{feature.name}: window or delay too long")
    if is_long(feature) and feature.aggregate not in PANE_AGGREGATES:
        raise ValueError(f"{feature.name}: {feature.aggregate.name.lower()} is limited to 30 days")


def _pane_groups(features: tuple[FeatureSpec, ...]) -> tuple[tuple[PaneGroup, ...], bool]:
    paned = [each for each in features if not is_ever(each) and each.aggregate in PANE_AGGREGATES]
    days = [each for each in paned if is_long(each)]
    short: dict[int, list[FeatureSpec]] = {}
    for each in paned:
        if not is_long(each):
            short.setdefault(pane_width(each), []).append(each)
    groups = [_pane_group(DAY_MS, days)] if days else []
    groups += [_pane_group(width, members) for width, members in sorted(short.items())]
    return tuple(groups), bool(days)


def _pane_group(width: int, members: list[FeatureSpec]) -> PaneGroup:
    reach = max(each.window_ms + each.delay_ms for each in members)
    return PaneGroup(width, reach, tuple(sorted({fold_of(each) for each in members})))


def is_text(spec: StreamSpec, column: int) -> bool:
    """Tell whether a column holds tokens of text."""
    return spec.columns[column][1] == ColumnKind.TEXT
