"""A decision explained, replayed, and never more of it shown than the reader may see."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, event, order
from anxin.desk.decisioning.decisions.explained import get_decision
from anxin.desk.decisioning.decisions.fields import read_sealed_field
from anxin.desk.decisioning.decisions.replay import replay_decision
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.vault.sealing import unseal

Actors = Callable[..., Actor]


def test_each_rule_says_why_or_why_not(night: Night, actor: Actors) -> None:
    night.happened(*(event(number) for number in range(3)))
    view = get_decision(event_id="e2", by=actor("specialist"))
    assert (view.line.verdict, view.line.rules, view.unexplained) == ("hold", ("TXN_MANY",), "")
    assert view.explanation is not None
    rules = {rule.rule: rule for rule in view.explanation.rules}
    assert rules["TXN_MANY"].has_fired
    assert not rules["TXN_STOLEN"].has_fired
    assert view.took_us == 312
    (feature,) = view.features
    assert (feature.name, feature.value, feature.window_ms) == ("user_payments_1h", 3, 3_600_000)
    first = get_decision(event_id="e0", by=actor("specialist", username="other"))
    assert first.explanation is not None
    (change,) = {rule.rule: rule for rule in first.explanation.rules}["TXN_MANY"].why_not.changes  # type: ignore[union-attr]
    assert (change.item, change.now, change.value) == ("user_payments_1h", 1, 3)


def test_lists_and_holds_are_those_of_then(night: Night, actor: Actors) -> None:
    night.happened(
        event(1, pm_token="c9"),
        order("list.put", 2, list="stolen_cards", entry={"value": "c9", "reason": "reported"}),
        event(3, pm_token="c9"),
        order("list.remove", 4, list="stolen_cards", value="c9"),
        order("hold.place", 5, entity_kind="user", entity_id="u1", verdict="freeze", measure="m1", reason="scam"),
        event(6, pm_token="c9"),
    )
    by = actor("specialist")
    before, listed, held = (get_decision(event_id=each, by=by) for each in ("e1", "e3", "e6"))
    assert [view.line.verdict for view in (before, listed, held)] == ["allow", "block", "freeze"]
    assert before.explanation is not None
    assert before.explanation.lists == ()
    assert listed.explanation is not None
    assert [(match.list, match.reason) for match in listed.explanation.lists] == [("stolen_cards", "reported")]
    assert held.explanation is not None
    assert [(hold.measure, hold.reason) for hold in held.explanation.holds] == [("m1", "scam")]
    assert [replay_decision(event_id=each, by=by).agrees for each in ("e1", "e3", "e6")] == [True, True, True]
    assert replay_decision(event_id="e6", by=by).verdict_again == "freeze"


@pytest.mark.parametrize("role", ["service_agent", "specialist", "mentor", "risk_analyst", "auditor"])
def test_no_clear_phone_mail_or_address_is_shown(night: Night, actor: Actors, role: str) -> None:
    personal = {"phone": "13800138000", "email": "li.lei@example.com", "ip": "203.0.113.77"}
    night.happened(event(1, **personal, reason_note="call 13800138000", geo_lat_e4=312_345))
    view = get_decision(event_id="e1", by=actor(role))
    text = repr(view)
    for clear in ("13800138000", "+8613800138000", "li.lei@example.com", "203.0.113.77", "312345"):
        assert clear not in text
    assert msgspec.json.encode(view.explanation)


def test_a_field_comes_sealed_for_the_reveal(night: Night, actor: Actors) -> None:
    night.happened(event(1, phone="13800138000"))
    by = actor("specialist")
    sealed = read_sealed_field(event_id="e1", path="phone", by=by, at=NIGHT)
    assert (sealed.kind, sealed.on) == ("phone", ("decision", "e1"))
    assert b"13800138000" not in sealed.value
    assert unseal(night.organisation.id, sealed.value, about=sealed.about) == "13800138000"
    with pytest.raises(NotFound):
        read_sealed_field(event_id="e1", path="email", by=by, at=NIGHT)


def test_who_may_not_sees_nothing(night: Night, other_night: Night, actor: Actors) -> None:
    night.happened(event(1))
    other_night.happened(event(2))
    with pytest.raises(Forbidden):
        get_decision(event_id="e1", by=actor("administrator"))
    with pytest.raises(NotFound):
        get_decision(event_id="e2", by=actor("specialist"))
