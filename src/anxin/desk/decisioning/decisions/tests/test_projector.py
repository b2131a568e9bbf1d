"""The log becomes tables: once each, in order, whatever happens in between."""

from __future__ import annotations

from anxin.desk.decisioning.conftest import Night, event, order
from anxin.desk.decisioning.decisions.models import (
    Decision,
    DecisionEntity,
    Entity,
    EntityLink,
    EntityOrder,
    PublishedPolicy,
)


def test_a_decision_stands_in_the_tables(night: Night) -> None:
    night.happened(*(event(number, pm_token="c1", ip="10.1.2.3", phone="13800138000") for number in range(4)))
    last = Decision.objects.order_by("-id").first()
    assert last is not None
    assert (last.event_id, last.event_type, last.verdict, last.rules) == ("e3", "payment.attempted", 3, "TXN_MANY")
    assert (last.amount_minor, last.currency, last.policy) == (32_000, "CNY", "night@3")
    assert sorted(Entity.objects.values_list("kind", "events", "held")) == [
        ("card", 4, 2),
        ("device", 4, 2),
        ("ip", 4, 2),
        ("phone", 4, 2),
        ("user", 4, 2),
    ]
    assert DecisionEntity.objects.count() == 20
    assert sorted(EntityLink.objects.values_list("count", flat=True)) == [4, 4, 4, 4]
    assert PublishedPolicy.objects.get().label == "night@3"


def test_orders_hold_until_they_end(night: Night) -> None:
    night.happened(
        order("hold.place", 1, entity_kind="user", entity_id="u1", verdict="freeze", measure="m1", reason="scam"),
        order("list.put", 2, list="stolen_cards", entry={"value": "c9", "reason": "reported"}),
        order("hold.release", 3, entity_kind="user", entity_id="u1", measure="m1"),
    )
    rows = EntityOrder.objects.order_by("id").values_list("key", "measure", "list_name", "verdict", "ended_seq")
    assert list(rows) == [("u1", "m1", "", 4, 4), ("c9", "", "stolen_cards", None, None)]
