"""Events in order, where running state answers: rows leave the log, and other readers and late rows do not upset it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from anxin.engine.windows.choice import Implementation, new_windows
from anxin.engine.windows.plan import Aggregate, WindowPlan
from anxin.engine.windows.tests.implementations import IMPLEMENTATIONS, compare_with_oracle
from anxin.engine.windows.tests.traffic import KEY, arrivals, plan_of

SLOW = {Aggregate.MEDIAN, Aggregate.MAD, Aggregate.QUANTILE, Aggregate.SEQUENCE, Aggregate.ABSENCE}


def only_running(windows: list[tuple[int, int]], **limits: int) -> WindowPlan:
    """Return a plan whose features running state can answer, dealt out unevenly to its readers."""
    plan = plan_of(windows, **limits)
    chosen = tuple(each for each in plan.features if each.aggregate not in SLOW)
    readers = tuple(
        replace(reader, features=tuple(n for n, f in enumerate(chosen) if f.stream in reader.streams and n % 3 != at))
        for at, reader in enumerate(plan.readers)
    )
    return replace(plan, features=chosen, readers=readers)


@pytest.mark.parametrize("windows", [[], [(1, 0)], [(300, 0), (2_000, 0), (9_000, 0)]])
@pytest.mark.parametrize("late", [0.0, 0.1])
def test_windows_that_slide_and_rows_that_expire(windows: list[tuple[int, int]], late: float) -> None:
    plan = only_running(windows, lateness_ms=1_500)
    habits = {"step": 90.0, "users": 2.0, "late": late, "lateness": 2_000.0}
    oracle = compare_with_oracle(plan, arrivals(plan, 8, 400, **habits))
    assert oracle.seq == 400


@pytest.mark.parametrize("force", IMPLEMENTATIONS)
@pytest.mark.parametrize("windows", [[], [(2_000, 0)]])
def test_the_log_does_not_grow_for_ever(force: Implementation, windows: list[tuple[int, int]]) -> None:
    plan = only_running(windows, lateness_ms=1_000)
    held = new_windows(plan, key=KEY, force=force)
    most = 0
    for reader, t, places in arrivals(plan, 9, 2_000, step=100.0, users=1, late=0):
        held.observe(reader, t, places)
        most = max(most, held.stats()[0].rows)
    assert 0 < most < 150
