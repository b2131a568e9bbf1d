"""3 000 events of a crowd with heavy hitters, every aggregate, every position, against the oracle.

`python -m benchmarks.exactness` does the same with 100 000 events.
"""

from __future__ import annotations

from anxin.engine.windows.plan import DAY_MS, Aggregate
from anxin.engine.windows.tests.implementations import compare_with_oracle
from anxin.engine.windows.tests.traffic import CROWD, arrivals, plan_of

EVENTS = 3_000


def test_every_position_of_a_crowd_is_answered_as_by_the_oracle() -> None:
    plan = plan_of([(1, 0), (DAY_MS, 60_000)], with_long=True, row_cap=40, entity_cap=500)
    assert {each.aggregate for each in plan.features} == set(Aggregate)
    oracle = compare_with_oracle(plan, arrivals(plan, 23, EVENTS, **CROWD))
    assert oracle.seq == EVENTS
    assert all(oracle.evicted)
    assert any(entity.paned is not None for entity in oracle.entities[0].values())
