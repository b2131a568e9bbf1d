"""What publishing does to windows: entities carried over bit by bit answer as if all had been rewritten at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.engine.windows.choice import Implementation, new_windows
from anxin.engine.windows.contract import Place, Windows
from anxin.engine.windows.entity import Entity
from anxin.engine.windows.layout import PANE_AGGREGATES, VALUED
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
from anxin.engine.windows.tests.implementations import IMPLEMENTATIONS, exactly, saved
from anxin.engine.windows.tests.oracle import OracleWindows
from anxin.engine.windows.tests.traffic import HOUR, KEY

KINDS = ((("user",), False), (("user",), True), (("user", "device"), False))
FILTERS = ("all", "a", "b", "c")
COLUMNS = (("n", ColumnKind.INTEGER), ("ip", ColumnKind.TEXT), ("m", ColumnKind.INTEGER))
SPANS = ((60_000, 0), (HOUR, 5_000), (DAY_MS, 0), (40 * DAY_MS, 0), (EVER, 0))
ALL_AT_ONCE = 1 << 40


@dataclass(frozen=True)
class Happening:
    """One event, free of any plan: key parts, true filters and values by kind of entity."""

    t: int
    parts: dict[str, str]
    true: frozenset[str]
    values: dict[str, Place]

    def places(self, plan: WindowPlan) -> list[Place]:
        """Return the places that the plan's only reader takes."""
        found: list[Place] = []
        for stream in plan.streams:
            found += [self.parts[each] for each in stream.entities]
            found += [self.parts["currency"]] if stream.has_currency else []
            found.append(sum(1 << bit for bit, each in enumerate(stream.filters) if each in self.true))
            found += [self.values.get(name) for name, _ in stream.columns]
        return found


def happenings(draw: random.Random, count: int, step: float) -> Iterator[Happening]:
    """Yield events in arrival order: a few hot users, some late, some at one time."""
    now, heat = 1_700_000_000_000, draw.choice([0.1, 0.7])
    for _ in range(count):
        now += 0 if draw.random() < 0.1 else int(draw.expovariate(1 / step))
        t = now - draw.randrange(1_500_000) if draw.random() < 0.15 else now
        user = 0 if draw.random() < heat else draw.randrange(30)
        parts = {"user": f"u{user}", "device": f"d{draw.randrange(3)}", "currency": draw.choice(["CNY", "USD"])}
        values: dict[str, Place] = {"n": draw.randint(-9, 99), "ip": f"ip{draw.randrange(9)}", "m": draw.randrange(5)}
        kept = {name: None if draw.random() < 0.2 else value for name, value in values.items()}
        yield Happening(t, parts, frozenset(each for each in FILTERS if draw.random() < 0.4), kept)


def plan_among(draw: random.Random, specs: list[StreamSpec], spans: range, **limits: int) -> WindowPlan:
    """Return a plan of random features over the streams, with the spans of these numbers."""
    features = []
    for number, spec in enumerate(specs):
        for _ in range(draw.randrange(2, 9)):
            window, delay = SPANS[draw.choice(spans)]
            kinds = set(Aggregate) if window <= 30 * DAY_MS else set(PANE_AGGREGATES)
            kinds -= set() if len(spec.filters) > 1 else {Aggregate.SEQUENCE, Aggregate.ABSENCE}
            kinds -= set() if spec.columns else VALUED
            features.append(feature(draw, spec, number, draw.choice(sorted(kinds)), (window, delay)))
    reader = ReaderSpec("event", tuple(range(len(specs))), tuple(range(len(features))))
    return WindowPlan(tuple(specs), tuple(features), (reader,), **limits)


def feature(draw: random.Random, spec: StreamSpec, stream: int, kind: Aggregate, span: tuple[int, int]) -> FeatureSpec:
    """Return a random feature of one kind and span; what only numbers can answer is counted over texts."""
    column = draw.randrange(len(spec.columns)) if kind in VALUED else -1
    if column >= 0 and spec.columns[column][1] == ColumnKind.TEXT and kind != Aggregate.LAST:
        kind = Aggregate.DISTINCT
    steps = tuple(draw.randrange(len(spec.filters)) for _ in range(2)) if kind == Aggregate.SEQUENCE else ()
    without = draw.randrange(len(spec.filters)) if kind == Aggregate.ABSENCE else -1
    filter_ = draw.randrange(len(spec.filters))
    return FeatureSpec("f", stream, kind, filter_, column, *span, draw.choice([1, 2]), 900, steps, without)


def any_plan(draw: random.Random, *, may_double: bool = True, **limits: int) -> WindowPlan:
    """Return a plan over some kinds of entities, each with some filters and columns in any order.

    As with more filters than fit into a mask, two streams may be over the same kind when it `may_double`.
    """
    kinds = draw.sample(KINDS, draw.randrange(1, len(KINDS) + 1))
    specs = [
        StreamSpec(
            entities,
            has_currency,
            tuple(draw.sample(FILTERS, draw.randrange(1, len(FILTERS) + 1))),
            tuple(draw.sample(COLUMNS, draw.randrange(len(COLUMNS) + 1))),
        )
        for entities, has_currency in kinds
    ]
    if may_double and draw.random() < 0.4:
        specs.append(StreamSpec(*draw.choice(kinds), filters=FILTERS[:2], columns=COLUMNS[1:]))
    return plan_among(draw, specs, range(len(SPANS)), **limits)


@dataclass
class Follower:
    """Windows that follow one plan after the other in one way."""

    name: str
    force: Implementation
    draw: random.Random
    windows: Windows = field(init=False)

    def start(self, plan: WindowPlan) -> None:
        """Begin with a plan."""
        self.windows = new_windows(plan, key=KEY, force=self.force)

    def publish(self, plan: WindowPlan) -> tuple[int, ...]:
        """Go over to a plan."""
        if self.name == "by records":
            # The other implementation shows nothing but records: this rewrites all of them here and now.
            self.force = IMPLEMENTATIONS[IMPLEMENTATIONS.index(self.force) - 1]
        fresh = new_windows(plan, key=KEY, force=self.force)
        warming = fresh.adopt(self.windows)
        if self.name == "at once":
            assert fresh.carry(ALL_AT_ONCE) is False
        self.windows = fresh
        return warming

    def between(self) -> None:
        """Carry a little, or be dumped and read again, as chance has it."""
        if self.name == "bit by bit" and self.draw.random() < 0.3:
            self.windows.carry(self.draw.randrange(1, 12))
        if self.name == "snapshots" and self.draw.random() < 0.05:
            again = new_windows(self.windows.plan, key=KEY, force=self.force)  # type: ignore[attr-defined]
            again.load(saved(self.windows).read)
            self.windows = again


def followers(draw: random.Random) -> list[Follower]:
    """Return one follower of every way and implementation; the first rewrites all at once."""
    names = ("at once", "at touch", "bit by bit", "snapshots", "by records")
    return [Follower(name, force, random.Random(draw.random())) for name in names for force in IMPLEMENTATIONS]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([2_000.0, 2.0 * HOUR]), st.sampled_from([(1000, 1000), (15, 25)]))
def test_however_entities_come_over_the_answers_are_those_of_all_at_once(
    seed: int, step: float, caps: tuple[int, int]
) -> None:
    draw = random.Random(seed)
    limits = [{"entity_cap": draw.choice([caps[0], 10, 10]), "row_cap": caps[1]} for _ in range(4)]
    plans = [any_plan(draw, **each) for each in limits]
    ways = followers(draw)
    for each in ways:
        each.start(plans[0])
    events = list(happenings(draw, 160, step))
    cuts = sorted(draw.sample(range(1, len(events)), 3))
    plan, rest = plans[0], plans[1:]
    for at, event in enumerate(events):
        if at in cuts:
            plan, *rest = rest
            warming = [each.publish(plan) for each in ways]
            assert warming == warming[:1] * len(ways)
        expected = None
        for each in ways:
            each.between()
            peeked = exactly(each.windows.peek(0, event.t, event.places(plan))) if at % 8 == 0 else None
            answers = exactly(each.windows.observe(0, event.t, event.places(plan)))
            assert peeked in (None, answers), each
            found = (answers, each.windows.too_late, each.windows.approximate)
            expected = expected or found
            assert found == expected, each
    sizes = [[(s.entities, s.evicted) for s in each.windows.stats()] for each in ways]
    assert sizes == sizes[:1] * len(ways)
    digests = [each.windows.digest() for each in ways]
    assert digests == digests[:1] * len(ways)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([2_000.0, 3.0 * HOUR]))
def test_streams_that_are_not_warming_answer_as_the_oracle_that_always_had_the_plan(seed: int, step: float) -> None:
    draw = random.Random(seed)
    plans = [any_plan(draw, may_double=False)]
    for _ in range(3):
        plans.append(narrower(draw, plans[-1]))
    oracles = [OracleWindows(each, key=KEY) for each in plans]
    ways = followers(draw)
    for each in ways:
        each.start(plans[0])
    version = 0
    for at, event in enumerate(happenings(draw, 120, step)):
        if at in (30, 50, 80):
            version += 1
            assert [each.publish(plans[version]) for each in ways] == [()] * len(ways)
        for number, oracle in enumerate(oracles):
            if number > version:
                oracle.log(0, event.t, event.places(plans[number]))
        expected = exactly(oracles[version].observe(0, event.t, event.places(plans[version])))
        for each in ways:
            each.between()
            assert exactly(each.windows.observe(0, event.t, event.places(plans[version]))) == expected, each


def narrower(draw: random.Random, plan: WindowPlan) -> WindowPlan:
    """Return a plan that asks for some of the features only, with filters and columns in another order."""
    chosen = draw.sample(plan.features, draw.randrange(1, len(plan.features) + 1))
    streams = sorted({each.stream for each in chosen})
    draw.shuffle(streams)
    specs, features = [], []
    for number, stream in enumerate(streams):
        mine = [each for each in chosen if each.stream == stream]
        spec = needed(draw, plan.streams[stream], mine)
        specs.append(spec)
        features += [moved(each, plan.streams[stream], spec, number) for each in mine]
    reader = ReaderSpec("event", tuple(range(len(specs))), tuple(range(len(features))))
    return WindowPlan(tuple(specs), tuple(features), (reader,))


def needed(draw: random.Random, spec: StreamSpec, features: list[FeatureSpec]) -> StreamSpec:
    """Return the stream with the filters and columns that the features use, shuffled."""
    bits = {bit for each in features for bit in (each.filter, each.without, *each.steps) if bit >= 0}
    filters = [spec.filters[bit] for bit in bits]
    columns = [spec.columns[at] for at in {each.column for each in features if each.column >= 0}]
    draw.shuffle(filters)
    draw.shuffle(columns)
    return StreamSpec(spec.entities, spec.has_currency, tuple(filters), tuple(columns))


def moved(each: FeatureSpec, old: StreamSpec, new: StreamSpec, stream: int) -> FeatureSpec:
    """Return a feature with the numbers of another stream."""

    def bit(number: int) -> int:
        return new.filters.index(old.filters[number]) if number >= 0 else -1

    column = new.columns.index(old.columns[each.column]) if each.column >= 0 else -1
    steps = tuple(bit(step) for step in each.steps)
    rest = (each.window_ms, each.delay_ms, each.min_rows, each.quantile, steps, bit(each.without))
    return FeatureSpec(each.name, stream, each.aggregate, bit(each.filter), column, *rest)


def test_any_number_of_plans_may_come_before_an_entity_is_touched_again() -> None:
    spec = StreamSpec(("user",), has_currency=False, filters=("all", "a"), columns=COLUMNS[:1])
    flipped = StreamSpec(("user",), has_currency=False, filters=("a", "all"), columns=COLUMNS[:1])
    plans = [plan_among(random.Random(1), [each], range(2)) for each in (spec, flipped)]
    events = list(happenings(random.Random(2), 40, 2_000.0))
    waiting = [Follower("at touch", each, random.Random(0)) for each in IMPLEMENTATIONS]
    steady = OracleWindows(plans[0], key=KEY)
    for each in waiting:
        each.start(plans[0])
    for number, event in enumerate(events):
        expected = exactly(steady.observe(0, event.t, event.places(plans[0])))
        for each in waiting:
            assert exactly(each.windows.observe(0, event.t, event.places(plans[0]))) == expected
        if number == 20:
            for each in waiting:
                for change in range(1, 301):
                    each.publish(plans[change % 2])


def halved(draw: random.Random, plan: WindowPlan) -> WindowPlan:
    """Return a plan that asks for the same features, in two streams over the kind of entities of its only stream."""
    chosen = draw.sample(plan.features, len(plan.features))
    cut = draw.randrange(1, len(chosen))
    specs, features = [], []
    for number, mine in enumerate((chosen[:cut], chosen[cut:])):
        spec = needed(draw, plan.streams[0], mine)
        specs.append(spec)
        features += [moved(each, plan.streams[0], spec, number) for each in mine]
    reader = ReaderSpec("event", (0, 1), tuple(range(len(features))))
    return WindowPlan(tuple(specs), tuple(features), (reader,))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([2_000.0, 3.0 * HOUR]))
def test_two_streams_that_take_over_the_same_one_part_without_a_trace(seed: int, step: float) -> None:
    draw = random.Random(seed)
    spec = StreamSpec(*draw.choice(KINDS), FILTERS, COLUMNS)
    whole = plan_among(draw, [spec], range(len(SPANS)))
    plans = [whole, halved(draw, whole)]
    plans.append(narrower(draw, plans[1]))
    oracles = [OracleWindows(each, key=KEY) for each in plans]
    ways = followers(draw)
    for each in ways:
        each.start(plans[0])
    cuts = {draw.randrange(20, 60): 1, draw.randrange(60, 100): 2}
    version = 0
    for at, event in enumerate(happenings(draw, 130, step)):
        if at in cuts:
            version = cuts[at]
            warming = [each.publish(plans[version]) for each in ways]
            assert warming == warming[:1] * len(ways)
            if warming[0]:
                # Of two streams that know too little of it the first was chosen.
                assert version == 2
                return
        for number, oracle in enumerate(oracles):
            if number > version:
                oracle.log(0, event.t, event.places(plans[number]))
        expected = exactly(oracles[version].observe(0, event.t, event.places(plans[version])))
        for each in ways:
            each.between()
            if at % 8 == 0:
                assert exactly(each.windows.peek(0, event.t, event.places(plans[version]))) == expected, each
            assert exactly(each.windows.observe(0, event.t, event.places(plans[version]))) == expected, each
    digests = [each.windows.digest() for each in ways]
    assert digests == digests[:1] * len(ways)


def test_taking_over_the_same_stream_twice_copies_nothing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(3)
    whole = plan_among(draw, [StreamSpec(("user",), has_currency=False, filters=FILTERS, columns=COLUMNS)], range(3))
    windows = new_windows(whole, key=KEY, force="reference")
    for event in happenings(random.Random(1), 90, 2_000.0):
        windows.observe(0, event.t, event.places(whole))
    copies: list[Entity] = []
    plain = Entity.copy

    def copied(entity: Entity) -> Entity:
        copies.append(entity)
        return plain(entity)

    monkeypatch.setattr(Entity, "copy", copied)
    fresh = new_windows(halved(draw, whole), key=KEY, force="reference")
    fresh.adopt(windows)
    assert copies == []
    steps = 1
    while fresh.carry(1):
        steps += 1
    held = [each.entities for each in fresh.stats()]
    assert (held[0] == held[1] > 20, len(copies) == held[0], steps > held[0]) == (True, True, True)
