"""`anxin policy new`, `check` and `diff` as their users meet them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from anxin.cli.main import root
from anxin.starter.folder import starter_folder


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(root(), list(arguments))
    return result.exit_code, result.output


def changed_starter(folder: Path, file: str, before: str, after: str) -> Path:
    shutil.copytree(starter_folder(), folder, dirs_exist_ok=True)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return folder


def test_starter_policy_checks_clean() -> None:
    code, output = run("policy", "check", str(starter_folder()), "-o", "json")
    report = json.loads(output)
    assert (code, report["is_right"], report["failed_tests"]) == (0, True, 0)
    assert report["tests"] >= 4 * 61


def test_error_is_named_to_the_column_in_both_languages(tmp_path: Path) -> None:
    folder = changed_starter(tmp_path / "p", "rules/accounts.yaml", "when: ", "when: nonsense_name > 1 and ")
    code, english = run("policy", "check", str(folder), "--language", "en")
    _, chinese = run("policy", "check", str(folder), "--language", "zh")
    assert code == 3
    assert "rules/accounts.yaml:" in english
    assert "nonsense_name" in english
    assert english != chinese


def test_folder_without_policy_is_a_wrong_call(tmp_path: Path) -> None:
    assert run("policy", "check", str(tmp_path))[0] == 2


def test_diff_tells_a_changed_threshold_and_nothing_else(tmp_path: Path) -> None:
    folder = changed_starter(tmp_path / "p", "policy.yaml", "CNY(3000)", "CNY(4000)")
    code, output = run("policy", "diff", str(starter_folder()), str(folder), "-o", "json")
    changes = json.loads(output)
    assert code == 0
    assert [(each["kind"], each["deed"]) for each in changes] == [("value", "changed")]


def test_diff_of_equal_policies_is_empty() -> None:
    assert "nothing changed" in run("policy", "diff", str(starter_folder()), str(starter_folder()))[1]


def test_new_policy_is_the_starter_without_its_code(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "mine"
    code, output = run("policy", "new", str(folder))
    assert code == 0
    assert f"anxin policy check {folder}" in output
    made = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    starter = starter_folder()
    shipped = sorted(path.relative_to(starter).as_posix() for path in starter.rglob("*.yaml"))
    assert made == shipped
    assert "nothing changed" in run("policy", "diff", str(starter), str(folder))[1]


def test_new_policy_goes_into_an_empty_folder(tmp_path: Path) -> None:
    assert run("policy", "new", str(tmp_path))[0] == 0
    assert (tmp_path / "policy.yaml").is_file()


@pytest.mark.parametrize("place", [".", "other.txt", "other.txt/below"])
def test_new_policy_overwrites_nothing(tmp_path: Path, place: str) -> None:
    (tmp_path / "other.txt").write_text("kept")
    assert run("policy", "new", str(tmp_path / place))[0] == 2
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("other.txt", "kept")]
