"""The log becomes tables: once each, in order, whatever happens in between."""

from __future__ import annotations

from datetime import timedelta

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, append, event, order
from anxin.desk.decisioning.decisions.models import (
    Decision,
    DecisionEntity,
    Entity,
    EntityLink,
    EntityOrder,
    LogNote,
    PublishedPolicy,
)
from anxin.desk.decisioning.decisions.orders_seen import orders_seen
from anxin.desk.decisioning.decisions.projection.following import Follower
from anxin.desk.foundation.live.models import LiveMark


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


def test_what_the_gateway_refused_was_never_in_force_and_ends_nothing(night: Night) -> None:
    night.happened(
        order("hold.place", 1, entity_kind="user", entity_id="u1", verdict="freeze", measure="m1", control_seq=1),
        order("hold.place", 2, entity_kind="user", entity_id="u1", verdict="allow", measure="m1", control_seq=2),
        order("list.put", 3, list="stolen_cards", entry={"value": ""}, control_seq=3),
        order("policy.publish", 4, files={"policy.yaml": "name: ["}, control_seq=4),
    )
    rows = EntityOrder.objects.order_by("id").values_list("control_seq", "key", "refusal", "ended_seq")
    assert list(rows) == [
        (1, "u1", "", None),
        (2, "u1", "hold.invalid", 3),
        (3, "", "list.entry_invalid", 4),
    ]
    notes = LogNote.objects.filter(kind="control").order_by("id").values_list("code", "detail")
    assert list(notes)[:2] == [("hold.place", "hold.invalid"), ("list.put", "list.entry_invalid")]
    assert PublishedPolicy.objects.count() == 1
    seen = orders_seen(night.organisation.id, {1, 2, 3, 4, 5})
    assert seen == {1: "", 2: "hold.invalid", 3: "list.entry_invalid"}


def test_open_screens_hear_that_there_is_something_newer_at_most_once_a_second(night: Night) -> None:
    night.log(event(1))
    follower, marks = Follower(), LiveMark.objects.filter(topic="decisions").values_list("place", flat=True)
    follower.run(NIGHT)
    assert list(marks) == [2]
    later = order("list.put", 2, list="stolen_cards", entry={"value": "c"})
    append(night.data, night.organisation.slug, [later])
    seen = []
    for seconds in (0.4, 0.8, 1.0, 2.0):
        follower.run(NIGHT + timedelta(seconds=seconds))
        seen += marks.all()
    assert seen == [2, 2, 3, 3]
