"""Going through history on one core: features and rules alone, JSON bodies to decisions, and all a backtest writes.

Every way has an engine of its own and takes the same blocks in turn, so that other load meets all of them alike.

Run: python -m benchmarks.history [--events 120000]
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Sequence
from itertools import pairwise

from anxin.engine.arrival import Arrival
from anxin.engine.backtest import DecidedArrival, backtest
from anxin.engine.decide import Engine
from anxin.engine.policy.loader import parse_policy
from anxin.engine.schema.decoder import Received
from anxin.history.replay import history_engine, run_backtest
from benchmarks.tables import print_table
from benchmarks.workload import payment_bodies, policy_files

BLOCK = 5_000
Run = Callable[[Sequence[Arrival]], object]


def features_and_rules(engine: Engine) -> Callable[[Sequence[Received]], None]:
    """Return a run over parsed events that stops where a decision would be made."""
    stations, live = engine.working.stations, engine.working.live
    observe, lists, evaluate = engine.windows.observe, engine.lists, live.program.evaluate

    def run(events: Sequence[Received]) -> None:
        for event in events:
            station = stations[event.event_type]
            vector = observe(station.reader, event.t, station.extract(event.event, lists))
            evaluate[event.event_type](event.event, event.t, vector, lists, None)

    return run


def parsed_first(engine: Engine) -> tuple[Run, Callable[[], float]]:
    """Return a run that parses outside its own clock, and what that clock shows in seconds of CPU."""
    spent, run = [0.0], features_and_rules(engine)

    def whole(arrivals: Sequence[Arrival]) -> None:
        events = [engine.parse(each.raw) for each in arrivals]
        started = time.process_time()
        run(events)
        spent[0] = time.process_time() - started

    return whole, lambda: spent[0]


def decided(engine: Engine, *, with_answers: bool) -> Run:
    """Return a run of the backtest loop, with or without asking each decision for its JSON."""

    def run(arrivals: Sequence[Arrival]) -> int:
        answers = 0
        for item in backtest(engine, arrivals):
            if with_answers and isinstance(item, DecidedArrival):
                answers += len(item.decided.answer)
        return answers

    return run


def ways() -> dict[str, tuple[Run, Callable[[], float] | None]]:
    """Return what is measured, each with an engine of its own."""
    policy = parse_policy(policy_files())
    alone, clock = parsed_first(history_engine(policy))
    written: list[bytes] = []
    summing = history_engine(policy)

    def summed(arrivals: Sequence[Arrival]) -> object:
        written.clear()
        return run_backtest(summing, arrivals, write=written.append)

    return {
        "features and rules, events parsed before": (alone, clock),
        "parse alone": (lambda arrivals: [summing.parse(each.raw) for each in arrivals], None),
        "JSON bodies to decisions": (decided(history_engine(policy), with_answers=False), None),
        "JSON bodies to decisions and their JSON": (decided(history_engine(policy), with_answers=True), None),
        "the same with summary and decisions file": (summed, None),
    }


def measured(events: int) -> dict[str, list[float]]:
    """Return CPU µs an event of each way, block by block, once a third of the events have filled the windows."""
    arrivals = [Arrival(body, row) for row, body in enumerate(payment_bodies(events), start=1)]
    found: dict[str, list[float]] = {}
    chosen = ways()
    gc.collect()
    gc.freeze()
    for first, after in pairwise(range(0, events + 1, BLOCK)):
        block = arrivals[first:after]
        for name, (run, clock) in chosen.items():
            started = time.process_time()
            run(block)
            spent = clock() if clock is not None else time.process_time() - started
            if first >= events // 3:
                found.setdefault(name, []).append(spent / BLOCK * 1e6)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=120_000)
    given = parser.parse_args()
    rows = []
    for name, figures in measured(given.events).items():
        best, mean = min(figures), sum(figures) / len(figures)
        rows.append((name, f"{mean:.1f} ({best:.1f})", f"{1e6 / mean:,.0f} ({1e6 / best:,.0f})"))
    columns = ("40 features, 50 rules, no model; mean (best block)", "CPU µs an event", "events a second")
    print_table("History, one core", columns, rows)


if __name__ == "__main__":
    main()
