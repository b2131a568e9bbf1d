"""What the language takes, what it refuses and where, and what expressions mean."""

from __future__ import annotations

from typing import Any

import pytest

from anxin.engine.lists.store import ListStore
from anxin.engine.policy.compiler.program import compile_policies
from anxin.engine.policy.interpreter import Situation
from anxin.engine.policy.language.check import check_expression
from anxin.engine.policy.language.types import Type
from anxin.engine.policy.scopes import RuleScope, Vocabulary
from anxin.engine.policy.tests.samples import INDEX_KEY, policy, small_schema
from anxin.engine.schema.decoder import EventDecoder

EVENT = "payment.attempted"
SAMPLE = policy("new_payee")
SCOPE = RuleScope(
    Vocabulary(SAMPLE.schema, dict(SAMPLE.features), dict(SAMPLE.computes), dict(SAMPLE.values), has_model=True),
    (EVENT,),
)

HOSTILE = [
    ("amount.__class__", "policy.not_allowed", 0),
    ("().__class__.__bases__", "policy.not_allowed", 0),
    ("__import__('os').system('x')", "policy.not_allowed", 0),
    ("__import__('os')", "policy.unknown_name", 0),
    ("eval('1')", "policy.unknown_name", 0),
    ("tries_1h > 2 ** 3", "policy.not_allowed", 11),
    ("tries_1h > 9**9**9", "policy.not_allowed", 11),
    ("tries_1h > 1 << 99", "policy.not_allowed", 11),
    ("(lambda: new_payee)()", "policy.not_allowed", 1),
    ("[x for x in device_flags] == 1", "policy.not_allowed", 0),
    ("{1: 2}", "policy.not_allowed", 0),
    ("device_flags[0] == 'x'", "policy.not_allowed", 0),
    ("f'{amount}' == 'x'", "policy.not_allowed", 0),
    ("(y := new_payee)", "policy.not_allowed", 1),
    ("b'x' == step_up", "policy.not_allowed", 0),
    ("... == step_up", "policy.not_allowed", 0),
    ("1j == 2", "policy.not_allowed", 0),
    ("step_up * 9999 == 'x'", "policy.type", 0),
    ("step_up + step_up == 'x'", "policy.type", 0),
    ("(abs if new_payee else min)(1)", "policy.not_allowed", 0),
    ("abs(*device_flags)", "policy.not_allowed", 4),
    ("min(tries_1h, b=2) > 1", "policy.not_allowed", 14),
    ("tries_1h > 99999999999999999999", "policy.too_large", 11),
    ("tries_1h > 1e999", "policy.too_large", 11),
    ("tries_1h > " + "9" * 3000, "policy.too_large", 11),
    ("(" * 41 + "new_payee" + ")" * 41, "policy.too_large", 40),
    ("not " * 45 + "new_payee", "policy.too_large", 156),
    ("-" * 3900 + "1 == 2", "policy.too_large", 0),
    ("new_payee" + " and new_payee" * 399, "policy.too_large", 4000),
    ("t" + " or t" * 500, "policy.too_large", 1995),
    ("new_payee or " * 90_000, "policy.too_large", 4000),
    ("tries_1h > " + "*".join(["1e99"] * 9), "policy.too_large", 11),
    ("matches(step_up, '" + "a" * 201 + "')", "policy.pattern", 17),
    ("matches(step_up, '(')", "policy.pattern", 17),
    (r"matches(step_up, r'(a)\1')", "policy.pattern", 17),
    ("matches(step_up, '((a{1,900}){1,900}){1,900}')", "policy.pattern", 17),
    ("matches(step_up, step_up)", "policy.type", 17),
    ("new_payee) or (new_payee", "policy.syntax", 9),
    ("new_payee; import os", "policy.syntax", 9),
    ("new_payee\x00", "policy.syntax", 0),
    ("", "policy.syntax", 0),
    ("new_payee == ", "policy.syntax", 13),
    ("import os", "policy.syntax", 0),
    ("new_payee # and amount", "", 0),
]


@pytest.mark.parametrize(("text", "code", "start"), HOSTILE, ids=[each[0][:30] for each in HOSTILE])
def test_hostile_texts_are_refused_at_their_place(text: str, code: str, start: int) -> None:
    tree, problems = check_expression(text, SCOPE, Type.BOOL)
    if not code:
        assert tree is not None
        return
    assert tree is None
    assert (problems[0].code, problems[0].start) == (code, start)
    assert problems[0].zh != problems[0].en


WRONG = [
    ("new_paye", 0, "unknown name new_paye (did you mean new_payee?)"),
    ("amount > 100", 0, "money > int cannot be compared (write money as CNY(100))"),
    ("new_payee and last_login < 5", 14, "duration < int cannot be compared (write a duration as minutes(30))"),
    ("amount > CNY(1) + USD(1)", 9, "CNY and USD do not compare"),
    ("amount in (CNY(1), USD(1))", 0, "CNY and USD do not compare"),
    ("CNY(1.001) < amount", 0, "more decimals than the currency has"),
    ("phone == '13800000000'", 0, "phone == text cannot be compared (put personal values on a list)"),
    ("ip in ('10.0.0.1', '10.0.0.2')", 0, "ip can only be looked up in list(…)"),
    ("step_up > 'a'", 0, "text > text cannot be compared"),
    ("last_card > last_card", 0, "token > token cannot be compared"),
    ("amount", 0, "expected bool, got money"),
    ("not amount", 4, "expected bool, got money"),
    ("(1 if new_payee else 'a') == 1", 1, "the branches differ: int and text"),
    ("amount * paid_24h > CNY(1)", 0, "money * money has no meaning"),
    ("step_up in ()", 11, "the group of values is empty"),
    ("step_up in ('a', 5)", 17, "expected text, got int"),
    ("step_up in (bin, 'a')", 12, "only literals may stand here"),
    ("step_up is 'a'", 0, "only “missing” may stand after “is”"),
    ("missing", 0, "“missing” may only stand after “is”"),
    ("length", 0, "length is a function and needs brackets"),
    ("1 < tries_1h in (2, 3)", 0, "“in” and “is” cannot be chained"),
    ("step_up in list(bin)", 0, 'write list("name")'),
    ("step_up in list('a b')", 0, 'write list("name")'),
    ("list('cards')", 0, "list(…) may only stand after “in”"),
    ("hour(amount) > 3", 5, "expected time, got money"),
    ("distance_km(1, 2) > 3", 0, "distance_km takes 4 arguments"),
    ("minutes(few) > last_login", 0, "write minutes(number)"),
    ("items is missing", 0, "payment.attempted has no field items"),
    ("nickname == 'x'", 0, "payment.attempted has no field nickname"),
    ('step_up == "中文" and new_paye', 20, "unknown name new_paye (did you mean new_payee?)"),
    ("new_payee and\n  new_paye", 16, "unknown name new_paye (did you mean new_payee?)"),
]


@pytest.mark.parametrize(("text", "start", "sentence"), WRONG, ids=[each[0][:40] for each in WRONG])
def test_wrong_expressions_are_told_at_their_character(text: str, start: int, sentence: str) -> None:
    tree, problems = check_expression(text, SCOPE, Type.BOOL)
    assert tree is None
    assert (problems[0].start, problems[0].en) == (start, sentence)


def test_all_problems_of_an_expression_are_told() -> None:
    _, problems = check_expression("new_paye or amount > 5 or step_up < 'x'", SCOPE, Type.BOOL)
    assert [each.start for each in problems] == [0, 12, 26]


ANSWERS: dict[str, Any] = {"tries_1h": 4, "cards_24h": 0, "paid_24h": 1000, "usual_amount": None, "takeover": 1}
FIELDS: dict[str, Any] = {
    "amount": 90_000,
    "currency": "CNY",
    "business_line": "local_life",
    "new_payee": True,
    "step_up": "sms",
    "device_flags": ["vpn", "rooted"],
    "geo_lat_e4": 399_042,
    "geo_lon_e4": 1_164_074,
    "phone": "13800000000",
    "last_login_at": None,
}
MEANING: list[tuple[str, bool | None]] = [
    ("amount >= high_order", True),
    ("amount >= CNY(900)", True),
    ("amount > CNY(900)", False),
    ("amount > USD(1)", None),
    ("amount > USD(1) or new_payee", True),
    ("amount > usual_amount", None),
    ("amount > usual_amount and not new_payee", False),
    ("not (amount > usual_amount)", None),
    ("usual_amount is missing", True),
    ("(amount > usual_amount) is missing", True),
    ("amount is not missing", True),
    ("tries_1h / cards_24h > 0", None),
    ("tries_1h / cards_24h is missing", True),
    ("tries_1h % 3 == 1", True),
    ("-7 // 2 == -4", True),
    ("7 / 2 == 3.5", True),
    ("1 < tries_1h <= 4", True),
    ("1 < tries_1h < 4", False),
    ("ratio is missing", True),
    ("takeover", True),
    ("not takeover", False),
    ("unconfirmed", None),
    ("not unconfirmed", None),
    ("unconfirmed or new_payee", True),
    ("(amount if unconfirmed else paid_24h) > CNY(0)", None),
    ("(amount if new_payee else usual_amount) > CNY(0)", True),
    ("step_up in ('sms', 'face')", True),
    ("step_up not in ('face', 'x')", True),
    ("pm_token in ('a', 'b')", None),
    ("'vpn' in device_flags", True),
    ("any_in(device_flags, ('x', 'rooted'))", True),
    ("length(device_flags) == 2", True),
    ("contains(lower(step_up), 'm') and starts_with(step_up, 's') and ends_with(step_up, 'ms')", True),
    (r"matches(step_up, '^\w{3}$')", True),
    ("matches(pm_token, 'a')", None),
    ("hour(occurred_at) == 20 and weekday(t) == 3", True),
    ("age(occurred_at) == seconds(0)", True),
    ("min(amount, paid_24h) == CNY(10)", True),
    ("max(1, 2.5, tries_1h) == 4", True),
    ("abs(1 - tries_1h) == 3", True),
    ("paid_24h * 2 == CNY(20) and amount / CNY(10) == 90", True),
    ("1066 < distance_km(geo_lat_e4, geo_lon_e4, 312304, 1214737) < 1069", True),
    ("phone in list('nobody')", False),
    ("JPY(5) < JPY(6) and KWD(0.001) == KWD(0.001)", True),
]


@pytest.fixture(scope="module")
def program() -> Any:
    sample = policy(*(text for text, _ in MEANING))
    return compile_policies([sample], small_schema(sample.schema, EVENT), index_key=INDEX_KEY, answers_all=True).live


@pytest.mark.parametrize("index", range(len(MEANING)), ids=[each[0][:40] for each in MEANING])
def test_meaning(program: Any, index: int) -> None:
    wanted = MEANING[index][1]
    base = {"event_id": "1", "event_type": EVENT, "occurred_at": 1_767_268_800_000}
    received = EventDecoder(SAMPLE.schema).decode_mapping(base | FIELDS)
    vector = [ANSWERS.get(name) for name in program.vector_names[EVENT]]
    lists = ListStore()
    situation = Situation(EVENT, received.event, received.t, vector, lists)
    fired, unknown = program.evaluate[EVENT](received.event, received.t, vector, lists, None)
    assert (index in fired, index in unknown) == (wanted is True, wanted is None)
    assert program.interpreter.truth(program.rules[index], situation) is wanted
