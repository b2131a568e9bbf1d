"""Every scenario triggers the starter rules it names, decided by the real policy on the real windows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pytest

from anxin.engine.policy.compiler.program import Compiled, compile_policies
from anxin.engine.policy.language.runtime import NoLists
from anxin.engine.windows.choice import new_windows
from anxin.simulator.labelled import Labelled
from anxin.simulator.scenario_catalogue import all_scenarios, get_scenario
from anxin.simulator.simulator import simulate_scenario
from anxin.simulator.tests.streams import AT, alone, decoder, mixed
from anxin.starter.catalogue import load_starter

KEY = b"0123456789abcdef"
QUIET_SHARE = 0.01


@cache
def starter() -> Compiled:
    policy = load_starter()
    return compile_policies([policy], policy.schema, index_key=KEY)


def fired(stream: Iterable[Labelled]) -> list[tuple[Labelled, str]]:
    program, windows, lists = starter(), new_windows(starter().plan, key=KEY), NoLists()
    found = []
    for item in stream:
        received = decoder().decode_mapping(item.event)
        kind, t, event = received.event_type, received.t, received.event
        vector = windows.observe(program.reader[kind], t, program.extract[kind](event, lists))
        indexes, _ = program.live.evaluate[kind](event, t, vector, lists, None)
        found += [(item, program.live.rules[index].id) for index in indexes]
    return found


@pytest.mark.parametrize("name", all_scenarios())
@pytest.mark.parametrize("seed", [3, 4])
def test_scenario_triggers_its_rules(name: str, seed: int) -> None:
    stream = alone(name) if seed == 3 else simulate_scenario(name, seed, AT)
    rules = {rule for item, rule in fired(stream) if item.label.scenario == name}
    assert set(get_scenario(name).rules) - rules == set()


@pytest.mark.parametrize("name", all_scenarios())
def test_groundwork_alone_triggers_nothing(name: str) -> None:
    assert fired(item for item in alone(name) if item.label.scenario == "ordinary") == []


def test_plain_life_is_left_in_peace() -> None:
    found = fired(item for item in mixed() if not item.is_retry)
    plain = [rule for item, rule in found if item.label.scenario == "ordinary"]
    assert len(plain) < QUIET_SHARE * len(mixed())
