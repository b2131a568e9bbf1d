from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.engine.decision import Text
from anxin.engine.explain.explanation import RuleFact
from anxin.engine.explain.flip import truth_of
from anxin.engine.explain.tests.shop import explainer, interpreter, rule
from anxin.engine.verdict import Verdict

FIELDS = {"new_payee": True, "pm_token": "c9", "ip": "10.1.2.3", "phone": "13800000000", "since_login_s": 90}


def fact(when: str, fields: dict[str, object] | None = None, **answers: object) -> RuleFact:
    event = {name: value for name, value in {**FIELDS, **(fields or {})}.items() if value is not None}
    explain = explainer(event, **answers)
    asked = rule(when)
    evaluation = interpreter().interpret(asked, explain.situation)
    return explain.fact(asked, evaluation, verdict=asked.verdict, is_braked=False)


def test_a_threshold_of_a_line_and_region_says_so() -> None:
    (leaf,) = fact("amount > high", {"business_line": "local_life", "region": "31"}).leaves
    assert (leaf.outcome, leaf.threshold) == ("true", 80_000)
    assert leaf.override == {"business_line": "local_life", "region": "31"}
    assert leaf.text == Text(
        "金额 2,800.00 元，阈值 > 800.00 元（high，业务线 local_life，地区 31）",
        "amount: CNY 2,800.00, threshold > CNY 800.00 (high, business line local_life, region 31)",
    )
    (elsewhere,) = fact("amount > high", {"business_line": "local_life", "region": "11"}).leaves
    assert (elsewhere.threshold, elsewhere.override) == (300_000, {})


@pytest.mark.parametrize(
    ("when", "outcome", "zh", "en"),
    [
        (
            "tries_30m >= 5",
            "true",
            "30分钟内付款尝试次数 7，阈值 ≥ 5",
            "payment attempts in 30 minutes: 7, threshold ≥ 5",
        ),
        (
            "5 <= tries_30m",
            "true",
            "30分钟内付款尝试次数 7，阈值 ≥ 5",
            "payment attempts in 30 minutes: 7, threshold ≥ 5",
        ),
        (
            "amount > high",
            "false",
            "金额 2,800.00 元，阈值 > 3,000.00 元（high）",
            "amount: CNY 2,800.00, threshold > CNY 3,000.00 (high)",
        ),
        (
            "amount >= usual",
            "unknown",
            "金额 2,800.00 元，阈值 ≥ 缺失（平时付款金额）",
            "amount: CNY 2,800.00, threshold ≥ missing (usual payment)",
        ),
        ("new_payee", "true", "新收款方：是", "new payee: yes"),
        ("screen_sharing", "unknown", "屏幕共享：未知", "screen sharing: unknown"),
        ("step_up is missing", "true", "加强验证缺失：是", "step-up missing: yes"),
        (
            'pm_token in ("c1", "c2")',
            "false",
            "支付工具 “c9”，要求 属于 “c1”、“c2”",
            "payment method: “c9”, asked: one of “c1”, “c2”",
        ),
        (
            'pm_token in list("cards")',
            "false",
            "支付工具在名单“盗刷卡”中：否",
            "payment method on list “stolen cards”: no",
        ),
        ('phone not in list("bad")', "false", "手机号不在名单“bad”中：否", "phone not on list “bad”: no"),
        (
            'starts_with(pm_token, "c")',
            "true",
            "支付工具 “c9”，要求 开头为 “c”",
            "payment method: “c9”, asked: starts with “c”",
        ),
        (
            "amount * 2 < CNY(1)",
            "false",
            "金额 × 2 为 5,600.00 元，阈值 < 1.00 元",
            "amount × 2: CNY 5,600.00, threshold < CNY 1.00",
        ),
        (
            "(amount - usual) * 10 >= few * max(10 * usual, usual)",
            "unknown",
            "(金额 − 平时付款金额) × 10 为 缺失，阈值 ≥ 缺失（few × 较大者(10 × 平时付款金额, 平时付款金额)）",
            "(amount − usual payment) × 10: missing, threshold ≥ missing"
            " (few × larger(10 × usual payment, usual payment))",
        ),
        (
            "tries_30m >= many",
            "false",
            "30分钟内付款尝试次数 7，阈值 ≥ 9（短时间付款次数）",
            "payment attempts in 30 minutes: 7, threshold ≥ 9 (payments in a short time)",
        ),
        ("hour(t) < 6", "false", "事件时间的小时 20，阈值 < 6", "hour of time of the event: 20, threshold < 6"),
        (
            "pm_token == last_card",
            "false",
            "支付工具 “c9”，阈值 = （已隐藏）（上次的卡）",
            "payment method: “c9”, threshold = (hidden) (last card)",
        ),
        (
            "since_login_s < 60",
            "false",
            "登录后时长 1分钟30秒，阈值 < 1分钟",
            "time since login: 1 min 30 s, threshold < 1 min",
        ),
    ],
)
def test_a_leaf_is_told(when: str, outcome: str, zh: str, en: str) -> None:
    leaf = fact(when, tries_30m=7, last_card=44).leaves[0]
    assert (leaf.outcome, leaf.text) == (outcome, Text(zh, en))


@pytest.mark.parametrize(
    ("when", "zh", "en"),
    [
        (
            "amount >= CNY(3000)",
            "金额需至少为 3,000.00 元（+200.00 元）",
            "amount must be at least CNY 3,000.00 (+CNY 200.00)",
        ),
        (
            "amount < CNY(100)",
            "金额需至多为 99.99 元（−2,700.01 元）",
            "amount must be at most CNY 99.99 (−CNY 2,700.01)",
        ),
        ("amount >= usual", "金额 ≥ 平时付款金额 需成立", "amount ≥ usual payment must hold"),
        (
            "not (new_payee or screen_sharing)",
            "新收款方需为否；屏幕共享需为否",
            "new payee must be no; screen sharing must be no",
        ),
        (
            "5 <= tries_30m < 9",
            "30分钟内付款尝试次数需至少为 5（+4）",
            "payment attempts in 30 minutes must be at least 5 (+4)",
        ),
        ("share > 0.5", "拒付占比需有值，如大于 0.5", "share of declines must be present, such as more than 0.5"),
        ('pm_token in ("c1", "c2")', "支付工具需为“c1”", "payment method must be “c1”"),
        ('pm_token in list("cards")', "支付工具需在名单“盗刷卡”中", "payment method must be on list “stolen cards”"),
        ("step_up is not missing", "加强验证需有值", "step-up must be present"),
        ('phone not in list("bad")', "手机号需不在名单“bad”中", "phone must not be on list “bad”"),
        ("call_in_progress is not missing and call_in_progress", "正在通话需为是", "call in progress must be yes"),
        ('ends_with(pm_token, "x")', "支付工具需结尾为 “x”", "payment method must be so: ends with “x”"),
        (
            "age(occurred_at) > minutes(5)",
            "距事件时间的时长需大于 5分钟（+5分钟）",
            "time since time of the event must be more than 5 min (+5 min)",
        ),
        (
            "amount * 3 > CNY(10000)",
            "金额需至少为 3,333.34 元（+533.34 元）",
            "amount must be at least CNY 3,333.34 (+CNY 533.34)",
        ),
        (
            "10 - tries_30m * 2 <= few",
            "30分钟内付款尝试次数需至少为 4（+3）",
            "payment attempts in 30 minutes must be at least 4 (+3)",
        ),
        ("amount >= EUR(10)", "金额需为同一币种（CNY ≠ EUR）", "amount must be in the same currency (CNY ≠ EUR)"),
        ("screen_sharing if new_payee else tries_30m >= 2", "屏幕共享需为是", "screen sharing must be yes"),
        ("tries_30m < 0", "没有任何取值能使这条规则成立", "No values could make this rule true"),
    ],
)
def test_why_not_names_the_smallest_change(when: str, zh: str, en: str) -> None:
    why_not = fact(when, tries_30m=1).why_not
    assert why_not is not None
    assert (why_not.text.zh.rpartition("：")[2], why_not.text.en.rpartition("if: ")[2]) == (zh, en)


def test_why_not_carries_values_and_failed_leaves() -> None:
    why_not = fact("new_payee and amount >= CNY(3000) and (screen_sharing or tries_30m >= 5)", tries_30m=4).why_not
    assert why_not is not None
    assert why_not.failed == (1, 2, 3)
    assert [(each.item, each.now, each.value, each.leaves) for each in why_not.changes] == [
        ("amount", 280_000, 300_000, (1,)),
        ("tries_30m", 4, 5, (3,)),
    ]
    assert (why_not.is_checked, why_not.is_smallest) == (True, True)


def test_a_change_that_moves_another_threshold_is_followed() -> None:
    why_not = fact("usual > CNY(5000) and amount >= usual", usual=100).why_not
    assert why_not is not None
    assert [(each.item, each.value) for each in why_not.changes] == [("usual", 500_001), ("amount", 500_001)]
    assert (why_not.is_checked, why_not.is_smallest) == (True, False)


def test_a_value_that_is_only_asked_to_be_there_is_not_made_up() -> None:
    why_not = fact("since_login_s is not missing and since_login_s * 2 < 60", {"since_login_s": None}).why_not
    assert why_not is not None
    assert why_not.is_checked is None
    assert why_not.text.en == (
        "It would fire if: time since login must be present; time since login × 2 must be present, such as 59"
    )


def test_what_cannot_hold_together_is_said() -> None:
    why_not = fact("usual > CNY(5000) and amount >= usual and high == amount", usual=100).why_not
    assert why_not is not None
    assert why_not.is_checked is False
    assert why_not.text.zh.startswith("这些条件互相影响")


def test_three_readers_two_languages() -> None:
    told = fact("new_payee", usual=50_000, tries_30m=7)
    assert told.reasons is not None
    assert told.reasons.agent == Text(
        "金额 2,800.00 元，平时 500.00 元", "Amount CNY 2,800.00, usually CNY 500.00, phone (hidden)"
    )
    assert told.reasons.user == Text("请再次确认", "Please confirm again")
    assert told.reasons.auditor == Text("阈值 3,000.00 元", "Attempts 7, bound CNY 3,000.00")
    assert told.why_not is None


def test_a_rule_that_fails_closed_has_fired_when_unknown() -> None:
    asked = replace(rule("screen_sharing"), fails_closed=True)
    explain = explainer()
    evaluation = interpreter().interpret(asked, explain.situation)
    told = explain.fact(asked, evaluation, verdict=Verdict.REVIEW, is_braked=True)
    assert (told.outcome, told.has_fired, told.points) == ("unknown", True, 60)
    assert (told.verdict, told.is_braked) == ("review", True)


ATOMS = [
    "new_payee",
    "screen_sharing",
    "tries_30m >= 3",
    "tries_30m < 2",
    "not declines == 1",
    "usual > CNY(20)",
    "amount <= CNY(2800)",
    "amount > high",
    "usual is missing",
    "share <= 0.5",
    'step_up in ("sms", "face")',
    'step_up != "sms"',
    "3 <= declines < 9",
    "declines * 3 - 2 > 7",
    "amount * 2 <= few * amount + CNY(9)",
    "few - tries_30m * 2 >= 1",
    "(screen_sharing if new_payee else declines > 4)",
]
conditions = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or", "and not"]), inner),
    max_leaves=5,
)
fields = st.fixed_dictionaries(
    {"new_payee": st.booleans(), "amount": st.sampled_from([0, 280_000, 10**6])},
    optional={"screen_sharing": st.booleans(), "step_up": st.sampled_from(["sms", "face", "none"])},
)
counts = st.integers(0, 9)


@settings(max_examples=100, deadline=None)
@given(conditions, fields, counts, counts, st.none() | st.integers(0, 9000))
def test_the_changed_values_really_make_the_rule_true(
    when: str, event: dict[str, object], tries: int, declines: int, usual: int | None
) -> None:
    explain = explainer(event, tries_30m=tries, declines=declines, usual=usual)
    asked = rule(when)
    evaluation = interpreter().interpret(asked, explain.situation)
    examined = explain.examine(evaluation)
    assert truth_of(examined.condition, examined.truths) is evaluation.truth
    if evaluation.truth is True:
        return
    why_not = explain.why_not(asked, examined)
    assert why_not.failed
    if why_not.changes and "share" not in when:
        assert why_not.is_checked or any(change.value is None for change in why_not.changes)
        assert why_not.is_checked is not False
