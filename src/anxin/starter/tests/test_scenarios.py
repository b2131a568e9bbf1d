"""Scenarios fire their rules in the real engine, every rule fires on one, ordinary days stay quiet."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from anxin.engine.verdict import Verdict
from anxin.simulator.labelled import ORDINARY
from anxin.simulator.scenario import Scenario
from anxin.simulator.scenario_catalogue import all_scenarios, stealthy_scenarios
from anxin.simulator.simulator import Simulator
from anxin.starter.tests.runs import Run, decide_all, new_engine, play, rules_of, starter

SCENARIOS = all_scenarios()
ORDINARY_EVENTS = 22_000


@cache
def decisions_on(name: str) -> Run:
    return play(SCENARIOS[name])


@cache
def ordinary_days() -> Run:
    simulator = Simulator(7, days=1.0, events=ORDINARY_EVENTS, scenarios=[], attack_share=0)
    events = [(each.event, each.label) for each in simulator.stream() if not each.is_retry]
    return decide_all(new_engine(simulator.world.exemptions().lists()), events)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_scenario_fires_its_rules(scenario: Scenario) -> None:
    fired = rules_of(decision for _, _, decision in decisions_on(scenario.name))
    assert set(scenario.rules) - fired == set()


@pytest.mark.parametrize("name", stealthy_scenarios())
def test_stealthy_variant_keeps_below_the_rules_of_its_scenario(name: str) -> None:
    variant = stealthy_scenarios()[name]
    acts = [decision for _, label, decision in play(variant) if label.scenario == variant.name]
    assert rules_of(acts) & set(SCENARIOS[variant.name].rules) == set()


def test_every_rule_fires_on_a_scenario() -> None:
    fired = rules_of(decision for name in SCENARIOS for _, _, decision in decisions_on(name))
    assert {rule.id for rule in starter().rules} - fired == set()


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_groundwork_of_a_scenario_stays_quiet(scenario: Scenario) -> None:
    quiet = [decision for _, label, decision in decisions_on(scenario.name) if label == ORDINARY]
    assert [d.event_id for d in quiet if Verdict.from_word(d.verdict) >= Verdict.HOLD] == []


def test_ordinary_days_stay_quiet() -> None:
    verdicts = Counter(decision.verdict for _, _, decision in ordinary_days())
    total = verdicts.total()
    assert total >= 20_000
    assert (total - verdicts["allow"]) / total <= 0.001


def test_ordinary_days_are_never_frozen_or_blocked() -> None:
    assert [(d.event_id, rules_of([d])) for _, _, d in ordinary_days() if d.verdict in ("freeze", "block")] == []


def test_no_single_rule_stops_more_than_one_ordinary_event_in_two_hundred() -> None:
    stopped = Counter(rule for _, _, d in ordinary_days() if d.verdict != "allow" for rule in rules_of([d]))
    assert {rule: count for rule, count in stopped.items() if count > len(ordinary_days()) / 200} == {}


def test_texts_for_agents_are_filled_in() -> None:
    reasons = [reason for name in SCENARIOS for _, _, d in decisions_on(name) for reason in d.reasons]
    assert [each for each in reasons if "{" in each.text.zh + each.text.en] == []
