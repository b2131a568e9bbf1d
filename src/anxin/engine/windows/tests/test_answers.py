"""Oracle = reference = kernel, bit for bit, at every position."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.engine.windows.plan import DAY_MS, WindowPlan
from anxin.engine.windows.tests.implementations import compare_with_oracle
from anxin.engine.windows.tests.traffic import HOUR, Arrival, arrivals, plan_of

WINDOWS = [(1, 0), (60_000, 0), (HOUR, 60_000), (10_000, HOUR)]


def without_ever(windows: list[tuple[int, int]], lateness_ms: int) -> WindowPlan:
    """Return a plan whose entities die when their rows do, with room for five of them."""
    plan = plan_of(windows, lateness_ms=lateness_ms, entity_cap=5)
    features = tuple(each for each in plan.features if each.window_ms)
    readers = tuple(
        replace(each, features=tuple(at for at, f in enumerate(features) if f.stream in each.streams))
        for each in plan.readers
    )
    return replace(plan, features=features, readers=readers)


CASES: dict[str, tuple[WindowPlan, int, dict[str, float]]] = {
    "a shop's day": (plan_of(WINDOWS), 300, {}),
    "no lateness": (plan_of(WINDOWS, lateness_ms=0), 200, {"lateness": 100}),
    "many ties": (plan_of(WINDOWS[:3]), 200, {"step": 1, "tie": 0.7}),
    "heavy hitter": (plan_of(WINDOWS), 400, {"step": 100, "users": 1}),
    "heavy hitter that expires": (
        plan_of([(1, 0), (20_000, 3_000)], lateness_ms=2_000),
        900,
        {"step": 60, "users": 1, "lateness": 2_500},
    ),
    "ever only": (plan_of([], lateness_ms=0), 300, {"lateness": 3}),
    "ever with a base and a large log": (
        plan_of([], lateness_ms=20_000),
        700,
        {"step": 100, "users": 1, "lateness": 25_000},
    ),
    "long windows": (plan_of([(DAY_MS, 0)], with_long=True), 300, {"step": 8 * HOUR, "lateness": DAY_MS}),
    "long windows, long lateness": (
        plan_of([(DAY_MS, HOUR)], with_long=True, lateness_ms=DAY_MS),
        300,
        {"step": 8 * HOUR, "lateness": 2 * DAY_MS},
    ),
    "small row cap": (plan_of(WINDOWS, row_cap=20), 300, {}),
    "small row cap, long windows": (
        plan_of(WINDOWS[1:3], row_cap=20, with_long=True),
        300,
        {"step": HOUR, "lateness": DAY_MS},
    ),
    "row cap of a large log": (plan_of(WINDOWS[1:3], row_cap=150), 500, {"step": 100, "users": 1}),
    "few entities": (plan_of(WINDOWS[:2], entity_cap=3), 300, {"users": 12}),
    "dead entities make room": (
        plan_of([], with_long=False, entity_cap=3, lateness_ms=500),
        400,
        {"users": 30, "lateness": 600},
    ),
    "dead rows make room": (without_ever([(1000, 0)], 100), 500, {"users": 30, "lateness": 150, "step": 200}),
}


@pytest.mark.parametrize("name", CASES)
def test_all_answers_are_those_of_the_oracle(name: str) -> None:
    plan, count, habits = CASES[name]
    oracle = compare_with_oracle(plan, arrivals(plan, 7, count, **habits))
    assert oracle.seq == count


TINY = plan_of([(1, 0), (3, 2), (7, 0)], lateness_ms=4, row_cap=6, entity_cap=2)
LONG = plan_of([(DAY_MS, 0)], with_long=True, lateness_ms=DAY_MS, row_cap=12, entity_cap=3)


@st.composite
def handfuls(draw: st.DrawFn, plan: WindowPlan, unit: int) -> list[Arrival]:
    """Draw a handful of arrivals at times around each other, in units of ms."""
    times = draw(st.lists(st.integers(-4, 12), min_size=1, max_size=45))
    drawn = arrivals(plan, draw(st.integers(0, 2**16)), len(times), users=3)
    now, found = 0, []
    for (reader, _, places), step in zip(drawn, times, strict=True):
        now += max(0, step) // 4
        found.append((reader, (now + min(0, step)) * unit, places))
    return found


@settings(max_examples=25, deadline=None)
@given(handfuls(TINY, 1))
def test_tiny_windows_and_caps(events: list[Arrival]) -> None:
    compare_with_oracle(TINY, events)


@settings(max_examples=15, deadline=None)
@given(handfuls(LONG, DAY_MS // 2))
def test_panes_and_caps(events: list[Arrival]) -> None:
    compare_with_oracle(LONG, events)
