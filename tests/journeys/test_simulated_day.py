"""A shop's day through the shipped policy: attacks are noticed, people are left in peace, and all of it repeats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import msgspec
import pytest

from anxin.engine.decide import Engine
from anxin.engine.decision import Decision
from anxin.engine.lists.entry import Entry
from anxin.engine.policy.definition import Policy
from anxin.engine.verdict import Verdict
from anxin.engine.windows.choice import Implementation
from anxin.simulator.labelled import Label, Labelled
from anxin.simulator.scenario_catalogue import all_scenarios, rules_by_scenario
from anxin.simulator.simulator import START_AT, Simulator
from anxin.starter.catalogue import load_starter

HOUR, DAY = 3_600_000, 86_400_000
A_DAY = Simulator(24, events=20_000, attack_share=0.02)
CROWDED_DAYS = Simulator(21, events=18_000, days=4, attack_share=0.2)


class Answered(NamedTuple):
    """What came back for one delivery."""

    label: Label
    at: int
    decision: Decision
    body: bytes


@cache
def policy() -> Policy:
    return load_starter()


def new_engine(simulator: Simulator, implementation: Implementation | None = None) -> Engine:
    engine = Engine([policy()], index_key=b"i" * 32, windows_key=b"w" * 16, implementation=implementation)
    for name, values in exemptions(simulator).items():
        for value in values:
            engine.lists.put(name, Entry(value, reason="simulated world"))
    return engine


@cache
def deliveries(simulator: Simulator) -> tuple[Labelled, ...]:
    """The stream without retries, which idempotency keeps from the engine."""
    return tuple(item for item in simulator.stream() if not item.is_retry)


@cache
def exemptions(simulator: Simulator) -> dict[str, tuple[str, ...]]:
    """What honest people of the whole stream share; the world changes while it is lived in."""
    assert deliveries(simulator)
    return simulator.world.exemptions().lists()


def answers(engine: Engine, stream: Iterable[Labelled]) -> list[Answered]:
    found = []
    for seq, item in enumerate(stream, start=1):
        decided = engine.decide(engine.parse(msgspec.json.encode(item.event)), seq=seq)
        found.append(Answered(item.label, item.event["occurred_at"], decided.decision, decided.answer))
    return found


@cache
def whole(simulator: Simulator) -> list[Answered]:
    return answers(new_engine(simulator), deliveries(simulator))


def incidents(simulator: Simulator, *, begun_before: int) -> list[list[Answered]]:
    """The answers of each playing of a scenario; those that begin later may not have come to their deed."""
    found: dict[str, list[Answered]] = defaultdict(list)
    for answer in whole(simulator):
        if answer.label.incident is not None:
            found[answer.label.incident].append(answer)
    return [acts for acts in found.values() if acts[0].at < begun_before]


def is_noticed(acts: list[Answered]) -> bool:
    """Tell whether anything was stopped or asked, or, of quiet rules, whether all came with their actions."""
    if any(act.decision.verdict != "allow" for act in acts):
        return True
    rules = {rule.id: rule for rule in policy().rules}
    expected = [rules[name] for name in rules_by_scenario()[acts[0].label.scenario]]
    fired = {reason.rule for act in acts for reason in act.decision.reasons}
    actions = {action for act in acts for action in act.decision.actions}
    return all(rule.verdict is Verdict.ALLOW and rule.id in fired and actions >= set(rule.actions) for rule in expected)


def recall(played: list[list[Answered]]) -> dict[str, float]:
    """Return scenario → part of its incidents that were noticed."""
    found: dict[str, list[bool]] = defaultdict(list)
    for acts in played:
        found[acts[0].label.scenario].append(is_noticed(acts))
    return {name: sum(noticed) / len(noticed) for name, noticed in found.items()}


def test_every_attack_of_the_day_is_noticed() -> None:
    played = incidents(A_DAY, begun_before=START_AT + 16 * HOUR)
    assert len(played) >= 10
    assert {name: part for name, part in recall(played).items() if part < 1} == {}


def test_every_scenario_is_noticed_amid_all_the_others() -> None:
    parts = recall(incidents(CROWDED_DAYS, begun_before=START_AT + 3 * DAY))
    assert set(parts) == set(all_scenarios())
    assert {name: part for name, part in parts.items() if part < 1} == {}


@pytest.mark.parametrize("simulator", [A_DAY, CROWDED_DAYS], ids=["a day", "crowded days"])
def test_ordinary_people_are_left_in_peace(simulator: Simulator) -> None:
    ordinary = [answer for answer in whole(simulator) if answer.label.scenario == "ordinary"]
    stopped = [answer for answer in ordinary if answer.decision.verdict != "allow"]
    assert len(ordinary) > 12_000
    assert len(stopped) <= 0.002 * len(ordinary)


def test_attacks_are_the_share_that_was_asked_for() -> None:
    attacks = sum(answer.label.scenario != "ordinary" for answer in whole(A_DAY))
    assert attacks / len(whole(A_DAY)) == pytest.approx(0.02, abs=0.01)


def test_the_same_stream_gives_the_same_bytes() -> None:
    again = answers(new_engine(A_DAY), deliveries(A_DAY))
    assert [answer.body for answer in again] == [answer.body for answer in whole(A_DAY)]


def test_kernel_and_reference_give_the_same_bytes() -> None:
    first = deliveries(A_DAY)[:5_000]
    kernel, reference = (answers(new_engine(A_DAY, each), first) for each in ("kernel", "reference"))
    assert [answer.body for answer in kernel] == [answer.body for answer in reference]
