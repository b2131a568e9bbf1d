"""Rules' own tests, the report on a policy, and the changes between two."""

from __future__ import annotations

from datetime import date

import pytest

from anxin.engine.policy.diff import Attribute, Change, diff_policies
from anxin.engine.policy.loader import parse_policy
from anxin.engine.policy.report import check_files
from anxin.engine.policy.tests.samples import FEATURES, SETTINGS, files, rule

TODAY = date(2026, 11, 22)
CASES = """      fires: [{event: {amount: 1}}, {event: {amount: 2}}]
      quiet: [{event: {amount: 1}}, {event: {amount: 2}}]
"""


def with_tests(when: str, fires: list[str], quiet: list[str]) -> dict[str, str]:
    cases = f"      fires: [{', '.join(fires)}]\n      quiet: [{', '.join(quiet)}]\n"
    declared = "lists: {cards: {text: {zh: 卡, en: cards}}, n: {text: {zh: 网段, en: networks}}}\n"
    found = files(rule(when), lists__all=declared)
    assert CASES in found["rules/all.yaml"]
    found["rules/all.yaml"] = found["rules/all.yaml"].replace(CASES, cases)
    return found


def test_tests_set_events_features_lists_and_scores() -> None:
    report = check_files(
        with_tests(
            'tries_1h > 2 and (ratio > 1 or pm_token in list("cards") or ip in list("n")) and model_score > 50',
            [
                "{event: {amount: 1}, given: {tries_1h: 3, ratio: 2, model_score: 51}}",
                "{event: {amount: 1, pm_token: c}, given: {tries_1h: 3, model_score: 51, lists: {cards: [c]}}}",
                "{event: {amount: 1, ip: 10.1.1.1}, given: {tries_1h: 3, model_score: 51, lists: {n: [10.0.0.0/8]}}}",
            ],
            [
                "{event: {amount: 1}, given: {tries_1h: 2, ratio: 2, model_score: 51}}",
                "{event: {amount: 1}, given: {tries_1h: 3, ratio: 2}}",
            ],
        ),
        TODAY,
    )
    assert report.lines("en") == []
    assert report.is_right
    assert [each.truth for each in report.tests] == [True, True, True, False, None]


@pytest.mark.parametrize("given", ['tries_1h: "x"', "tries_1h: [3]", "ratio: 1e400", "few: soon", "takeover: maybe"])
def test_a_given_value_of_another_type_is_told_and_breaks_nothing(given: str) -> None:
    case = f"{{event: {{amount: 1}}, given: {{{given}}}}}"
    report = check_files(with_tests("tries_1h > few and ratio > 1 and takeover", [case] * 2, [case] * 2), TODAY)
    name = given.partition(":")[0]
    assert [line.partition(": ")[2] for line in report.lines("en")] == [f"{name} in “given” has to be a number"] * 4
    assert f"given 中的 {name} 应为数字" in report.lines("zh")[0]


def test_two_names_of_one_feature_are_one_feature() -> None:
    case = "{event: {amount: 1}, given: {tries_1h: %s}}"
    found = with_tests("tries_1h > 2", [case % 3] * 2, [case % 2] * 2)
    twice = FEATURES.partition("  tries_1h: ")[2].partition("\n  ")[0]
    found["features/more.yaml"] = f"features:\n  again_1h: {twice}\n"
    assert check_files(found, TODAY).lines("en") == []


def test_a_rule_that_fails_closed_fires_when_unknown() -> None:
    events = "{event: {amount: 1}}", "{event: {amount: 1, new_payee: false}}"
    found = with_tests("new_payee", [events[0]] * 2, [events[1]] * 2)
    assert not check_files(found, TODAY).is_right
    found["rules/all.yaml"] = found["rules/all.yaml"].replace("area: TXN", "area: TXN\n    on_unknown: closed")
    assert check_files(found, TODAY).is_right


def test_failed_tests_are_told_at_their_place() -> None:
    report = check_files(
        with_tests(
            "new_payee and amount > CNY(5)",
            [
                "{event: {amount: 501, new_payee: true}}",
                "{event: {amount: 500, new_payee: true}}",
                "{event: {amount: 900}}",
            ],
            ["{event: {amount: 501, new_payee: true}}", "{event: {amount: five}}", "{event: {}, given: {nothing: 1}}"],
        ),
        TODAY,
    )
    assert not report.is_right
    assert report.lines("en") == [
        "rules/all.yaml:16:56: the rule should fire, but its condition is false",
        "rules/all.yaml:16:97: the rule should fire, but its condition is unknown",
        "rules/all.yaml:17:15: the rule should stay quiet, but its condition is true",
        "rules/all.yaml:17:56: Field amount is not right: expected an integer, got a text",
        "rules/all.yaml:17:81: nothing in “given” is not a feature",
    ]
    assert report.lines("zh")[0] == "rules/all.yaml:16:56: 测试应触发，条件却不成立"


def test_a_wrong_policy_has_a_report_without_tests() -> None:
    report = check_files(files(rule("new_paye")), TODAY)
    assert (report.policy, report.tests, report.is_right) == (None, (), False)
    assert len(report.lines("en")) == 1


def test_no_change_is_no_difference() -> None:
    before = parse_policy(files(rule("amount > CNY(5)")))
    assert diff_policies(before, parse_policy(files(rule("amount  >  (CNY(5))")))) == []


def test_changes_name_what_changed() -> None:
    before = parse_policy(files(rule("amount > CNY(5)"), rule("new_payee", rule_id="RT02")))
    milder = rule("amount > CNY(6)").replace("verdict: hold", "verdict: freeze").replace("severity: 1", "severity: 2")
    found = files(milder, rule("new_payee", rule_id="RT03"))
    found["policy.yaml"] = SETTINGS.replace("few: 3", "few: 4").replace('"1"', '"2"')
    found["features/all.yaml"] = FEATURES.replace("by: user, over: 24h}", "by: user, over: 12h}")
    changes = diff_policies(before, parse_policy(found))
    assert changes == [
        Change("settings", "sample", "changed", (Attribute("version", "1", "2"),)),
        Change("value", "few", "changed", (Attribute("value", "3", "4"),)),
        Change("feature", "cards_24h", "changed", (Attribute("window_ms", "86400000", "43200000"),)),
        Change("feature", "paid_24h", "changed", (Attribute("window_ms", "86400000", "43200000"),)),
        Change(
            "rule",
            "RT01",
            "changed",
            (
                Attribute("when", "amount > CNY(5)", "amount > CNY(6)"),
                Attribute("verdict", "hold", "freeze"),
                Attribute("severity", "1", "2"),
            ),
            is_stricter=True,
        ),
        Change("rule", "RT02", "removed"),
        Change("rule", "RT03", "added", is_stricter=True),
    ]
    assert changes[1].line() == "changed value few: value: 3 → 4"
    assert changes[5].line("zh") == "删除 规则 RT02"
