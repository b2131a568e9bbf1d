"""A wrong call is told in Chinese and English, with its exit code; nothing else is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from anxin.cli.command_groups import GROUPS
from anxin.cli.commands import COMMANDS
from anxin.cli.main import root

NO_RANGE = "x>=0"


@pytest.mark.parametrize(
    ("call", "zh", "en"),
    [
        (["bogus"], "没有命令 'bogus'。", "No such command 'bogus'."),
        (["polcy"], "没有命令 'polcy'。是不是 'policy'？", "No such command 'polcy'. Did you mean 'policy'?"),
        (["policy", "tst"], "没有命令 'tst'。", "No such command 'tst'."),
        (["--bogus"], "没有选项 --bogus。", "No such option '--bogus'."),
        (
            ["decide", "--polcy"],
            "没有选项 --polcy。是不是 --policy？",
            "No such option '--polcy'. Did you mean '--policy'?",
        ),
        (["decide", "--policy"], "选项 '--policy' 缺少取值。", "Option '--policy' requires an argument."),
        (["decide", "--explain=1"], "选项 '--explain' 不带取值。", "Option '--explain' does not take a value."),
        (["backtest"], "缺少选项 --events。", "Missing option '--events'."),
        (["policy", "check"], "缺少参数 文件夹。", "Missing argument 'FOLDER'."),
        (["policy", "check", "a", "b"], "多余的参数：b。", "Got unexpected extra argument (b)"),
        (["simulate", "--events", "x"], "--events 的值不对：'x' 不是整数。", "'x' is not a valid integer range."),
        (
            ["simulate", "--events", "-5"],
            f"--events 的值不对：-5 不在范围 {NO_RANGE} 内。",
            f"not in the range {NO_RANGE}.",
        ),
        (["simulate", "--days", "x"], "--days 的值不对：'x' 不是数字。", "'x' is not a valid float range."),
        (["backtest", "--events", "none"], "--events 的值不对：'none' 不存在。", "File 'none' does not exist."),
        (["backtest", "--events", "/"], "--events 的值不对：'/' 是文件夹，不是文件。", "File '/' is a directory."),
        (
            ["policy", "diff", "a", "b", "-o", "xml"],
            "--output / -o 的值不对：'xml' 不是以下之一：'table', 'json'。",
            "'xml' is not one of 'table', 'json'.",
        ),
        (["policy", "check", "none"], "文件夹：none 中没有 policy.yaml。", "FOLDER: There is no policy.yaml in none."),
        (
            ["simulate", "--start", "today"],
            "--start：'today' 不是 RFC 3339 时间。",
            "--start: 'today' is no RFC 3339",
        ),
        (
            ["simulate", "--start", "2026-01-01"],
            "--start：时间须带时区，如 Z 或 +08:00。",
            "--start: The time needs a",
        ),
        (["keys", "list", "--data", "none"], "--data：文件夹 none 不存在。", "--data: There is no folder none."),
        (
            ["log", "verify", "--data", "none"],
            "--data：none/organisations 下没有决策日志。",
            "--data: There is no decision log under",
        ),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_wrong_call_is_told_in_both_languages(call: list[str], zh: str, en: str) -> None:
    result = CliRunner().invoke(root(), call)
    assert (result.exit_code, result.stdout) == (2, "")
    *_, chinese, english = result.stderr.splitlines()
    assert chinese == f"✗ {zh}"
    assert english.startswith("  ")
    assert en in english


def test_an_order_names_the_policy_folder_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner().invoke(root(), ["order", "policy.publish", "none", "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-2:] == ["✗ 内容：没有文件夹 none。", "  BODY: There is no folder none."]
    result = CliRunner().invoke(root(), ["order", "hold.place", "{", "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-2] == "✗ 内容：不是 JSON 对象（内容或其中的转义不完整）。"


def test_an_order_of_no_known_kind_names_those_there_are(tmp_path: Path) -> None:
    result = CliRunner().invoke(root(), ["order", "list.putt", "{}", "--data", str(tmp_path)])
    assert result.exit_code == 2
    zh, english = result.stderr.splitlines()[-2:]
    assert zh.startswith("✗ 种类：没有命令 list.putt；可用：brake.release、hold.place、")
    assert english.startswith("  KIND: There is no order list.putt; there are brake.release, hold.place, ")


@pytest.mark.parametrize(("call", "names"), [([], COMMANDS), (["policy"], GROUPS["policy"][1])])
def test_a_group_called_alone_shows_what_it_has(call: list[str], names: dict[str, object]) -> None:
    result = CliRunner().invoke(root(), call)
    assert (result.exit_code, result.stdout) == (2, "")
    assert all(f"  {name}" in result.stderr for name in names)
