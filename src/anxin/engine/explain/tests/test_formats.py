from __future__ import annotations

import pytest

from anxin.engine.decision import Text
from anxin.engine.explain.field_names import field_name
from anxin.engine.explain.formats import Meaning, shown
from anxin.engine.explain.placeholders import PLAIN_FOR_USERS, Template, reason
from anxin.engine.policy.language.types import Type
from anxin.engine.schema.schema import Schema


@pytest.mark.parametrize(
    ("value", "meaning", "zh", "en"),
    [
        (980_000, Meaning(Type.MONEY, "amount", "CNY"), "9,800.00 元", "CNY 9,800.00"),
        (980_000, Meaning(Type.MONEY, "amount", "JPY"), "JPY 980,000", "JPY 980,000"),
        (1234, Meaning(Type.MONEY, "amount", "KWD"), "KWD 1.234", "KWD 1.234"),
        (-5, Meaning(Type.MONEY, "change", "EUR"), "EUR -0.05", "EUR -0.05"),
        (5, Meaning(Type.MONEY), "0.05", "0.05"),
        (123_456_789, Meaning(Type.MONEY, "paid", "USD"), "USD 1,234,567.89", "USD 1,234,567.89"),
        (1050.5, Meaning(Type.MONEY, "mean", "CNY"), "10.50 元", "CNY 10.50"),
        (7_500_000, Meaning(Type.DURATION), "2小时5分钟", "2 h 5 min"),
        (1_800_000, Meaning(Type.DURATION), "30分钟", "30 min"),
        (90_061_000, Meaning(Type.DURATION), "1天1小时", "1 d 1 h"),
        (65_000, Meaning(Type.DURATION), "1分钟5秒", "1 min 5 s"),
        (-250, Meaning(Type.DURATION), "-250毫秒", "-250 ms"),
        (0, Meaning(Type.DURATION), "0秒", "0 s"),
        (123, Meaning(Type.INT, "fp_changed_permille"), "12.3%", "12.3%"),
        (700, Meaning(Type.INT, "fp_changed_permille"), "70%", "70%"),
        (300, Meaning(Type.INT, "since_login_s"), "5分钟", "5 min"),
        (2, Meaning(Type.INT, "link_domain_age_days"), "2天", "2 d"),
        (0, Meaning(Type.INT, "actor_age_days"), "0天", "0 d"),
        (7, Meaning(Type.INT), "7", "7"),
        (12_345, Meaning(Type.INT), "12,345", "12,345"),
        (2 / 3, Meaning(Type.NUMBER), "0.6667", "0.6667"),
        (1_700_000_000_000, Meaning(Type.TIME), "2023-11-14 22:13:20 UTC", "2023-11-14 22:13:20 UTC"),
        (True, Meaning(Type.BOOL), "是", "yes"),
        (None, Meaning(Type.MONEY, "amount", "CNY"), "缺失", "missing"),
        ("hosting", Meaning(Type.TEXT), "“hosting”", "“hosting”"),
        (["a", "b"], Meaning(Type.TEXTS), "“a、b”", "“a, b”"),
        ("x" * 80, Meaning(Type.TEXT), "“" + "x" * 58 + "…", "“" + "x" * 58 + "…"),
        ("203.0.113.9", Meaning(Type.IP), "（已隐藏）", "(hidden)"),
        (-812, Meaning(Type.TOKEN), "（已隐藏）", "(hidden)"),
    ],
)
def test_a_value_is_shown(value: object, meaning: Meaning, zh: str, en: str) -> None:
    assert shown(value, meaning) == Text(zh, en)


def values(name: str) -> Text:
    return Text(f"<{name}>", f"[{name}]")


def test_placeholders_are_filled_in_both_languages() -> None:
    template = Template(Text("{amount} 付给 {payee}，{amount}", "{amount} {{to}} a payee"))
    assert template.names == ("amount", "payee")
    assert template.fill(values) == Text("<amount> 付给 <payee>，<amount>", "[amount] {to} a payee")


def test_a_user_never_sees_a_value() -> None:
    assert reason("user", Text("金额 {amount}", "fine"), values) == PLAIN_FOR_USERS
    assert reason("user", Text("请核实", "Please check"), values) == Text("请核实", "Please check")
    assert reason("agent", Text("金额 {amount}", "Amount {amount}"), values) == Text("金额 <amount>", "Amount [amount]")


def test_braces_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="}"):
        Template(Text("{amount", "x"))


def test_every_field_of_the_catalogue_has_a_name_in_both_languages() -> None:
    fields = {name for event in Schema.shipped().events.values() for name in event.fields}
    assert [name for name in sorted(fields) if field_name(name).zh == name] == []
