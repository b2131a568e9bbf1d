"""Speed and size of windows: forty features over six streams, a heavy hitter, memory, dump and load.

Run: python -m benchmarks.windows [--quick]
"""

from __future__ import annotations

import io
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from anxin.engine.windows.choice import Implementation, implementation, new_windows
from anxin.engine.windows.contract import Place, Windows
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

KEY = bytes(range(16))
MINUTE, HOUR = 60_000, 3_600_000
WEEK = 7 * DAY_MS
A, INTEGER, TEXT = Aggregate, ColumnKind.INTEGER, ColumnKind.TEXT

STREAMS = (
    StreamSpec(
        ("user",),
        has_currency=False,
        filters=("login", "failed", "pay", "any"),
        columns=(("device", TEXT), ("ip", TEXT)),
    ),
    StreamSpec(("user",), has_currency=True, filters=("paid", "tried"), columns=(("amount", INTEGER),)),
    StreamSpec(("device",), has_currency=False, filters=("any", "failed"), columns=(("user", TEXT),)),
    StreamSpec(("ip",), has_currency=False, filters=("any", "failed"), columns=(("user", TEXT),)),
    StreamSpec(("card",), has_currency=True, filters=("paid", "tried"), columns=(("amount", INTEGER),)),
    StreamSpec(("user", "device"), has_currency=False, filters=("any",), columns=()),
)
# (stream, aggregate, filter, column, window)
FEATURES = [
    *[
        (0, A.COUNT, 0, -1, 10 * MINUTE),
        (0, A.COUNT, 1, -1, HOUR),
        (0, A.COUNT, 2, -1, DAY_MS),
        (0, A.COUNT, 3, -1, WEEK),
    ],
    *[(0, A.DISTINCT, 0, 0, DAY_MS), (0, A.DISTINCT, 0, 1, DAY_MS), (0, A.LAST, 0, 1, WEEK), (0, A.SINCE, 1, -1, WEEK)],
    *[(0, A.FIRST_SEEN, 0, -1, EVER), (0, A.COUNT, 0, -1, EVER)],
    *[(1, A.SUM, 0, 0, HOUR), (1, A.SUM, 0, 0, DAY_MS), (1, A.AVG, 0, 0, WEEK), (1, A.MAX, 0, 0, WEEK)],
    *[(1, A.MIN, 0, 0, WEEK), (1, A.COUNT, 1, -1, DAY_MS), (1, A.SUM, 1, 0, WEEK)],
    *[
        (2, A.COUNT, 0, -1, HOUR),
        (2, A.COUNT, 1, -1, DAY_MS),
        (2, A.DISTINCT, 0, 0, DAY_MS),
        (2, A.DISTINCT, 0, 0, WEEK),
    ],
    *[(2, A.FIRST_SEEN, 0, -1, EVER), (2, A.SINCE, 0, -1, DAY_MS), (2, A.LAST, 0, 0, WEEK)],
    *[(3, A.COUNT, 0, -1, MINUTE), (3, A.COUNT, 0, -1, HOUR), (3, A.COUNT, 1, -1, DAY_MS), (3, A.DISTINCT, 0, 0, HOUR)],
    *[(3, A.DISTINCT, 0, 0, DAY_MS), (3, A.SINCE, 1, -1, DAY_MS)],
    *[(4, A.COUNT, 0, -1, HOUR), (4, A.SUM, 0, 0, DAY_MS), (4, A.MAX, 0, 0, DAY_MS), (4, A.COUNT, 1, -1, HOUR)],
    *[(4, A.AVG, 0, 0, WEEK), (4, A.FIRST_SEEN, 0, -1, EVER)],
    *[
        (5, A.COUNT, 0, -1, DAY_MS),
        (5, A.FIRST_SEEN, 0, -1, EVER),
        (5, A.SINCE, 0, -1, WEEK),
        (5, A.COUNT, 0, -1, WEEK),
    ],
]


def forty_features() -> WindowPlan:
    """Return the plan of forty features over six streams, all read by one event type."""
    features = tuple(
        FeatureSpec(f"f{at}", stream, kind, filter_, column, window)
        for at, (stream, kind, filter_, column, window) in enumerate(FEATURES)
    )
    return WindowPlan(STREAMS, features, (ReaderSpec("event", tuple(range(6)), tuple(range(len(features)))),))


def one_heavy_stream() -> WindowPlan:
    """Return seven features of one address over an hour and shorter."""
    kinds = [(A.COUNT, -1, HOUR), (A.COUNT, -1, MINUTE), (A.SUM, 1, HOUR), (A.AVG, 1, HOUR), (A.MAX, 1, HOUR)]
    kinds += [(A.DISTINCT, 0, HOUR), (A.SINCE, -1, HOUR)]
    stream = StreamSpec(("ip",), has_currency=False, filters=("any",), columns=(("user", TEXT), ("n", INTEGER)))
    features = tuple(FeatureSpec(f"h{at}", 0, kind, 0, column, w) for at, (kind, column, w) in enumerate(kinds))
    return WindowPlan((stream,), features, (ReaderSpec("event", (0,), tuple(range(len(features)))),))


def shop(count: int, users: int) -> list[tuple[int, list[Place]]]:
    """Return events of a shop, one a second, 1 % of them up to five minutes late."""
    draw, now, found = random.Random(1), 1_700_000_000_000, []
    for _ in range(count):
        now += int(draw.expovariate(0.001))
        t = now - draw.randrange(300_000) if draw.random() < 0.01 else now
        number = draw.randrange(users)
        user, device, ip = (
            f"user{number}",
            f"device{number}-{draw.randrange(2)}",
            f"10.0.{number % 250}.{number // 250}",
        )
        places: list[Place] = [
            user,
            draw.randrange(16),
            device,
            ip,
            user,
            "CNY",
            draw.randrange(4),
            draw.randrange(10**5),
        ]
        places += [device, draw.randrange(4), user, ip, draw.randrange(4), user]
        places += [f"card{number}", "CNY", draw.randrange(4), draw.randrange(10**5), user, device, 1]
        found.append((t, places))
    return found


def cpu_us(windows: Windows, events: list[tuple[int, list[Place]]]) -> float:
    """Return the CPU time of one observation in µs."""
    start = time.process_time()
    for t, places in events:
        windows.observe(0, t, places)
    return (time.process_time() - start) / len(events) * 1e6


def bench_forty(force: Implementation, count: int) -> str:
    """Measure forty features once the entities hold five to eight rows."""
    events = shop(count, count // 10)
    windows = new_windows(forty_features(), key=KEY, force=force)
    cpu_us(windows, events[: count * 2 // 3])
    best = min(cpu_us(windows, events[at : at + count // 12]) for at in range(count * 2 // 3, count, count // 12))
    return f"{best:.1f} µs CPU an event"


def bench_heavy(force: Implementation, count: int) -> str:
    """Measure one address with 100 000 events an hour, 0.1 % late by up to ten minutes."""
    draw, now = random.Random(2), 1_700_000_000_000
    windows = new_windows(one_heavy_stream(), key=KEY, force=force)
    taken: list[int] = []
    for at in range(count):
        now += 36
        t = now - draw.randrange(600_000) if draw.random() < 0.001 else now
        places: list[Place] = ["1.1.1.1", 1, f"user{draw.randrange(5000)}", draw.randrange(10**6)]
        start = time.thread_time_ns()
        windows.observe(0, t, places)
        if at * 3 > count * 2:
            taken.append(time.thread_time_ns() - start)
    taken.sort()
    p50, p99 = taken[len(taken) // 2] / 1e3, taken[len(taken) * 99 // 100] / 1e3
    return f"p50 {p50:.1f} µs, p99 {p99:.1f} µs, max {taken[-1] / 1e6:.2f} ms (CPU)"


def resident_mb() -> float:
    """Return the resident memory of this process in MB."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * 4096 / 1e6


def bench_size(force: Implementation, users: int) -> list[tuple[str, str]]:
    """Measure memory a million entities with about six rows each, and dump and load."""
    before = resident_mb()
    windows = new_windows(forty_features(), key=KEY, force=force)
    draw, now = random.Random(3), 1_700_000_000_000
    for _ in range(6):
        for number in range(users):
            now += 40
            user, device, ip = f"user{number}", f"device{number}", f"ip{number}"
            places: list[Place] = [
                user,
                5,
                device,
                ip,
                user,
                "CNY",
                1,
                draw.randrange(10**5),
                device,
                1,
                user,
                ip,
                1,
                user,
            ]
            windows.observe(0, now, [*places, f"card{number}", "CNY", 1, draw.randrange(10**5), user, device, 1])
    entities = sum(each.entities for each in windows.stats())
    rows = sum(each.rows for each in windows.stats())
    size = (resident_mb() - before) / entities * 1e3
    dump, start = io.BytesIO(), time.perf_counter()
    windows.dump(dump.write)
    dumped = time.perf_counter() - start
    dump.seek(0)
    twin, start = new_windows(forty_features(), key=KEY, force=force), time.perf_counter()
    twin.load(dump.read)
    loaded, scale = time.perf_counter() - start, 1e6 / entities
    return [
        ("memory", f"{size:.2f} GB a million entities ({rows / entities:.1f} rows each)"),
        ("dump, load", f"{dumped * scale:.1f} s, {loaded * scale:.1f} s a million entities"),
    ]


def size_apart(force: Implementation, users: int) -> list[tuple[str, str]]:
    """Measure size in a process of its own, so that memory freed before does not count."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        return apart.submit(bench_size, force, users).result()


def main() -> None:
    """Print the table."""
    quick = "--quick" in sys.argv
    kinds: list[Implementation] = ["reference"] if implementation() == "reference" else ["kernel", "reference"]
    print(f"{'windows':<10} {'measure':<28} figure")
    for kind in kinds:
        small = quick or kind == "reference"
        lines = [
            ("40 features, 6 streams", bench_forty(kind, 24_000 if small else 120_000)),
            ("heavy hitter, 100 k/h", bench_heavy(kind, 60_000 if small else 300_000)),
            *size_apart(kind, 4_000 if small else 40_000),
        ]
        for measure, figure in lines:
            print(f"{kind:<10} {measure:<28} {figure}")


if __name__ == "__main__":
    main()
