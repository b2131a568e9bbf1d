"""Run events of the simulator through the real engine with the shipped policy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from random import Random

from anxin.engine.decide import Engine
from anxin.engine.decision import Decision
from anxin.engine.lists.entry import Entry
from anxin.engine.policy.definition import Policy
from anxin.simulator.event_ids import EventIds
from anxin.simulator.labelled import Event, Label
from anxin.simulator.scenario import Scenario
from anxin.simulator.simulator import START_AT
from anxin.simulator.world import World
from anxin.starter.catalogue import load_starter

Run = list[tuple[Event, Label, Decision]]


@cache
def starter() -> Policy:
    return load_starter()


def new_engine(exempt: Mapping[str, Iterable[str]] | None = None) -> Engine:
    """An engine with the shipped policy; `exempt` adds entries to its lists."""
    engine = Engine([starter()], index_key=b"i" * 32, windows_key=b"w" * 16)
    for name, values in (exempt or {}).items():
        for value in values:
            engine.lists.put(name, Entry(value, reason="simulated world"))
    return engine


def decide_all(engine: Engine, events: Iterable[tuple[Event, Label]]) -> Run:
    run = []
    for seq, (event, label) in enumerate(events, start=1):
        received = engine.parse(json.dumps(event).encode())
        run.append((event, label, engine.decide(received, seq=seq).decision))
    return run


def play(scenario: Scenario, seed: int = 5) -> Run:
    """The decisions on one scenario alone, in a fresh world whose exempt lists are loaded."""
    world = World("starter", users=400, start_at=START_AT)
    events = scenario.events(world, Random(seed), EventIds(f"starter-{seed}"), START_AT + 9 * 3_600_000)
    return decide_all(new_engine(world.exemptions().lists()), events)


def rules_of(decisions: Iterable[Decision]) -> set[str]:
    return {reason.rule for decision in decisions for reason in decision.reasons}
