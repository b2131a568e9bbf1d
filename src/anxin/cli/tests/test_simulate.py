from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from anxin.cli.simulate import parse_start, simulate
from anxin.simulator.scenario_catalogue import all_scenarios
from anxin.simulator.simulator import START_AT


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(simulate)
    return CliRunner().invoke(app, words)


def test_events_go_out_as_json_lines_and_labels_to_their_file(tmp_path: Path) -> None:
    out, labels = tmp_path / "events.jsonl", tmp_path / "labels.jsonl"
    result = run("--events", "300", "--seed", "5", "--out", str(out), "--labels", str(labels))
    events, truth = ([json.loads(line) for line in path.read_text().splitlines()] for path in (out, labels))
    assert result.exit_code == 0
    assert result.output == ""
    assert len(events) == 300
    assert [event["event_id"] for event in events] == [row["event_id"] for row in truth]
    assert {"scenario", "is_fraud", "victim", "loss_minor", "arrival_at"} < set(truth[0])
    assert run("--events", "300", "--seed", "5").stdout.encode() == out.read_bytes()


def test_scenarios_and_share_are_obeyed(tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    words = ("--events", "2000", "--scenario", "card_ring", "--scenario", "rule_bypass", "--attack-share", "0.2")
    assert run(*words, "--labels", str(labels)).exit_code == 0
    named = {json.loads(line)["scenario"] for line in labels.read_text().splitlines()}
    assert named == {"ordinary", "card_ring", "rule_bypass"}


def test_list_shows_every_scenario_in_both_languages() -> None:
    shown = "".join(run("--list").stdout.split())
    for scenario in all_scenarios().values():
        assert scenario.name in shown
    assert "StructuringbelowthereportinglimitTXN" in shown.replace("│", "")
    assert "拆分转账" in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--scenario", "nope"), "nope"),
        (("--start", "2026-11-11"), "zone"),
        (("--start", "yesterday"), "RFC 3339"),
        (("--attack-share", "1.5"), "attack-share"),
        (("--events", "-1"), "events"),
    ],
)
def test_wrong_usage_exits_with_two_and_says_why(words: tuple[str, ...], told: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert told in result.output


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, START_AT), ("1970-01-01T00:00:01Z", 1_000), ("1970-01-01T08:00:00.250+08:00", 250)],
)
def test_start_is_read_with_its_zone(text: str | None, expected: int) -> None:
    assert parse_start(text) == expected
