from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from anxin.simulator.labelled import Label, Labelled
from anxin.simulator.simulator import Simulator, Surroundings
from anxin.simulator.timeline import DAY_MS
from anxin.simulator.transport import PERFECT

DISPUTES = ("payment.disputed", "payment.chargeback")


@cache
def quiet_weeks() -> tuple[Labelled, ...]:
    around = Surroundings(transport=PERFECT)
    return tuple(Simulator(5, days=40, events=40_000, attack_share=0, surroundings=around).stream())


def of_variant(name: str, kinds: Iterable[str]) -> list[Labelled]:
    return [item for item in quiet_weeks() if item.label == Label(variant=name) and item.event["event_type"] in kinds]


def test_honest_people_dispute_now_and_then() -> None:
    paid = sum(item.event["event_type"] == "payment.succeeded" for item in quiet_weeks())
    disputes = of_variant("honest_dispute", DISPUTES)
    assert 0.003 < len(disputes) / paid < 0.012
    assert {item.event["event_type"] for item in disputes} == set(DISPUTES)
    assert [item for item in quiet_weeks() if item.event["event_type"] in DISPUTES] == disputes


def test_a_dispute_names_a_payment_of_the_same_person_and_shop() -> None:
    payments = {
        item.event["event_id"]: item.event for item in quiet_weeks() if item.event["event_type"] == "payment.succeeded"
    }
    told = [item.event for item in of_variant("honest_dispute", DISPUTES) if "disputed_event_id" in item.event]
    assert len(told) > 5
    for dispute in told:
        payment = payments[dispute["disputed_event_id"]]
        same = ("actor_id", "order_id", "seller_id", "amount", "currency")
        assert [dispute[name] for name in same] == [payment[name] for name in same]
        assert dispute["occurred_at"] - payment["occurred_at"] >= 2 * DAY_MS


def test_a_person_clears_honest_disputes() -> None:
    verdicts = [item.event for item in of_variant("honest_dispute", ["label.recorded"])]
    assert len(verdicts) > 5
    assert {(each["label"], each["is_fraud"]) for each in verdicts} == {("honest_dispute", False)}


def test_late_refunds_come_more_than_a_week_after_the_payment_and_are_paid() -> None:
    paid = {
        item.event["order_id"]: item.event["occurred_at"]
        for item in quiet_weeks()
        if item.event["event_type"] == "order.paid"
    }
    late = [item.event for item in of_variant("late_refund", ["refund.requested"])]
    waits = [each["occurred_at"] - paid[each["order_id"]] for each in late if each["order_id"] in paid]
    assert len(waits) > 5
    assert min(waits) > 8 * DAY_MS
    assert len(of_variant("late_refund", ["refund.paid"])) > len(late) // 2
