"""Let the naive oracle answer at every position of 100 000 events, and compare kernel and reference bit for bit.

Every aggregate over a window of a millisecond, a delayed hour, twenty days, two windows of day panes, and ever; 5 % of
the events late and some too late, ties, heavy hitters of which the heaviest passes the row cap, and more entities than
may be kept.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, field

from anxin.engine.windows.choice import new_windows
from anxin.engine.windows.plan import DAY_MS, WindowPlan
from anxin.engine.windows.tests.implementations import IMPLEMENTATIONS, exactly
from anxin.engine.windows.tests.oracle import OracleWindows
from anxin.engine.windows.tests.traffic import CROWD, HOUR, KEY, Arrival, arrivals, plan_of

WINDOWS = [(1, 0), (HOUR, 60_000), (20 * DAY_MS, 0)]
ROW_CAP = 1_200
ENTITY_CAP = 2_000


@dataclass
class Findings:
    """What a run compared; `cpu_seconds` by implementation."""

    features: int = 0
    events: int = 0
    answers: int = 0
    late: int = 0
    too_late: int = 0
    ties: int = 0
    approximate: int = 0
    evicted: int = 0
    largest_entity: int = 0
    differing: int = 0
    first_difference: str = ""
    cpu_seconds: dict[str, float] = field(default_factory=dict)


class Comparison:
    """Oracle, reference and kernel over one plan, fed the same events."""

    def __init__(self, plan: WindowPlan) -> None:
        self.plan = plan
        self.oracle = OracleWindows(plan, key=KEY)
        self.others = {each: new_windows(plan, key=KEY, force=each) for each in IMPLEMENTATIONS}
        self.findings = Findings(features=len(plan.features), cpu_seconds=dict.fromkeys(["oracle", *self.others], 0.0))
        self._last_t = -1

    def take(self, event: Arrival) -> None:
        """Answer one event by all of them and note where they differ."""
        found, watermark = self.findings, self.oracle.watermark
        reader, t, places = event
        started = time.process_time()
        expected = exactly(self.oracle.observe(reader, t, places))
        found.cpu_seconds["oracle"] += time.process_time() - started
        for name, windows in self.others.items():
            started = time.process_time()
            answers = exactly(windows.observe(reader, t, places))
            found.cpu_seconds[name] += time.process_time() - started
            marks = (windows.too_late, windows.approximate) == (self.oracle.too_late, self.oracle.approximate)
            if answers != expected or not marks:
                found.differing += 1
                found.first_difference = found.first_difference or f"{name} at event {found.events}"
        found.events += 1
        found.answers += len(expected)
        found.late += watermark is not None and t < watermark
        found.too_late += self.oracle.too_late
        found.ties += t == self._last_t
        found.approximate += len(self.oracle.approximate)
        self._last_t = t

    def finish(self) -> Findings:
        """Compare sizes and digests, and return what was found."""
        found, held = self.findings, self.oracle.entities
        digests = {each.digest() for each in self.others.values()}
        for name, windows in self.others.items():
            stats = windows.stats()
            is_equal = [each.entities for each in stats] == [len(each) for each in held]
            is_equal = is_equal and [each.evicted for each in stats] == self.oracle.evicted and len(digests) == 1
            if not is_equal:
                found.differing += 1
                found.first_difference = found.first_difference or f"{name} at the end"
        found.evicted = sum(self.oracle.evicted)
        found.largest_entity = max(len(entity.rows) for stream in held for entity in stream.values())
        found.cpu_seconds = {name: round(seconds, 1) for name, seconds in found.cpu_seconds.items()}
        return found


def run(events: int, seed: int) -> Findings:
    """Compare at every position of `events` events."""
    plan = plan_of(WINDOWS, with_long=True, row_cap=ROW_CAP, entity_cap=ENTITY_CAP)
    comparison = Comparison(plan)
    for event in arrivals(plan, seed, events, **CROWD):
        comparison.take(event)
    return comparison.finish()


def main() -> int:
    """Run from the command line: one line of JSON; return 1 when anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    findings = run(given.events, given.seed)
    sys.stdout.write(json.dumps(findings.__dict__) + "\n")
    return 1 if findings.differing else 0


if __name__ == "__main__":
    sys.exit(main())
