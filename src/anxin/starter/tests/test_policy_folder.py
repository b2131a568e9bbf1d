"""The shipped folder: it loads clean, every rule is whole, and the page in the docs is up to date."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from anxin.engine.policy.definition import Policy, Rule
from anxin.engine.policy.language import nodes
from anxin.engine.policy.report import check_policy
from anxin.engine.verdict import Verdict
from anxin.starter.catalogue import REMARKS, STARTER_FOLDER, features_of, lists_of, load_starter, render_catalogue

TODAY = date(2026, 11, 22)
CATALOGUE_RULES = frozenset(
    [f"RA{n:02d}" for n in range(1, 15)]
    + [f"RC{n:02d}" for n in range(1, 13)]
    + [f"RT{n:02d}" for n in range(1, 21)]
    + [f"RS{n:02d}" for n in range(1, 6)]
    + [f"RI{n:02d}" for n in range(1, 7)]
    + [f"RO{n:02d}" for n in range(1, 5)]
)
CHINESE = re.compile("[\u4e00-\u9fff]")
ASCII_MARKS = re.compile("[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]")


@cache
def starter() -> Policy:
    return load_starter(today=TODAY)


RULES = {rule.id: rule for rule in load_starter().rules}
ALL = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def test_folder_loads_without_a_warning() -> None:
    assert starter().warnings == ()
    assert (starter().name, starter().label) == ("starter", "starter@2026.11.1")


def test_every_rule_of_the_risk_catalogue_is_there() -> None:
    assert len(CATALOGUE_RULES) == 61
    assert set(RULES) >= CATALOGUE_RULES


def test_rule_ids_are_unique_over_all_files() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((STARTER_FOLDER / "rules").glob("*.yaml")))
    written = re.findall(r"^  ([A-Z]+\d+):$", text, re.MULTILINE)
    assert sorted(written) == sorted(RULES)


@ALL
def test_rule_has_texts_owner_and_source(rule: Rule) -> None:
    texts = [rule.title, rule.reasons.agent, rule.reasons.user, rule.reasons.auditor]
    assert all(CHINESE.search(text.zh) and not CHINESE.search(text.en) for text in texts)
    assert not any(ASCII_MARKS.search(text.zh) for text in texts)
    assert rule.owner
    assert rule.source


@ALL
def test_auditor_reads_the_rule_and_the_user_reads_no_threshold(rule: Rule) -> None:
    for auditor, user in (
        (rule.reasons.auditor.zh, rule.reasons.user.zh),
        (rule.reasons.auditor.en, rule.reasons.user.en),
    ):
        assert auditor.startswith(rule.id)
        assert not any(name in user for name in starter().values)
        assert rule.id not in user


@ALL
def test_auditor_reads_every_threshold_and_list(rule: Rule) -> None:
    named = {each.name.removesuffix("_eur") for each in rule.when.tree.walk() if isinstance(each, nodes.Named)}
    for text in (rule.reasons.auditor.zh, rule.reasons.auditor.en):
        assert [name for name in sorted(named | lists_of(starter(), rule)) if name not in text] == []


@ALL
def test_rule_is_reviewed_within_ninety_days(rule: Rule) -> None:
    assert rule.expires == date(2027, 2, 20)


@ALL
def test_stopping_rules_have_a_budget_and_tell_the_way_back(rule: Rule) -> None:
    if rule.verdict >= Verdict.HOLD:
        assert rule.budget.share is not None
        assert rule.budget.per_hour is not None
    else:
        assert rule.budget.share is None


@ALL
def test_quiet_rules_never_reach_a_verdict_by_their_own_score(rule: Rule) -> None:
    if rule.verdict is Verdict.ALLOW and rule.score is not None:
        assert rule.score < 30


def test_every_feature_and_list_is_used() -> None:
    policy = starter()
    used = {name for rule in policy.rules for name in features_of(policy, rule)}
    assert used == set(policy.features) | set(policy.computes)
    assert {name for rule in policy.rules for name in lists_of(policy, rule)} == set(policy.lists)


def test_every_feature_has_both_languages() -> None:
    policy = starter()
    texts = [each.text for each in policy.features.values()]
    texts += [each.text for each in policy.computes.values()] + [each.text for each in policy.lists.values()]
    assert all(CHINESE.search(text.zh) and not CHINESE.search(text.en) for text in texts)


def test_every_threshold_is_used() -> None:
    policy = starter()
    sources = [rule.when.source for rule in policy.rules] + [
        each.expression.source for each in policy.computes.values()
    ]
    assert [name for name in policy.values if not any(re.search(rf"\b{name}\b", text) for text in sources)] == []


def test_readme_explains_every_action() -> None:
    readme = (STARTER_FOLDER / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## Actions")[2].partition("## Files")[0]
    assert set(re.findall(r"`([a-z_0-9]+)`", table)) == {action for rule in RULES.values() for action in rule.actions}


def test_list_entries_are_reserved_examples() -> None:
    for declared in starter().lists.values():
        for entry in declared.entries:
            if declared.name != "protected_names":
                assert re.search(r"example|2001:db8|^6450[01]$", entry.value), entry


def test_every_feature_of_the_risk_catalogue_is_looked_at_or_has_its_reason() -> None:
    looked_at = {found for rule in RULES.values() for found in re.findall(r"F\d\d\b", rule.source)}
    catalogue = {f"F{number:02d}" for number in range(1, 53)}
    assert looked_at <= catalogue
    assert catalogue - looked_at <= set(REMARKS) <= catalogue


def test_page_in_the_docs_is_up_to_date() -> None:
    page = Path(STARTER_FOLDER).parents[2] / "docs" / "starter-policy.md"
    assert page.read_text(encoding="utf-8") == render_catalogue(starter())


def test_tests_of_the_rules_pass() -> None:
    report = check_policy(STARTER_FOLDER, TODAY)
    assert report.lines("en") == []
    assert report.is_right
    assert len(report.tests) >= 4 * len(RULES)
