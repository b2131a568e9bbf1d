"""Saving, reading, peeking and adopting leave answers and digests as they must be."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from anxin.engine.errors import StateMismatch
from anxin.engine.windows.choice import Implementation, new_windows
from anxin.engine.windows.plan import DAY_MS, Aggregate, FeatureSpec, ReaderSpec, StreamSpec, WindowPlan
from anxin.engine.windows.tests.implementations import IMPLEMENTATIONS, exactly, fresh, saved
from anxin.engine.windows.tests.traffic import HOUR, KEY, STREAMS, USER, arrivals, plan_of

PLANS = {
    "capped, evicting, long": (
        plan_of([(HOUR, 0), (60_000, 5_000)], with_long=True, row_cap=120, entity_cap=12),
        {"step": 2_000.0},
    ),
    "days": (plan_of([(DAY_MS, 0)], with_long=True), {"step": 3.0 * HOUR}),
    "large log": (plan_of([(HOUR, 0)]), {"step": 500.0, "users": 2.0}),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_dump_is_read_by_both_implementations_in_the_middle(name: str) -> None:
    plan, habits = PLANS[name]
    steady, moving = new_windows(plan, key=KEY, force="reference"), new_windows(plan, key=KEY)
    for at, (reader, t, places) in enumerate(arrivals(plan, 5, 700, **habits)):
        if at % 150 == 149:
            twin = new_windows(plan, key=KEY, force=IMPLEMENTATIONS[at // 150 % len(IMPLEMENTATIONS)])
            twin.load(saved(moving).read)
            assert twin.digest() == moving.digest() == steady.digest()
            moving = twin
        assert exactly(moving.observe(reader, t, places)) == exactly(steady.observe(reader, t, places))
    assert moving.stats()[0].entities == steady.stats()[0].entities


@pytest.mark.parametrize("name", PLANS)
def test_peek_answers_as_observe_would_and_changes_nothing(name: str) -> None:
    plan, habits = PLANS[name]
    for windows in fresh(plan):
        for at, (reader, t, places) in enumerate(arrivals(plan, 6, 400, **habits)):
            if at % 20 == 19:
                before = (windows.digest(), windows.watermark, [(s.entities, s.rows) for s in windows.stats()])
                peeked = exactly(windows.peek(reader, t, places))
                windows.peek(reader, t + 90 * DAY_MS, places)
                assert (windows.digest(), windows.watermark, [(s.entities, s.rows) for s in windows.stats()]) == before
                assert peeked == exactly(windows.observe(reader, t, places))
            else:
                windows.observe(reader, t, places)


@pytest.mark.parametrize("force", IMPLEMENTATIONS)
def test_a_state_that_does_not_fit_is_refused(force: Implementation) -> None:
    plan = plan_of([(HOUR, 0)])
    windows = new_windows(plan, key=KEY, force=force)
    for reader, t, places in arrivals(plan, 1, 50):
        windows.observe(reader, t, places)
    dump = saved(windows).getvalue()
    wrong = [b"other" + dump[5:], dump[:8] + b"\x01\x02\x03\x04" + dump[12:], dump[:-30]]
    for each in wrong:
        with pytest.raises(StateMismatch):
            new_windows(plan, key=KEY, force=force).load(io.BytesIO(each).read)
    with pytest.raises(StateMismatch):
        new_windows(plan, key=bytes(16), force=force).load(io.BytesIO(dump).read)
    with pytest.raises(ValueError, match="only empty windows"):
        windows.load(io.BytesIO(dump).read)


@pytest.mark.parametrize("force", IMPLEMENTATIONS)
def test_a_stream_the_plan_lacks_is_skipped(force: Implementation) -> None:
    plan = plan_of([(HOUR, 0)])
    windows = new_windows(plan, key=KEY, force=force)
    for reader, t, places in arrivals(plan, 1, 80):
        windows.observe(reader, t, places)
    other = new_windows(plan_of([(2 * HOUR, 0)]), key=KEY, force=force)
    other.load(saved(windows).read)
    assert [each.entities for each in other.stats()] == [0, 0, 0]
    assert other.watermark == windows.watermark


WIDE = plan_of([(HOUR, 0), (60_000, 5_000)], with_long=True)


def narrow(*, stream: StreamSpec, keep: range) -> WindowPlan:
    """Return a plan over one stream whose filters and columns are some of USER's, in another order."""
    features = []
    for each in WIDE.features:
        names = [USER.filters[at] for at in (each.filter, *each.steps, max(0, each.without)) if at >= 0]
        column = USER.columns[each.column] if each.column >= 0 else None
        if each.stream == 0 and set(names) <= set(stream.filters) and (column is None or column in stream.columns):
            features.append(renumbered(each, stream))
    chosen = tuple(features[at] for at in keep if at < len(features))
    return WindowPlan((stream,), chosen, (ReaderSpec("event", (0,), tuple(range(len(chosen)))),))


def renumbered(feature: FeatureSpec, stream: StreamSpec) -> FeatureSpec:
    """Return a feature of USER with the numbers of `stream`."""
    return replace(
        feature,
        filter=stream.filters.index(USER.filters[feature.filter]),
        column=stream.columns.index(USER.columns[feature.column]) if feature.column >= 0 else -1,
        steps=tuple(stream.filters.index(USER.filters[each]) for each in feature.steps),
        without=stream.filters.index(USER.filters[feature.without]) if feature.without >= 0 else -1,
    )


REORDERED = replace(USER, filters=("c", "all", "b", "a"), columns=USER.columns[::-1])
FEWER = replace(USER, filters=("c", "a"), columns=USER.columns[:1])
ADOPTIONS = [(REORDERED, range(99)), (REORDERED, range(0, 99, 3)), (FEWER, range(99)), (FEWER, range(1, 99, 2))]


@pytest.mark.parametrize(("stream", "keep"), ADOPTIONS)
@pytest.mark.parametrize("force", IMPLEMENTATIONS)
@pytest.mark.parametrize("step", [1_000.0, 2.0 * HOUR])
def test_an_adopted_stream_goes_on_as_if_it_had_always_been(
    stream: StreamSpec, keep: range, force: Implementation, step: float
) -> None:
    plan = narrow(stream=stream, keep=keep)
    assert plan.features
    old, always = new_windows(WIDE, key=KEY), new_windows(plan, key=KEY, force=force)
    adopted = new_windows(plan, key=KEY, force=force)
    events = [each for each in arrivals(WIDE, 4, 700, step=step) if each[0] != 2]
    for at, (reader, t, places) in enumerate(events):
        mine = translated(places if reader == 0 else places[5:], stream)
        expected = exactly(always.observe(0, t, mine))
        if at < 250:
            old.observe(reader, t, places)
        else:
            assert at > 250 or adopted.adopt(old) == ()
            assert exactly(adopted.observe(0, t, mine)) == expected
    assert adopted.digest() == always.digest()


def translated(places: list[object], stream: StreamSpec) -> list[object]:
    """Return the places of USER as places of `stream`."""
    mask = sum(1 << at for at, each in enumerate(stream.filters) if int(str(places[1])) >> USER.filters.index(each) & 1)
    return [places[0], mask, *[places[2 + USER.columns.index(each)] for each in stream.columns]]


LESS = replace(WIDE, features=tuple(each for each in WIDE.features if each.window_ms != HOUR), readers=())
MORE = [*WIDE.features, FeatureSpec("more", 0, Aggregate.COUNT, 0, -1, 5 * HOUR)]
EVER = [each for each in WIDE.features if each.window_ms or each.stream or each.aggregate != Aggregate.SUM]


@pytest.mark.parametrize(
    ("old", "new", "warming"),
    [
        (WIDE, WIDE, ()),
        (WIDE, replace(WIDE, features=tuple(MORE)), (0,)),
        (replace(WIDE, features=tuple(EVER), readers=()), WIDE, (0,)),
        (WIDE, replace(WIDE, lateness_ms=1), (0, 1, 2)),
        (WIDE, replace(WIDE, streams=(*STREAMS, replace(USER, entities=("ip",)))), (3,)),
        (WIDE, replace(WIDE, streams=(replace(USER, filters=(*USER.filters, "d")), *STREAMS[1:])), (0,)),
    ],
)
def test_a_stream_that_lacks_its_past_is_warming(old: WindowPlan, new: WindowPlan, warming: tuple[int, ...]) -> None:
    for adopter in fresh(new):
        for donor in fresh(old):
            assert adopter.adopt(donor) == warming


def test_adopting_moves_rows_between_implementations() -> None:
    for adopter in fresh(WIDE):
        for donor in fresh(WIDE):
            for reader, t, places in arrivals(WIDE, 2, 150, step=300.0, users=1):
                donor.observe(reader, t, places)
            digest = donor.digest()
            empty = new_windows(WIDE, key=KEY)
            assert empty.adopt(donor) == ()
            assert empty.digest() == digest
            assert adopter.watermark is None
