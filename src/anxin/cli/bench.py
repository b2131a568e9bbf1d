"""`anxin bench`: how fast this machine decides, with the starter policy on simulated traffic."""

from __future__ import annotations

import statistics
import time
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from anxin.cli.decide import INDEX_KEY, WINDOWS_KEY
from anxin.cli.drawing import draw
from anxin.cli.language import both
from anxin.cli.options import PolicyFolderOption
from anxin.cli.policy_argument import open_policy
from anxin.engine.decide import Engine
from anxin.engine.windows.choice import Implementation, implementation
from anxin.simulator.simulator import Simulator

BLOCK = 1000
HEADINGS = (
    "实现\nimplementation",
    "每决策 CPU 微秒\nµs CPU a decision",
    "每秒决策\ndecisions a second",
    "各段 p99 微秒\nµs, p99 of blocks",
)


def bench(
    events: Annotated[int, typer.Option(min=BLOCK, help=both("决策多少个事件", "how many events to decide"))] = 20_000,
    policy: PolicyFolderOption = None,
    seed: Annotated[
        int,
        typer.Option(
            help=both(
                "模拟流量的种子：同一种子，同样的流量", "seed of the simulated traffic: the same one gives the same"
            )
        ),
    ] = 1,
) -> None:
    """Measure whole decisions in this process: decode, features, rules, model, encode."""
    chosen = open_policy(policy)
    bodies = [msgspec.json.encode(each.event) for each in Simulator(seed, events=events).stream() if not each.is_retry]
    table = Table(
        title=f"{chosen.label} · {len(bodies):,} 事件 events", title_justify="left", box=None, header_style="dim"
    )
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    kinds: tuple[Implementation, ...] = ("kernel", "reference") if implementation() == "kernel" else ("reference",)
    for kind in kinds:
        engine = Engine([chosen], index_key=INDEX_KEY, windows_key=WINDOWS_KEY, implementation=kind)
        blocks = sorted(decide_blocks(engine, bodies))
        mean = statistics.fmean(blocks)
        table.add_row(kind, f"{mean:.1f}", f"{1e6 / mean:,.0f}", f"{blocks[int(len(blocks) * 0.99)]:.1f}")
    draw(Console(), table)


def decide_blocks(engine: Engine, bodies: list[bytes]) -> list[float]:
    """Decide all bodies; return the CPU time a decision took in each block of 1 000, in µs."""
    found = []
    for first in range(0, len(bodies), BLOCK):
        block = bodies[first : first + BLOCK]
        started = time.process_time()
        for place, body in enumerate(block, start=first + 1):
            engine.decide(engine.parse(body), seq=place)
        found.append((time.process_time() - started) / len(block) * 1e6)
    return found
