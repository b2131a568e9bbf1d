"""The interpreter's tree says what each leaf looked at, and never shows personal values."""

from __future__ import annotations

from typing import Any

from anxin.engine.lists.store import ListStore
from anxin.engine.policy.compiler.program import compile_policies
from anxin.engine.policy.evaluation import Branch, Evaluation, Leaf, Side, leaves_of
from anxin.engine.policy.interpreter import Situation
from anxin.engine.policy.language.types import Type
from anxin.engine.policy.tests.samples import INDEX_KEY, policy, small_schema
from anxin.engine.schema.decoder import EventDecoder

EVENT = "payment.attempted"


def interpreted(when: str, answers: dict[str, Any] | None = None, **fields: Any) -> Evaluation:
    sample = policy(when)
    program = compile_policies([sample], small_schema(sample.schema, EVENT), index_key=INDEX_KEY).live
    base = {"event_id": "1", "event_type": EVENT, "occurred_at": 10**12, "amount": 90_000, "currency": "CNY"}
    case = EventDecoder(sample.schema).decode_mapping(base | fields)
    vector = [(answers or {}).get(str(name)) for name in program.vector_names[EVENT]]
    return program.interpreter.interpret(
        program.rules[0], Situation(EVENT, case.event, case.t, vector, ListStore(), given={})
    )


def test_a_tree_of_truths() -> None:
    found = interpreted("new_payee and (amount >= high_order or not takeover)", new_payee=True)
    assert isinstance(found, Branch)
    assert (found.operator, found.truth) == ("and", None)
    first, second = found.parts
    assert isinstance(first, Leaf)
    assert (first.operator, first.truth, first.left.value) == ("holds", True, True)
    assert isinstance(second, Branch)
    assert [each.truth for each in second.parts] == [False, None]
    assert second.text == "amount >= high_order or not takeover"
    assert found.names == ("new_payee", "amount", "high_order", "takeover")


def test_a_comparison_shows_both_sides() -> None:
    found = interpreted("amount >= high_order")
    assert isinstance(found, Leaf)
    assert found.left == Side("amount", 90_000, Type.MONEY, ("amount",), "CNY")
    assert found.right == Side("high_order", 300_000, Type.MONEY, ("high_order",), "CNY")
    assert (found.text, found.operator, found.truth) == ("amount >= high_order", ">=", False)


def test_thresholds_follow_the_event() -> None:
    found = interpreted("amount >= high_order", business_line="local_life")
    assert isinstance(found, Leaf)
    assert found.right is not None
    assert (found.truth, found.right.value) == (True, 80_000)


def test_missing_names_reach_inside_computed_features() -> None:
    found = interpreted("ratio > 2", {"tries_1h": 3})
    assert isinstance(found, Leaf)
    assert (found.truth, found.missing) == (None, ("cards_24h",))
    divided = interpreted("ratio > 2", {"tries_1h": 3, "cards_24h": 0})
    assert isinstance(divided, Leaf)
    assert divided.missing == ("ratio",)


def test_every_kind_of_leaf() -> None:
    whens = {
        "step_up in ('sms', 'face')": "in",
        "any_in(device_flags, ('vpn', 'x'))": "any in",
        "pm_token not in list('cards')": "list",
        "'vpn' in device_flags": "within",
        "step_up is not missing": "missing",
        "matches(step_up, '^s')": "matches",
        "contains(step_up, 's')": "contains",
    }
    for when, operator in whens.items():
        (leaf,) = leaves_of(interpreted(when, step_up="sms", pm_token="c", device_flags=["vpn"]))
        assert (leaf.operator, leaf.truth) == (operator, True)
        assert leaf.text == when


def test_personal_values_are_not_shown() -> None:
    found = interpreted("phone in list('l') or ip in list('l')", phone="13800000000", ip="203.0.113.9")
    assert [each.left.value for each in leaves_of(found)] == ["•", "•"]
    assert "138" not in repr(found)
    assert "203.0" not in repr(found)


def test_given_values_replace_what_was() -> None:
    sample = policy("ratio > 2 and amount > CNY(5)")
    program = compile_policies([sample], small_schema(sample.schema, EVENT), index_key=INDEX_KEY).live
    base = {"event_id": "1", "event_type": EVENT, "occurred_at": 10**12, "amount": 1, "currency": "CNY"}
    case = EventDecoder(sample.schema).decode_mapping(base)
    situation = Situation(EVENT, case.event, case.t, [1, 1], ListStore(), given={"ratio": 3, "amount": 501})
    assert program.interpreter.truth(program.rules[0], situation) is True
    assert program.interpreter.value_of("ratio", situation) == 3
    assert program.interpreter.value_of("high_order", situation) == 300_000
