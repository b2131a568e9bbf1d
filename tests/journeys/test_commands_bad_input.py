"""Bad lines among good ones: each named with its place, and the good ones answered as if the bad were not there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from anxin.cli.main import root
from tests.journeys.bad_events import LINES, SENDER, Bad
from tests.journeys.shop import POLICY, payment
from tests.journeys.test_policy_bad_input import shop_files, write

GOOD = [
    payment(SENDER, amount=amount, currency=currency) for amount, currency in ((1000, "CNY"), (7, "USD"), (5, "CNY"))
]
REUSED = Bad(json.dumps(GOOD[0] | {"amount": 9}).encode(), 422, "event.id_reused", "/event_id")
# Neither command has a clock at its door: a history may be of any day.
BAD = {name: bad for name, bad in LINES.items() if name != "future"} | {"id of another body": REUSED}
CHINESE = re.compile("[\u4e00-\u9fff]")


def lines(*, with_bad: bool) -> bytes:
    first, *others = (json.dumps(each).encode() for each in GOOD)
    bad = [each.body for each in BAD.values()] if with_bad else []
    return b"\n".join([first, *bad, *others])


def run(*arguments: object, given: bytes | None = None) -> Result:
    return CliRunner().invoke(root(), [str(each) for each in arguments], input=given)


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_decide_names_each_bad_line_and_answers_the_others_as_if_it_were_not_there() -> None:
    command = ("decide", "--policy", POLICY, "--explain")
    alone, among = (run(*command, given=lines(with_bad=each)) for each in (False, True))
    assert (alone.exit_code, among.exit_code) == (0, 1)
    first, *refused = (told := answers(among))[: 1 + len(BAD)]
    assert [first, *told[1 + len(BAD) :]] == answers(alone)
    assert [(each["line"], each["code"], each.get("pointer")) for each in refused] == [
        (number, bad.code, bad.pointer) for number, bad in enumerate(BAD.values(), start=2)
    ]
    assert all(CHINESE.search(each["zh"]) and not CHINESE.search(each["en"]) for each in refused)


def test_backtest_counts_bad_rows_and_decides_the_others_as_if_they_were_not_there(tmp_path: Path) -> None:
    decided = []
    for name in ("alone", "among"):
        events, out = tmp_path / f"{name}.jsonl", tmp_path / f"{name}.out"
        events.write_bytes(lines(with_bad=name == "among"))
        result = run("backtest", "--policy", POLICY, "--events", events, "--out", out)
        decided.append([{**json.loads(line), "row": 0} for line in out.read_text(encoding="utf-8").splitlines()])
    assert (result.exit_code, f"被拒绝 refused: {len(BAD)}\n" in result.output) == (1, True)
    assert decided[0] == decided[1]
    assert len(decided[0]) == len(GOOD)


@pytest.mark.parametrize("command", ["decide", "backtest", "gateway"])
def test_a_wrong_policy_is_named_to_the_column_before_anything_is_read_or_kept(tmp_path: Path, command: str) -> None:
    folder = write(tmp_path / "policy", shop_files("payments_1h >= limit"))
    events = tmp_path / "events.jsonl"
    events.write_bytes(lines(with_bad=False))
    data = tmp_path / "data"
    place = {"backtest": ["--events", events], "gateway": ["--data", data, "--gateway-port", 0]}.get(command, [])
    result = run(command, "--policy", folder, *place, given=lines(with_bad=False))
    assert result.exit_code == 3
    said = " ".join(result.output.split())
    assert re.search(r"rules/all\.yaml:\d+:27: 未知的名称 limit", said), said
    assert re.search(r"rules/all\.yaml:\d+:27: unknown name limit", said)
    assert '"verdict"' not in said
    assert list(data.glob("organisations/*/log/*.seg")) == []
