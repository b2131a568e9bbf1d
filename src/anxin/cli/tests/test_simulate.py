from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from click.testing import Result
from rich.cells import cell_len
from typer.testing import CliRunner

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


def test_list_shows_every_scenario_in_both_languages_within_80_columns() -> None:
    lines = run("--list").stdout.splitlines()
    assert max(map(cell_len, lines)) <= 80
    rows = [line.split() for line in lines]
    for name, scenario in all_scenarios().items():
        place = next(i for i, words in enumerate(rows) if words[:1] == [name])
        assert {name, scenario.rules[0], scenario.zh} <= set(rows[place])
        assert (
            rows[place + 1][: 1 + bool(scenario.stealthy)]
            == [scenario.taxonomy, ":stealthy"][: 1 + bool(scenario.stealthy)]
        )
        assert scenario.en.split()[0] in rows[place + 1]


def test_stealthy_variants_are_labelled_as_such(tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    words = (
        "--events",
        "2000",
        "--scenario",
        "card_ring",
        "--scenario",
        "structuring:stealthy",
        "--attack-share",
        "0.2",
    )
    assert run(*words, "--labels", str(labels)).exit_code == 0
    rows = [json.loads(line) for line in labels.read_text().splitlines()]
    played = {(row["scenario"], row["variant"]) for row in rows if row["incident"]}
    assert played == {("card_ring", None), ("structuring", "stealthy")}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--scenario", "nope"), "nope"),
        (("--scenario", "card_tester"), "card_testing"),
        (("--scenario", "mfa_fatigue:stealthy"), "mfa_fatigue?"),
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


@pytest.mark.parametrize("option", ["--out", "--labels"])
def test_a_place_that_cannot_be_written_is_a_wrong_call(tmp_path: Path, option: str) -> None:
    result = run("--events", "10", option, str(tmp_path / "none" / "x.jsonl"))
    assert (result.exit_code, option in result.output) == (2, True)
