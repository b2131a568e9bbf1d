"""`anxin train text` and the model it makes in `anxin check text`, as a user calls them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from anxin.cli.main import root

ROWS = [(f"加群领返利第{each}单", "1", str(each)) for each in range(30)]
ROWS += [(f"快递{each}点到家门口", "0", str(each)) for each in range(30)]


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(root(), [str(each) for each in arguments], terminal_width=200)
    return result.exit_code, result.output


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "texts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label", "group"), *ROWS])
    return path


def test_a_local_model_is_trained_told_and_used(tmp_path: Path, labelled: Path) -> None:
    out = tmp_path / "models" / "own.json"
    code, output = run("train", "text", labelled, "--out", out, "--group", "group", "--licence", "own")
    assert (code, "F1 1.000" in output) == (0, True)
    card = out.with_suffix(".md").read_text(encoding="utf-8")
    assert ("# own" in card, "texts.csv" in card, "Licences: own" in card) == (True, True, True)
    _, answered = run("check", "text", "加群领返利第99单", "-o", "json", "--model", out)
    answer = json.loads(answered)
    assert [cue["code"] for cue in answer["cues"] if cue["source"] == "model_local"] == ["text.model.local"]
    _, answered = run("check", "text", "快递99点到家门口", "-o", "json", "--model", out)
    assert "local" not in json.loads(answered)["facts"].get("leans", "")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--column", "body"], "没有列 body"),
        (["--group", "cluster"], "has no column cluster"),
        (["--label", "text"], "row 2: no label 1 or 0"),
        (["--limit", "40"], ""),
    ],
)
def test_what_cannot_be_learnt_is_told(tmp_path: Path, labelled: Path, options: list[str], words: str) -> None:
    out = tmp_path / "own.json"
    code, output = run("train", "text", labelled, "--out", out, *options)
    assert (code, out.exists()) == ((2, False) if words else (0, True))
    assert words in " ".join(output.replace("│", "").split())


def test_a_file_that_is_no_model_is_told(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    for path in (bad, tmp_path / "absent.json"):
        assert run("check", "text", "你好", "--model", path)[0] == 2
