"""Whole decisions beside what a team would write instead, in one run: the same events, features and rules.

Ours decodes, counts and answers 40 exact features, runs 50 rules and a model of 200 trees, and encodes the answer. The
rivals answer the same 40 features only (Redis even only approximately) and run no rules, which flatters them.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from anxin.engine.decide import Engine
from anxin.engine.policy.loader import parse_policy
from anxin.engine.windows.choice import Implementation, implementation
from benchmarks.rivals import PostgresStatement, RedisCounters, postgres_server, redis_server
from benchmarks.tables import print_table
from benchmarks.trees import random_trees
from benchmarks.workload import payment_bodies, payments, policy_files

WARM, COUNTED, ROUNDS = 20_000, 2_000, 5
RIVAL_COUNTED = 400
CONNECTIONS = 8


@dataclass(frozen=True)
class Figure:
    """One way to decide: decisions a second (median of the rounds) and CPU time of this process a decision."""

    name: str
    per_second: float
    cpu_us: float


def new_engine(kind: Implementation, *, with_model: bool = True) -> Engine:
    """Return an engine with the workload's policy."""
    files = policy_files(50, with_model=with_model)
    if with_model:
        files["models/bench.json"] = random_trees(200, 31, seed=3)
    return Engine([parse_policy(files)], index_key=b"i" * 32, windows_key=b"w" * 16, implementation=kind)


def measure(name: str, decide: Callable[[int], object], count: int) -> Figure:
    """Time `count` decisions in rounds; `decide` gets the running number."""
    walls, cpus = [], []
    number = 0
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(count):
            decide(number)
            number += 1
        walls.append((time.perf_counter() - wall) / count)
        cpus.append((time.process_time() - cpu) / count)
    return Figure(name, 1 / statistics.median(walls), statistics.median(cpus) * 1e6)


def ours(kind: Implementation, bodies: list[bytes], *, with_model: bool = True) -> Figure:
    """Measure whole decisions in this process."""
    engine = new_engine(kind, with_model=with_model)
    for seq, body in enumerate(bodies[:WARM], start=1):
        engine.decide(engine.parse(body), seq=seq)
    rest = bodies[WARM:]
    name = f"Anxin, {kind}" + ("" if with_model else ", no model")
    return measure(name, lambda n: engine.decide(engine.parse(rest[n]), seq=WARM + n + 1), COUNTED)


def concurrent(name: str, makers: list[Callable[[int], object]], count: int) -> Figure:
    """Time several connections at once, each in a thread of its own."""
    walls = []
    cpu = time.process_time()
    with ThreadPoolExecutor(len(makers)) as pool:
        for round_number in range(ROUNDS):
            started = time.perf_counter()
            first = round_number * count
            list(pool.map(lambda decide, first=first: [decide(first + n) for n in range(count)], makers))
            walls.append((time.perf_counter() - started) / (count * len(makers)))
    spent = (time.process_time() - cpu) / (count * len(makers) * ROUNDS)
    return Figure(name, 1 / statistics.median(walls), spent * 1e6)


def rivals(events: list[dict[str, object]]) -> Iterator[Figure]:
    """Measure Redis and PostgreSQL, on one connection and on several."""
    rest = events[WARM:]
    with redis_server() as path:
        if path is None:
            print("Redis is not installed: its figures are missing")
        else:
            clients = [RedisCounters(path) for _ in range(CONNECTIONS)]
            one = clients[0]
            yield measure("Redis counters, 1 connection", lambda n: one.answers(rest[n]), RIVAL_COUNTED)
            jobs: list[Callable[[int], object]] = [lambda n, c=c: c.answers(rest[n]) for c in clients]  # type: ignore[misc]  # bound now
            yield concurrent(f"Redis counters, {CONNECTIONS} connections", jobs, RIVAL_COUNTED // 2)
    with quiet_postgres() as uri:
        statement = PostgresStatement(uri)
        statement.load(events[:WARM])
        yield measure("PostgreSQL statement, 1 connection", lambda n: statement.answers(rest[n]), RIVAL_COUNTED // 2)
        others = [PostgresStatement(uri, is_first=False) for _ in range(CONNECTIONS)]
        jobs = [lambda n, c=c: c.answers(rest[n]) for c in others]  # type: ignore[misc]  # bound now
        yield concurrent(f"PostgreSQL statement, {CONNECTIONS} connections", jobs, RIVAL_COUNTED // 4)


@contextmanager
def quiet_postgres() -> Iterator[str]:
    """Run PostgreSQL with synchronous commit off: the rival need not be durable."""
    with postgres_server() as uri:
        yield uri


def main() -> None:
    """Print the table."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    count = WARM + max(COUNTED, RIVAL_COUNTED) * ROUNDS
    bodies, events = payment_bodies(count), list(payments(count))
    kinds: tuple[Implementation, ...] = ("kernel", "reference") if implementation() == "kernel" else ("reference",)
    figures = [ours(kind, bodies) for kind in kinds]
    figures.append(ours(kinds[0], bodies, with_model=False))
    figures += rivals(events)
    best = figures[0]
    rows = [
        (each.name, f"{each.per_second:,.0f}", f"{each.cpu_us:.1f}", f"{best.per_second / each.per_second:.1f}×")
        for each in figures
    ]
    print_table("Whole decisions, 40 features over 6 entities", ("way", "decisions/s", "µs CPU", "Anxin is"), rows)


if __name__ == "__main__":
    main()
