"""Time and memory of model scoring, lists, holds and brakes, beside what one would otherwise use.

    python -m benchmarks.scoring [--entries 2000000]

Figures are the best of several runs, in CPU microseconds of one call.
"""

from __future__ import annotations

import argparse
import ipaddress
import itertools
import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import lightgbm
import numpy as np

from anxin.engine.brakes import Brakes, RuleBudget
from anxin.engine.lists.entry import Entry, EntryKind
from anxin.engine.lists.holds import Hold, HoldStore
from anxin.engine.lists.store import ListStore
from anxin.engine.scoring import reference
from anxin.engine.scoring.choice import IS_COMPILED, TreeWalk
from anxin.engine.scoring.lightgbm_import import tables_from_lightgbm
from anxin.engine.verdict import Verdict

INPUTS, TREES, LEAVES = 40, 200, 31
SEED = 20


def best(call: Callable[[], object], *, calls: int, rounds: int = 7) -> float:
    """Return CPU microseconds per call: `call` does `calls` of them, and the quickest of `rounds` counts."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times) / calls * 1e6


def row(what: str, figure: str) -> None:
    """Print one line of the table."""
    print(f"{what:<58}{figure:>16}")


def resident_bytes() -> int:
    """Return the memory this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def trained() -> tuple[lightgbm.Booster, np.ndarray]:
    """Return a model of 200 trees with 31 leaves, and rows with a tenth of the values missing."""
    numbers = np.random.default_rng(SEED)
    rows = numbers.normal(size=(20_000, INPUTS))
    rows[numbers.random(rows.shape) < 0.1] = np.nan
    filled = np.nan_to_num(rows)
    goal = filled[:, 0] + filled[:, 1] * filled[:, 2] + numbers.normal(size=len(rows)) > 0
    settings = {"objective": "binary", "num_leaves": LEAVES, "verbose": -1, "num_threads": 1, "seed": SEED}
    return lightgbm.train(settings, lightgbm.Dataset(rows, goal.astype(float)), TREES), rows[:500]


def scoring() -> None:
    """Time one score of 200 trees in the kernel, in Python, and in LightGBM itself."""
    booster, rows = trained()
    tables = tables_from_lightgbm(booster.dump_model())
    chosen, slow = TreeWalk(tables, INPUTS), reference.TreeWalk(tables, INPUTS)
    values = rows.tolist()
    kernel = best(lambda: [chosen.raw(each) for each in values], calls=len(values))
    python = best(lambda: [slow.raw(each) for each in values[:50]], calls=50)
    rival = best(lambda: [booster.predict(each[None, :], num_threads=1) for each in rows[:50]], calls=50)
    assert all(chosen.raw(each) == slow.raw(each) for each in values)
    row(
        f"{TREES} trees, {len(tables.features)} nodes: {'kernel' if IS_COMPILED else 'no kernel built'}",
        f"{kernel:.2f} µs",
    )
    row("  pure-Python walk, bit-equal", f"{python:.1f} µs")
    row("  LightGBM predict, one row", f"{rival:.0f} µs  {rival / kernel:.0f}×")
    row(
        "  contributions by input", f"{best(lambda: [chosen.contributions(each) for each in values], calls=500):.1f} µs"
    )


def exact_entries(count: int) -> None:
    """Measure memory and look-up of one list with `count` tokens of 32 letters."""
    numbers, store = random.Random(SEED), ListStore()
    before = resident_bytes()
    for number in range(count):
        expires_at = 1_900_000_000_000 if number % 2 else None
        token = f"{numbers.getrandbits(128):032x}"
        store.put("tokens", Entry(token, reason="reported", added_by="lin", source="feed", expires_at=expires_at))
    row(f"{count:,} exact entries of 32 letters: an entry", f"{(resident_bytes() - before) / count:.0f} B")
    present = [entry.value for entry in itertools.islice(store.entries("tokens"), 1000)]
    absent = [f"{numbers.getrandbits(128):032x}" for _ in range(1000)]
    row("  present", f"{looked_up(store, 'tokens', present):.3f} µs")
    row("  absent", f"{looked_up(store, 'tokens', absent):.3f} µs")


def other_entries() -> None:
    """Time the other kinds: 10 000 networks of each version, 1 000 domains, 200 patterns."""
    numbers, store = random.Random(SEED), ListStore()
    for _ in range(10_000):
        length = numbers.choice([12, 16, 18, 20, 22, 24, 24, 24, 26, 28, 32])
        v4 = ipaddress.ip_network((numbers.getrandbits(32) >> 32 - length << 32 - length, length))
        v6 = ipaddress.ip_network((numbers.getrandbits(48) << 80, 48))
        store.put("v4", Entry(str(v4), EntryKind.NETWORK))
        store.put("v6", Entry(str(v6), EntryKind.NETWORK))
    for number in range(1000):
        store.put("domains", Entry(f"bad{number}.example", EntryKind.DOMAIN))
    for number in range(200):
        store.put("patterns", Entry(f"(加|＋)(微|v)信?{number}", EntryKind.PATTERN))
    probes = {
        "v4": [str(ipaddress.IPv4Address(numbers.getrandbits(32))) for _ in range(1000)],
        "v6": [str(ipaddress.IPv6Address(numbers.getrandbits(128))) for _ in range(1000)],
        "domains": [f"www.shop{number}.example" for number in range(1000)],
        "patterns": [f"老板加微信{number}便宜" for number in range(1000)],
    }
    for name, values in probes.items():
        row(f"{store.count(name):,} entries of list {name}", f"{looked_up(store, name, values):.2f} µs")


def looked_up(store: ListStore, name: str, values: list[str]) -> float:
    """Return microseconds of one look-up."""
    lookup = store.lookup(name)
    return best(lambda: [lookup(each, 1) for each in values], calls=len(values))


def holds_and_brakes() -> None:
    """Time what every decision pays for holds and for brakes."""
    holds = HoldStore()

    def ask() -> None:
        for _ in range(1000):
            holds.hold_for("user", "u1", 1)

    row("no hold on this kind of entity", f"{best(ask, calls=1000):.3f} µs")
    for number in range(100_000):
        holds.place(Hold("user", f"u{number}", Verdict.HOLD, "m1"))
    row("100,000 holds", f"{best(ask, calls=1000):.3f} µs")
    brakes = Brakes([None, RuleBudget("R", per_hour=10**9, share=1.0)])

    def count() -> None:
        for _ in range(1000):
            brakes.count_decision(10**12)

    row("counting one decision", f"{best(count, calls=1000):.3f} µs")
    row("fired rule without budget", f"{fired(brakes, 0):.3f} µs")
    row("fired rule with two budgets", f"{fired(brakes, 1):.3f} µs")


def fired(brakes: Brakes, index: int) -> float:
    """Return microseconds of one fired rule."""
    return best(lambda: [brakes.apply(index, 10**12, Verdict.HOLD, 1, "CNY") for _ in range(1000)], calls=1000)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Time scoring, lists, holds and brakes.")
    parser.add_argument("--entries", type=int, default=2_000_000, help="entries of the large list")
    entries = parser.parse_args(arguments).entries
    scoring()
    exact_entries(entries)
    other_entries()
    holds_and_brakes()


if __name__ == "__main__":
    main()
