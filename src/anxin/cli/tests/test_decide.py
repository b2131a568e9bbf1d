"""`anxin decide` as its user meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from anxin.cli.main import root

PAYMENT = {
    "event_id": "p1",
    "event_type": "payment.attempted",
    "occurred_at": "2026-11-22T03:10:00+08:00",
    "actor_id": "u-li",
    "amount": 980_000,
    "currency": "CNY",
    "payee_id": "p9",
    "new_payee": True,
    "screen_sharing": True,
}


def run(*arguments: str, lines: list[str]) -> Result:
    return CliRunner().invoke(root(), ["decide", *arguments], input="\n".join(lines))


def test_each_line_gets_its_answer_in_order() -> None:
    command = [sys.executable, "-m", "anxin.cli", "decide"]
    lines = [json.dumps(PAYMENT), "", json.dumps(PAYMENT | {"event_id": "p2", "amount": 100})]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=False, timeout=60)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [(each["event_id"], each["seq"]) for each in answers] == [("p1", 1), ("p2", 2)]
    assert answers[0]["verdict"] == "hold"
    assert answers[0]["reasons"][0]["rule"] == "RT03"


def test_refused_line_names_its_field_and_counts_nothing() -> None:
    done = run(lines=[json.dumps(PAYMENT | {"amount": -1}), "{", json.dumps(PAYMENT)])
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert done.exit_code == 1
    assert (first["line"], first["pointer"]) == (1, "/amount")
    assert (second["line"], second["code"]) == (2, "event.malformed")
    assert third["seq"] == 1


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    done = run(lines=["\ufeff" + json.dumps(PAYMENT)])
    assert (done.exit_code, json.loads(done.stdout)["verdict"]) == (0, "hold")


def test_repeated_event_gets_the_first_answer_and_counts_once() -> None:
    payment = json.dumps(PAYMENT)
    done = run(lines=[payment, payment, json.dumps(PAYMENT | {"amount": 1}), json.dumps(PAYMENT | {"event_id": "p2"})])
    first, again, other, next_one = (json.loads(line) for line in done.stdout.splitlines())
    assert done.exit_code == 1
    assert again == first | {"duplicate": True}
    assert (other["line"], other["code"], other["pointer"]) == (3, "event.id_reused", "/event_id")
    assert next_one["seq"] == 2


def test_explanation_tells_every_rule_of_the_type() -> None:
    done = run("--explain", lines=[json.dumps(PAYMENT)])
    explanation = json.loads(done.stdout)["explanation"]
    facts = {each["rule"]: each for each in explanation["rules"]}
    assert facts["RT03"]["outcome"] == "true"
    assert facts["RT15"]["outcome"] == "false" if "RT15" in facts else len(facts) > 5
    assert all(each["why_not"]["text"]["zh"] for each in facts.values() if not each["has_fired"])


def test_policy_with_errors_is_shown_with_places(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("name: x\nversion: '1'\n", encoding="utf-8")
    done = run("--policy", str(tmp_path), lines=[])
    assert done.exit_code == 3
    assert "policy.yaml:1:1" in done.stderr
