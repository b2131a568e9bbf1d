"""100 000 random events with 5 % late, ties, tiny windows and a heavy hitter, over every aggregate.

Kernel and reference are compared at every position; the oracle logs every event and answers at a random sample of
positions. (All positions of shorter runs are compared with the oracle in `test_answers.py`.)
"""

from __future__ import annotations

import random
from dataclasses import replace

from anxin.engine.windows.plan import Aggregate, ReaderSpec, WindowPlan
from anxin.engine.windows.tests.implementations import exactly, fresh
from anxin.engine.windows.tests.oracle import OracleWindows
from anxin.engine.windows.tests.traffic import KEY, arrivals, plan_of

EVENTS = 100_000
SAMPLE = 25


def spread_plan() -> WindowPlan:
    """Return all aggregates over a tiny, a delayed and an endless window, dealt to twelve readers."""
    plan = plan_of([(1, 0), (600_000, 60_000)], row_cap=20_000)
    readers = [
        ReaderSpec(
            f"reader{at}", (at % 3,), tuple(n for n, f in enumerate(plan.features) if f.stream == at % 3)[at // 3 :: 4]
        )
        for at in range(12)
    ]
    return replace(plan, readers=tuple(readers))


def test_hundred_thousand_events_are_answered_alike() -> None:
    plan = spread_plan()
    assert {each.aggregate for each in plan.features} == set(Aggregate)
    oracle, others = OracleWindows(plan, key=KEY), fresh(plan)
    sampled = set(random.Random(3).sample(range(EVENTS), SAMPLE))
    late = 0
    for at, (reader, t, places) in enumerate(arrivals(plan, 11, EVENTS, step=400.0, users=300)):
        answers = [exactly(each.observe(reader, t, places)) for each in others]
        assert answers.count(answers[0]) == len(others)
        if at in sampled:
            assert exactly(oracle.observe(reader, t, places)) == answers[0]
            assert others[0].approximate == oracle.approximate
        else:
            oracle.log(reader, t, places)
        late += oracle.too_late
    assert late > 0
    assert len({each.digest() for each in others}) == 1
