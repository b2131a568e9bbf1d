"""What `docs/policy.md` shows is a policy that works, word for word."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from anxin.engine.policy.loader import parse_policy
from anxin.engine.policy.problems import PolicyErrors
from anxin.engine.policy.report import check_files
from anxin.engine.policy.tests.samples import files, rule

PAGE = Path(__file__).parents[5] / "docs" / "policy.md"
NAMES = ("policy.yaml", "events.yaml", "features/a.yaml", "rules/a.yaml", "lists/a.yaml")
EXPRESSIONS = {
    "CNY": "amount > CNY(3000)",
    "seconds": "age(occurred_at) < minutes(5) + seconds(3) + hours(1) + days(2)",
    "matches": 'matches(user_agent, "^curl/")',
    "contains": 'contains(user_agent, "x") or starts_with(user_agent, "x") or ends_with(user_agent, "x")',
    "lower": 'lower(user_agent) == "curl" and length(user_agent) > 2 and length(device_flags) > 1',
    "any_in": 'any_in(device_flags, list("bad")) or any_in(device_flags, ("root", "hook"))',
    "abs": "abs(amount) == min(amount, max(amount, amount))",
    "hour": "hour(occurred_at) < 6 and weekday(occurred_at) == 0",
    "distance_km": "distance_km(geo_lat_e4, geo_lon_e4, 312300, 1214700) > 500",
    "age": "age(occurred_at) > days(1)",
}


def shown() -> dict[str, str]:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    found = dict(zip(NAMES, blocks, strict=True))
    return found | {"policy.yaml": re.sub(r"(?m)^model:.*$", "", found["policy.yaml"])}


def test_the_policy_of_the_page_can_be_used_and_passes_its_own_tests() -> None:
    report = check_files(shown(), date(2026, 11, 20))
    assert report.lines("en") == []
    assert report.policy is not None
    assert (len(report.tests), report.failed_tests) == (4, ())


def test_every_function_of_the_page_is_written_as_it_says() -> None:
    rows = re.findall(r"(?m)^\| `([a-zA-Z_]+)\(", PAGE.read_text(encoding="utf-8"))
    assert rows == list(EXPRESSIONS)
    lists = "lists: {bad: {text: {zh: 名单, en: list}, entries: [root]}}"
    parse_policy(files(*(rule(each, rule_id=f"R{n}") for n, each in enumerate(EXPRESSIONS.values())), lists__a=lists))


@pytest.mark.parametrize(
    "when",
    [
        "amount ** 2 > 4",
        "amount << 2 > 4",
        "amount.real > 4",
        "device_flags[0] == 'x'",
        "(lambda: true)()",
        "[x for x in device_flags]",
        'f"{amount}" == "4"',
        'user_agent * 3 == "aaa"',
        f"amount > {2**63}",
        " or ".join(["amount > 1"] * 200),
        "(" * 41 + "amount" + ")" * 41 + " > 1",
        "amount > 1" + " " * 4_000,
        f'matches(user_agent, "{"a" * 201}")',
    ],
)
def test_what_the_page_rules_out_is_refused_with_its_place(when: str) -> None:
    with pytest.raises(PolicyErrors) as caught:
        parse_policy(files(rule(when)))
    assert all(re.match(r"rules/all\.yaml:\d+:\d+: ", each.sentence("en")) for each in caught.value.problems)
