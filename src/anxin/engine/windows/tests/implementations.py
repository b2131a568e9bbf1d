"""The implementations under test, and how tests set them side by side."""

from __future__ import annotations

import io
from collections.abc import Iterable

from anxin.engine.windows.choice import Implementation, implementation, new_windows
from anxin.engine.windows.contract import FeatureValue, Windows
from anxin.engine.windows.plan import WindowPlan
from anxin.engine.windows.tests.oracle import OracleWindows
from anxin.engine.windows.tests.traffic import KEY, Arrival

IMPLEMENTATIONS: list[Implementation] = ["reference"] if implementation() == "reference" else ["reference", "kernel"]


def fresh(plan: WindowPlan) -> list[Windows]:
    """Return empty windows of every implementation there is."""
    return [new_windows(plan, key=KEY, force=each) for each in IMPLEMENTATIONS]


def exactly(answers: list[FeatureValue]) -> list[tuple[type, FeatureValue]]:
    """Return answers with their types: True is not 1, and 2.0 is not 2."""
    return [(type(each), each) for each in answers]


def saved(windows: Windows) -> io.BytesIO:
    """Return the windows' dump, ready to be read."""
    dump = io.BytesIO()
    windows.dump(dump.write)
    dump.seek(0)
    return dump


def compare_with_oracle(plan: WindowPlan, events: Iterable[Arrival]) -> OracleWindows:
    """Feed oracle and implementations, and assert that every answer, flag and size is the same at every position."""
    oracle, others = OracleWindows(plan, key=KEY), fresh(plan)
    for reader, t, places in events:
        expected = exactly(oracle.observe(reader, t, places))
        for each in others:
            assert exactly(each.observe(reader, t, places)) == expected
            assert (each.too_late, each.approximate) == (oracle.too_late, oracle.approximate)
    for each in others:
        assert [s.entities for s in each.stats()] == [len(held) for held in oracle.entities]
        assert [s.evicted for s in each.stats()] == oracle.evicted
        assert each.watermark == oracle.watermark
        assert each.digest() == others[0].digest()
    return oracle
