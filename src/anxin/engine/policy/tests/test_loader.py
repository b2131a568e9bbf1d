"""Every problem of a policy is told, in one go, at its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from anxin.engine.policy.loader import load_policy, parse_policy, read_policy_files
from anxin.engine.policy.problems import PolicyErrors
from anxin.engine.policy.report import check_files
from anxin.engine.policy.tests.samples import FEATURES, MODEL, SETTINGS, files, rule
from anxin.engine.verdict import Verdict
from anxin.engine.windows.plan import Aggregate


def problems(found: dict[str, str]) -> list[str]:
    with pytest.raises(PolicyErrors) as caught:
        parse_policy(found)
    assert all(each.zh for each in caught.value.problems)
    return [each.sentence("en") for each in caught.value.problems]


def test_a_policy_is_read_whole() -> None:
    policy = parse_policy(files(rule("amount >= high_order")))
    assert policy.label == "sample@1"
    assert policy.rules[0].verdict is Verdict.HOLD
    assert policy.rules[0].expires == date(2027, 2, 20)
    assert policy.features["usual_amount"].aggregate is Aggregate.QUANTILE
    assert (policy.features["usual_amount"].quantile, policy.features["usual_amount"].min_rows) == (950, 5)
    assert policy.features["risky_tries_1h"].by == ("device", "user")
    assert policy.values["high_order"].overrides[1].when == (("region", "31"),)
    assert policy.model is not None
    assert policy.model.inputs[:2] == ("amount", "tries_1h")


def test_a_folder_is_read_like_its_files(tmp_path: Path) -> None:
    for name, text in files().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_policy(tmp_path).fingerprint == parse_policy(files()).fingerprint


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2027-01-01T00:00:00Z", 1_798_761_600_000),
        ('"2027-01-01T08:00:00.25+08:00"', 1_798_761_600_250),
        ("1798761600000", 1_798_761_600_000),
        *((each, None) for each in ("2027-01-01", "2027-01-01T00:00:00", "1969-01-01T00:00:00Z", "-1", "soon", "[1]")),
    ],
)
def test_an_entry_of_a_list_ends_at_a_moment(until: str, expected: int | None) -> None:
    text = f"lists: {{bad: {{text: {{zh: 名单, en: list}}, entries: [{{value: x, until: {until}}}]}}}}"
    if expected is None:
        where = "lists/a.yaml:1:69: expected a moment with its zone, such as 2027-01-01T00:00:00Z, or milliseconds"
        assert problems(files(lists__a=text)) == [where]
    else:
        assert parse_policy(files(lists__a=text)).lists["bad"].entries[0].until == expected


@pytest.mark.parametrize(
    ("entry", "en"),
    [
        ('"(a"', "not a pattern: missing ): (a"),
        ("{value: 10.0.0.1/8, kind: network}", "not a network, or bits set behind its length"),
        ('""', "it must not be empty"),
        (f"{{value: {'x' * 600}, kind: exact}}", "512"),
    ],
)
def test_an_entry_that_no_list_takes_is_told_at_its_place(entry: str, en: str) -> None:
    text = f"lists: {{bad: {{text: {{zh: 名单, en: list}}, kind: pattern, entries: [fine, {entry}]}}}}"
    (told,) = problems(files(lists__a=text))
    assert told.startswith("lists/a.yaml:1:")
    assert en in told


def test_a_file_that_is_not_utf8_is_told_at_its_place(tmp_path: Path) -> None:
    for name, text in files().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text.encode("gbk"))
    with pytest.raises(PolicyErrors) as caught:
        load_policy(tmp_path)
    told = [each.sentence("en") for each in caught.value.problems]
    assert "rules/all.yaml:4:17: not UTF-8 text; save the file as UTF-8" in told
    assert all(": not UTF-8 text" in each for each in told)


def test_the_fingerprint_follows_meaning_only() -> None:
    base = parse_policy(files(rule("amount >= high_order"))).fingerprint
    same = files(rule("( amount>=high_order )"))
    same["rules/all.yaml"] = "# a comment\n" + same["rules/all.yaml"]
    assert parse_policy(same).fingerprint == base
    assert parse_policy(files(rule("amount > high_order"))).fingerprint != base
    other = FEATURES.replace("over: 1h}", "over: 2h}")
    assert parse_policy(files(rule("amount >= high_order"), features__all=other)).fingerprint != base


RULE_PROBLEMS = [
    (
        "owner: payments-risk",
        "ownr: payments-risk",
        ["3:5: owner is missing", "13:5: unknown key ownr (did you mean owner?)"],
    ),
    ("expires: 2027-02-20", "expires: soon", ["14:14: expected a date YYYY-MM-DD"]),
    (
        "verdict: hold",
        "verdict: holt",
        ["7:14: expected one of: allow challenge review hold freeze block (did you mean hold?)"],
    ),
    ("severity: 1", "severity: 5", ["8:15: expected an integer from 1 to 4"]),
    ("{zh: 标题, en: Title}", "{zh: 标题}", ["4:12: en is missing"]),
    (
        'en: "Because {amount}"',
        'en: "Because {amont}"',
        ["10:27: placeholder {amont}: unknown name amont (did you mean amount?)"],
    ),
    ('en: "Because {amount}"', 'en: "Because {amount:>9}"', ["10:27: placeholder {amount}: a placeholder is one name"]),
    ('en: "Because {amount}"', 'en: "Because {amount"', ["10:27: the braces do not match"]),
    (
        "user: {zh: 原因, en: Because}",
        'user: {zh: 原因, en: "Over {amount}"}',
        ["11:26: texts for users hold no placeholders"],
    ),
    (
        "quiet: [{event: {amount: 1}}, {event: {amount: 2}}]",
        "quiet: [{event: {amount: 1}}]",
        ["17:7: quiet needs at least two tests"],
    ),
    (
        "on: payment.attempted",
        "on: payment.atempted",
        ["5:9: unknown event type payment.atempted (did you mean payment.attempted?)"],
    ),
    (
        "on: payment.attempted",
        "on: [payment.attempted, coupon.claimed]",
        [
            "6:12: coupon.claimed has no field new_payee",
            "10:27: placeholder {amount}: coupon.claimed has no field amount",
        ],
    ),
    ('when: "new_payee"', "when: [a]", ["6:11: expected an expression"]),
    (
        "fires: [{event: {amount: 1}}",
        "fires: [{event: {event_type: order.paid}}",
        ["16:36: the rule is not on this event type"],
    ),
    ("area: TXN", "area: TXN\n    area: ACC", ["4:5: key area stands twice"]),
    ("area: TXN", "area: TXN\n    budget: {share: 2}", ["4:21: expected a number from 0 to 1"]),
    ("area: TXN", "area: TXN\n    budget: {money_per_hour: 5}", ["4:30: expected money, got int"]),
    ("area: TXN", "area: TXN\n    actions: [Call User]", ["4:15: this cannot be an action's name"]),
    ("area: TXN", "area: TXN\n    on_unknown: maybe", ["4:17: expected one of: open closed"]),
]


@pytest.mark.parametrize(("old", "new", "wanted"), RULE_PROBLEMS, ids=[each[1][:40] for each in RULE_PROBLEMS])
def test_problems_of_a_rule(old: str, new: str, wanted: list[str]) -> None:
    found = files(rule())
    assert old in found["rules/all.yaml"]
    found["rules/all.yaml"] = found["rules/all.yaml"].replace(old, new, 1)
    told = [each.removeprefix("rules/all.yaml:") for each in problems(found)]
    assert sorted(told) == sorted(wanted)


FEATURE_PROBLEMS = [
    (
        "{aggregate: cuont, of: order.paid, by: user, over: 1h}",
        [
            "2:18: expected one of: count sum avg min max distinct last first_seen since median mad quantile "
            "sequence absence (did you mean count?)"
        ],
    ),
    (
        "{aggregate: count, of: order.pad, by: user, over: 1h}",
        ["2:29: unknown event type order.pad (did you mean order.paid?)"],
    ),
    ("{aggregate: count, of: order.paid, by: usr, over: 1h}", ["2:45: unknown entity usr (did you mean user?)"]),
    ("{aggregate: count, of: order.paid, by: waybill, over: 1h}", ["2:45: order.paid does not carry waybill"]),
    ("{aggregate: count, of: order.paid, by: [user, device, ip], over: 1h}", ["2:45: at most two entities"]),
    (
        "{aggregate: count, of: order.paid, by: user, over: 1y}",
        ["2:57: expected a duration in range, such as 30m, 24h, 7d"],
    ),
    (
        "{aggregate: count, of: order.paid, by: user, over: 900d}",
        ["2:57: expected a duration in range, such as 30m, 24h, 7d"],
    ),
    ("{aggregate: count, of: order.paid, by: user}", ["2:6: over is missing"]),
    ("{aggregate: count, of: order.paid, by: user, over: ever, delay: 1h}", ["2:70: over: ever takes no delay"]),
    ("{aggregate: last, value: amount, of: order.paid, by: user, over: 60d}", ["2:71: last reaches at most 30 days"]),
    (
        "{aggregate: median, value: amount, of: order.paid, by: user, over: ever}",
        ["2:73: median reaches at most 30 days"],
    ),
    ("{aggregate: sum, value: goods_class, of: order.paid, by: user, over: 1h}", ["2:30: sum does not work on text"]),
    (
        "{aggregate: sum, value: amout, of: order.paid, by: user, over: 1h}",
        ["2:30: order.paid has no field amout (did you mean amount?)"],
    ),
    ("{aggregate: count, value: amount, of: order.paid, by: user, over: 1h}", ["2:25: count does not use value"]),
    (
        "{aggregate: quantile, q: 1.5, value: amount, of: order.paid, by: user, over: 1h}",
        ["2:31: expected a number from 0.001 to 1"],
    ),
    (
        "{aggregate: quantile, q: 0.9995, value: amount, of: order.paid, by: user, over: 1h}",
        ["2:31: q is a whole number of thousandths"],
    ),
    ("{aggregate: count, of: order.paid, where: tries_1h > 2, by: user, over: 1h}", ["2:48: unknown name tries_1h"]),
    (
        "{aggregate: count, of: order.paid, where: amount > high_order, by: user, over: 1h}",
        ["2:57: unknown name high_order"],
    ),
    ("{aggregate: sequence, steps: [{of: order.paid}], by: user, over: 1h}", ["2:35: a sequence has 2 to 8 steps"]),
    (
        "{aggregate: sequence, steps: [{of: order.paid}, {of: waf.alert}], by: waybill, over: 1h}",
        ["2:76: order.paid does not carry waybill", "2:76: waf.alert does not carry waybill"],
    ),
    ("{aggregate: absence, of: order.paid, by: user, over: 1h}", ["2:6: without is missing"]),
    ("{compute: f + 1}", ["2:6: computed feature f depends on itself in the end"]),
    ("{compute: step_up}", ["2:16: a computed feature is a quantity or true/false"]),
    ("{compute: nothing_known / 2}", ["2:16: unknown name nothing_known"]),
    ("{compute: length(text)}", []),
]


@pytest.mark.parametrize(("text", "wanted"), FEATURE_PROBLEMS, ids=[each[0][:60] for each in FEATURE_PROBLEMS])
def test_problems_of_a_feature(text: str, wanted: list[str]) -> None:
    found = files()
    found["features/more.yaml"] = f"features:\n  f: {text}\n"
    if not wanted:
        parse_policy(found)
        return
    told = [each.removeprefix("features/more.yaml:") for each in problems(found)]
    assert told == wanted


SETTINGS_PROBLEMS = [
    (SETTINGS.replace("Asia/Shanghai", "Asia/Shanghigh"), "5:11: unknown time zone"),
    (SETTINGS.replace("Asia/Shanghai", "../../etc/passwd"), "5:11: unknown time zone"),
    (SETTINGS.replace("owner: risk", ""), "2:1: owner is missing"),
    (SETTINGS.replace("few: 3", "few: three"), "11:8: unknown name three"),
    (SETTINGS.replace("few: 3", "amount: 3"), "2:1: amount is already a field or a function"),
    (SETTINGS.replace("few: 3", "min: 3"), "2:1: min is already a field or a function"),
    (SETTINGS.replace("CNY(800)", "EUR(800)"), "10:52: expected CNY, as the default"),
    (SETTINGS.replace("model: small", "model: large"), "1:1: models/large.json is missing"),
    (SETTINGS + "score_levels: {challenge: 60, review: 30}\n", "13:15: a more severe verdict needs a higher score"),
    (SETTINGS + "score_levels: {freeze: 90}\n", "13:16: unknown key freeze"),
    (SETTINGS + "allowed_lateness: 99d\n", "13:19: expected a duration in range, such as 30m, 24h, 7d"),
    ("[]", "1:1: expected a mapping"),
    ("", "1:1: the file is empty"),
    ("a: *b", "1:4: aliases and deep nesting are not allowed"),
    ("[" * 100_000, "1:25: aliases and deep nesting are not allowed"),
    ("a: b: c", "1:5: not valid YAML: mapping values are not allowed in this context"),
]


@pytest.mark.parametrize(("text", "wanted"), SETTINGS_PROBLEMS, ids=[each[1] for each in SETTINGS_PROBLEMS])
def test_problems_of_settings(text: str, wanted: str) -> None:
    found = files()
    found["policy.yaml"] = text
    assert f"policy.yaml:{wanted}" in problems(found)


def test_problems_of_all_files_are_told_together() -> None:
    found = files(rule("new_paye"), rule("amount > 5", rule_id="RT02"))
    found["features/more.yaml"] = "features:\n  tries_1h: {aggregate: count, of: x.y, by: user, over: 1h}\n"
    found["events.yaml"] = "events:\n  a.b: {x: integer}\n"
    told = problems(found)
    assert [each.split(": ")[0] for each in told] == [
        "events.yaml:2:12",
        "features/more.yaml:2:13",
        "features/more.yaml:2:36",
        "rules/all.yaml:6:12",
        "rules/all.yaml:22:12",
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{", "not valid JSON"),
        ("[]", "inputs, a list of names, is needed; event_types and categories may follow"),
        (MODEL.replace('"tries_1h"', '"nothing"'), "unknown name nothing"),
        (MODEL.replace("payment.attempted", "a.b"), "unknown event type a.b"),
        (MODEL.replace("[-1]", "[-2]"), "The model cannot be used: child -2 of node -1 does not exist or goes back"),
        ('{"inputs": ["bin"], "categories": {"bin": 5}}', "categories hold lists of texts"),
    ],
)
def test_problems_of_a_model(text: str, wanted: str) -> None:
    assert f"models/small.json:1:1: {wanted}" in problems(files() | {"models/small.json": text})


def test_files_that_do_not_belong_are_told(tmp_path: Path) -> None:
    found = files() | {"rules/more.yml": "", "rules/deep/more.yaml": ""}
    assert problems(found) == [
        "rules/deep/more.yaml:1:1: a policy has no such file",
        "rules/more.yml:1:1: a policy has no such file",
    ]
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "more.yml").write_text("", encoding="utf-8")
    assert list(read_policy_files(tmp_path)) == ["rules/more.yml"]


def test_computed_features_that_double_stay_cheap() -> None:
    lines = ["  d0: {compute: tries_1h + 1}"]
    lines += [f"  d{index}: {{compute: d{index - 1} + d{index - 1}}}" for index in range(1, 40)]
    found = files(rule("d39 > 5"))
    found["features/more.yaml"] = "features:\n" + "\n".join(lines) + "\n"
    report = check_files(found, date(2026, 11, 22))
    assert [each.truth for each in report.tests] == [None] * 4
    lines.append("  d40: {compute: d39 + d39}")
    found["features/more.yaml"] = "features:\n" + "\n".join(lines) + "\n"
    assert problems(found) == ["features/more.yaml:42:8: computed features are nested too deep"]


def test_expired_rules_are_warned_about() -> None:
    policy = parse_policy(files(), today=date(2027, 2, 21))
    assert [each.code for each in policy.warnings] == ["policy.expired"]
    assert parse_policy(files(), today=date(2027, 2, 20)).warnings == ()


def test_a_list_that_is_declared_nowhere_is_warned_about() -> None:
    cards = "lists: {cards: {text: {zh: 卡, en: cards}}}"
    asked = rule('pm_token in list("crads") or pm_token not in list("crads") or pm_token in list("cards")')
    warned = parse_policy(files(asked, lists__a=cards)).warnings
    assert [(each.code, each.sentence("en")) for each in warned] == [
        ("policy.list_undeclared", "rules/all.yaml:3:5: list “crads” is declared nowhere (did you mean cards?)")
    ]
    assert warned[0].zh == "名单“crads”没有在 lists 中声明(是不是 cards?)"


def test_own_event_types_can_be_counted_and_judged() -> None:
    found = files(rule("weight > 5.5 and parcels_1h >= 2", on="parcel.collected").replace(" {amount}", ""))
    found["rules/all.yaml"] = found["rules/all.yaml"].replace("amount: ", "weight: ")
    found["events.yaml"] = "events:\n  parcel.collected: {fields: {weight: number}}\n"
    found["features/more.yaml"] = (
        "features:\n  parcels_1h: {aggregate: count, of: parcel.collected, by: user, over: 1h}\n"
    )
    assert parse_policy(found).rules[0].on == ("parcel.collected",)
