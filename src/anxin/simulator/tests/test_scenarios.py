from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from anxin.simulator import scenarios
from anxin.simulator.labelled import ORDINARY
from anxin.simulator.scenario_catalogue import (
    all_scenarios,
    get_scenario,
    rules_by_scenario,
    scenario_names,
    stealthy_scenarios,
)
from anxin.simulator.simulator import simulate_scenario
from anxin.simulator.tests.streams import AT, alone, decoder
from anxin.simulator.timeline import local_hour

NAMES = scenario_names()
STARTER_RULES = [("RA", 21), ("RC", 16), ("RT", 29), ("RS", 5), ("RI", 6), ("RO", 6)]
TAXONOMY = re.compile(r"(ACC|CNT|TXN|SCM|CMP|CSR|INS|OPS)\.[A-Z0-9]+")


def test_one_scenario_a_file_and_named_like_it() -> None:
    files = {path.stem for path in Path(scenarios.__path__[0]).glob("*.py")} - {"__init__"}
    assert files == set(all_scenarios())


def test_every_starter_rule_is_named_by_a_scenario() -> None:
    wanted = {f"{area}{number:02d}" for area, count in STARTER_RULES for number in range(1, count + 1)}
    assert {rule for rules in rules_by_scenario().values() for rule in rules} == wanted


@pytest.mark.parametrize("name", all_scenarios())
def test_scenario_says_what_it_is(name: str) -> None:
    scenario = get_scenario(name)
    assert TAXONOMY.fullmatch(scenario.taxonomy)
    assert re.fullmatch(r"[\u4e00-\u9fff：、，]+", scenario.zh)
    assert scenario.en.isascii()
    assert scenario.rules


@pytest.mark.parametrize("name", NAMES)
def test_scenario_writes_events_that_decode(name: str) -> None:
    for item in alone(name):
        received = decoder().decode(msgspec.json.encode(item.event))
        known = decoder().schema.events[received.event_type].fields
        assert set(item.event) - set(known) <= {"event_type"}


@pytest.mark.parametrize("name", NAMES)
def test_scenario_begins_in_its_hours_and_labels_its_acts(name: str) -> None:
    scenario, stream = get_scenario(name), alone(name)
    times = [item.event["occurred_at"] for item in stream]
    assert times == sorted(times)
    assert times[0] >= AT
    assert local_hour(times[0]) in scenario.hours
    labels = {item.label for item in stream}
    acts = {label for label in labels if label != ORDINARY}
    assert {(label.scenario, label.variant) for label in acts} == {(scenario.name, scenario.variant)}
    assert len({label.incident for label in acts}) == 1
    assert any(label.is_fraud for label in acts) == scenario.is_fraud


def test_at_least_a_quarter_of_the_scenarios_has_a_stealthy_variant() -> None:
    assert len(stealthy_scenarios()) * 4 >= len(all_scenarios())
    assert all(name == f"{each.name}:stealthy" and each.rules == () for name, each in stealthy_scenarios().items())


@pytest.mark.parametrize("name", ["account_takeover", "fake_tracking"])
def test_scenario_is_the_same_for_a_seed_and_another_for_another(name: str) -> None:
    assert simulate_scenario(name, 3, AT) == list(alone(name))
    assert simulate_scenario(name, 4, AT) != list(alone(name))


def counted(name: str, **wanted: object) -> int:
    events = (item.event for item in alone(name) if item.label.scenario == name)
    return sum(all(event.get(field) == value for field, value in wanted.items()) for event in events)


@pytest.mark.parametrize(
    ("name", "wanted", "at_least"),
    [
        ("account_takeover", {"event_type": "account.login_failed", "new_device": True}, 5),
        ("credential_stuffing", {"event_type": "account.login_failed"}, 30),
        ("bot_registration", {"event_type": "account.registered"}, 50),
        ("mfa_fatigue", {"event_type": "account.mfa_challenged"}, 5),
        ("card_testing", {"event_type": "payment.attempted"}, 16),
        ("stolen_card_spree", {"event_type": "order.created"}, 15),
        ("brushing_ring", {"event_type": "order.receipt_confirmed"}, 8),
        ("fake_tracking", {"event_type": "order.not_received"}, 5),
        ("mass_diversion", {"event_type": "message.sent", "is_stranger": True}, 30),
        ("structuring", {"event_type": "wallet.transferred"}, 5),
        ("gift_card_scam", {"event_type": "giftcard.issued"}, 5),
        ("complaint_storm", {"event_type": "ticket.created"}, 20),
        ("insider_snooping", {"event_type": "agent.viewed", "has_case": False}, 30),
        ("insider_refunds", {"event_type": "refund.approved", "is_goodwill": True}, 6),
        ("prohibited_outbreak", {"violates": True}, 10),
    ],
)
def test_scenario_is_clearly_past_the_threshold(name: str, wanted: dict[str, object], at_least: int) -> None:
    assert counted(name, **wanted) > at_least


def test_groundwork_is_ordinary_life_of_the_same_person() -> None:
    stream = alone("strange_address")
    actors = Counter((item.label.scenario, item.event["actor_id"]) for item in stream)
    (victim,) = {actor for scenario, actor in actors if scenario == "strange_address"}
    assert actors["ordinary", victim] > 20
