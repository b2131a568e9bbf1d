"""What the requirements ask of the shipped policy, each as one small story."""

from __future__ import annotations

from typing import Any

from anxin.engine.decide import Engine
from anxin.engine.decision import Decision
from anxin.engine.lists.entry import Entry
from anxin.simulator.labelled import ORDINARY
from anxin.simulator.simulator import START_AT
from anxin.starter.tests.runs import decide_all, new_engine, rules_of

HOUR, DAY = 3_600_000, 86_400_000


def decide(engine: Engine, event_type: str, at: int = START_AT, **fields: Any) -> Decision:
    event = {
        "event_id": f"e{at}-{event_type}-{len(fields)}",
        "event_type": event_type,
        "occurred_at": at,
        "actor_id": "u1",
    }
    return decide_all(engine, [(event | fields, ORDINARY)])[0][2]


def pay(engine: Engine, amount: int, **fields: Any) -> Decision:
    return decide(engine, "payment.attempted", amount=amount, currency="CNY", **fields)


def test_blacklisted_device_is_challenged_until_the_entry_expires() -> None:
    engine = new_engine()
    engine.lists.put("blocked_devices", Entry("d1", reason="lost phone", expires_at=START_AT + DAY))
    assert decide(engine, "account.login", device_id="d1").verdict == "challenge"
    assert decide(engine, "account.login", START_AT + DAY, device_id="d1").verdict == "allow"


def test_white_list_prevails_over_black_list() -> None:
    engine = new_engine({"blocked_devices": ["d1"], "trusted_accounts": ["u1"]})
    assert decide(engine, "account.login", device_id="d1").verdict == "allow"


def test_large_payment_without_step_up_is_challenged() -> None:
    assert pay(new_engine(), 600_000).verdict == "challenge"
    assert pay(new_engine(), 600_000, step_up="face", step_up_passed=True).verdict == "allow"


def test_new_payee_high_amount_and_screen_sharing_is_held_and_the_user_called() -> None:
    decision = pay(new_engine(), 980_000, new_payee=True, screen_sharing=True)
    assert decision.verdict == "hold"
    assert "call_user" in decision.actions


def test_one_rule_set_has_another_threshold_for_another_business_line() -> None:
    goods = {"actor_age_days": 0, "goods_class": "gift_card"}
    assert "RT04" in rules_of([pay(new_engine(), 90_000, business_line="local_life", **goods)])
    assert "RT04" not in rules_of([pay(new_engine(), 90_000, business_line="goods", **goods)])


def test_confirmed_fraud_sends_the_next_order_to_review_until_it_fades() -> None:
    engine = new_engine()
    order = {"order_id": "o1", "amount": 9_900, "currency": "CNY"}
    assert decide(engine, "order.created", **order).verdict == "allow"
    decide(engine, "label.recorded", START_AT + HOUR, label="fraud", is_fraud=True)
    assert decide(engine, "order.created", START_AT + 2 * HOUR, **order).verdict == "review"
    assert decide(engine, "order.created", START_AT + 40 * DAY, **order).verdict == "allow"


def test_victim_of_a_takeover_is_not_marked_as_a_risk() -> None:
    engine = new_engine()
    decide(engine, "label.recorded", label="account_takeover", is_fraud=True)
    assert decide(engine, "order.created", START_AT + HOUR, amount=9_900, currency="CNY").verdict == "allow"


def test_alert_of_a_defence_device_opens_an_incident() -> None:
    decision = decide(new_engine(), "ids.alert", severity_word="critical", asset="host-01")
    assert "open_incident_security" in decision.actions


def test_payment_in_another_currency_never_stops_anybody() -> None:
    decision = decide(new_engine(), "payment.attempted", amount=90_000_000, currency="JPY", new_payee=True)
    assert decision.verdict == "allow"
    assert "RT21" in {each.rule for each in decision.unknown}
