"""Plans with every aggregate, and seeded arrivals with late events, ties, heavy hitters and missing parts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from anxin.engine.windows.contract import Place
from anxin.engine.windows.plan import (
    DAY_MS,
    EVER,
    Aggregate,
    ColumnKind,
    FeatureSpec,
    ReaderSpec,
    StreamSpec,
    WindowPlan,
)

KEY = bytes(range(16))
Arrival = tuple[int, int, list[Place]]
HOUR = 3_600_000
# A minute between events, so that days of panes come and go; a fifth of the events at the same millisecond as the one
# before, a tenth from the same user as the one before, which is what a window of one millisecond sees.
CROWD = {"step": 60_000.0, "tie": 0.2, "again": 0.1, "users": 3_000.0, "hitters": 3.0, "heavy": 0.15}

USER = StreamSpec(
    ("user",),
    has_currency=False,
    filters=("all", "a", "b", "c"),
    columns=(("n", ColumnKind.INTEGER), ("ip", ColumnKind.TEXT)),
)
MONEY = StreamSpec(("card",), has_currency=True, filters=("paid", "tried"), columns=(("amount", ColumnKind.INTEGER),))
PAIR = StreamSpec(
    ("user", "device"),
    has_currency=False,
    filters=("any",),
    columns=(("n", ColumnKind.INTEGER), ("ip", ColumnKind.TEXT)),
)
STREAMS = (USER, MONEY, PAIR)

VALUED = [
    Aggregate.SUM,
    Aggregate.AVG,
    Aggregate.MIN,
    Aggregate.MAX,
    Aggregate.DISTINCT,
    Aggregate.LAST,
    Aggregate.MEDIAN,
    Aggregate.MAD,
    Aggregate.QUANTILE,
]
PLAIN = [Aggregate.COUNT, Aggregate.FIRST_SEEN, Aggregate.SINCE]
TEXTUAL = [Aggregate.DISTINCT, Aggregate.LAST]
PANED = [*PLAIN, *VALUED[:5]]


def features_of(stream: int, windows: list[tuple[int, int]], *, with_long: bool) -> Iterator[FeatureSpec]:
    """Yield every aggregate over every (window, delay) for one stream."""
    spec = STREAMS[stream]
    filters = len(spec.filters)
    spans = [*windows, (EVER, 0)]
    spans += [(40 * DAY_MS, 0), (60 * DAY_MS, 3 * DAY_MS)] if with_long else []
    for number, (window, delay) in enumerate(spans):
        allowed = set(PANED) if window > 30 * DAY_MS else set(Aggregate)
        for kind in sorted(allowed & {*PLAIN, *VALUED}):
            columns = [-1] if kind in PLAIN else [at for at in range(len(spec.columns)) if fits(spec, at, kind)]
            for column in columns:
                name = f"{kind.name}_{stream}_{window}_{delay}_{column}"
                quantile = (0, 950, 1000, 500)[number % 4]
                rows = (1, 3, 2)[number % 3]
                filter_ = (number + kind + column) % filters
                yield FeatureSpec(name, stream, kind, filter_, column, window, delay, rows, quantile)
        if filters > 1 and Aggregate.SEQUENCE in allowed:
            yield from ordered(stream, window, delay, filters)


def fits(spec: StreamSpec, column: int, kind: Aggregate) -> bool:
    """Tell whether the aggregate can take the column."""
    return spec.columns[column][1] == ColumnKind.INTEGER or kind in TEXTUAL


def ordered(stream: int, window: int, delay: int, filters: int) -> Iterator[FeatureSpec]:
    """Yield a sequence and an absence."""
    steps = (1, filters - 1, 1)[: 2 + stream % 2]
    names = f"sequence_{stream}_{window}_{delay}", f"absence_{stream}_{window}_{delay}"
    yield FeatureSpec(names[0], stream, Aggregate.SEQUENCE, 0, -1, window, delay, steps=steps)
    yield FeatureSpec(names[1], stream, Aggregate.ABSENCE, 1, -1, window, delay, without=filters - 1)


def plan_of(windows: list[tuple[int, int]], *, with_long: bool = False, **limits: int) -> WindowPlan:
    """Return a plan of three streams with every aggregate, and three readers with different streams."""
    features = [each for at in range(3) for each in features_of(at, windows, with_long=with_long)]
    readers = [
        ReaderSpec(f"reader{at}", streams, tuple(n for n, each in enumerate(features) if each.stream in streams))
        for at, streams in enumerate([(0, 1, 2), (2, 0), (1,)])
    ]
    return replace(WindowPlan(STREAMS, tuple(features), tuple(readers)), **limits)


def arrivals(plan: WindowPlan, seed: int, count: int, **habits: float) -> Iterator[Arrival]:
    """Yield (reader, t, places).

    Habits: `step` mean ms between events, `late` share of late events, `lateness` how late they are at most,
    `tie` share of events at the same time as the one before, `users` number of users, the first `hitters` of them
    heavy with a share `heavy` of the events, `again` share of events of the same user as the one before.
    """
    draw = random.Random(seed)
    now = 1_700_000_000_000
    step, late, lateness = habits.get("step", 1000.0), habits.get("late", 0.05), habits.get("lateness", 700_000.0)
    tie, users = habits.get("tie", 0.1), int(habits.get("users", 8))
    heavy, hitters, again = habits.get("heavy", 0.5), int(habits.get("hitters", 1)), habits.get("again", 0.0)
    user = ""
    for _ in range(count):
        if draw.random() >= tie:
            now += int(draw.expovariate(1 / step))
        t = now - draw.randint(0, int(lateness)) if draw.random() < late else now
        reader = draw.randrange(len(plan.readers))
        if not user or draw.random() >= again:
            # The first is the heaviest.
            is_heavy = draw.random() < heavy
            user = f"u{min(draw.randrange(hitters), draw.randrange(hitters)) if is_heavy else draw.randrange(users)}"
        places: list[Place] = []
        for stream in plan.readers[reader].streams:
            places += stream_places(plan.streams[stream], user, draw)
        yield reader, t, places


def stream_places(spec: StreamSpec, user: str, draw: random.Random) -> list[Place]:
    """Return key parts, mask and columns for one stream; about 3 % of the keys and 20 % of the values are missing."""
    key: list[Place] = [user, *[f"d{draw.randrange(3)}" for _ in spec.entities[1:]]]
    if spec.has_currency:
        key.append(draw.choice(["CNY", "CNY", "USD", ""]))
    if draw.random() < 0.03:
        key[draw.randrange(len(key))] = None
    mask = draw.randrange(1 << len(spec.filters)) if draw.random() < 0.9 else 0
    values: list[Place] = []
    for _, kind in spec.columns:
        value: Place = f"ip{draw.randrange(9)}" if kind == ColumnKind.TEXT else draw.randint(-50, 10**6)
        values.append(None if draw.random() < 0.2 else value)
    return [*key, mask, *values]
