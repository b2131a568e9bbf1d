"""Every help page stands in both languages, complete, and fits the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from anxin.cli.command_groups import GROUPS
from anxin.cli.commands import COMMANDS
from anxin.cli.help_page import NAMES, SHOWN_BY_CLICK, cells, wrap_cells
from anxin.cli.language import Language
from anxin.cli.main import root

CALLS = [[], *([name] for name in (*COMMANDS, *GROUPS)), *([a, b] for a, (_, table) in GROUPS.items() for b in table)]
_CHINESE = re.compile("[\u4e00-\u9fff]")
_NAME = re.compile(r"[A-Z][A-Z_]+")


def found_command(call: list[str]) -> tuple[click.Command, click.Context]:
    command: click.Command | None = root()
    assert command is not None
    context = click.Context(command, info_name="anxin")
    for name in call:
        assert isinstance(command, click.Group)
        command = command.get_command(context, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=context)
    return command, context


def shown(call: list[str], language: Language, **settings: str) -> str:
    runner = CliRunner(env={"ANXIN_LANGUAGE": language, **settings})
    result = runner.invoke(root(), [*call, "--help"], prog_name="anxin")
    assert result.exit_code == 0, result.output
    return result.output


def texts_of(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    yield "help", command.help or ""
    for param in command.get_params(context):
        text = str(getattr(param, "help", None) or "")
        yield param.name or "", SHOWN_BY_CLICK.get(text, text)


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_every_command_and_option_says_what_it_does_in_both_languages(call: list[str]) -> None:
    for name, text in texts_of(*found_command(call)):
        zh, english, *more = [*text.split("\n"), ""]
        assert _CHINESE.search(zh), (name, text)
        assert english, (name, text)
        assert not _CHINESE.search(english.replace("安心", "")), (name, text)
        assert more == [""], (name, text)


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_what_stands_for_a_value_has_a_chinese_name(call: list[str]) -> None:
    command, context = found_command(call)
    names = command.collect_usage_pieces(context)
    names += [each.make_metavar(context) for each in command.get_params(context) if not getattr(each, "is_flag", False)]
    words = {word for name in names for word in _NAME.findall(name.removesuffix(" RANGE"))}
    assert words <= set(NAMES)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_every_page_fits_a_narrow_terminal_in_one_language(call: list[str], language: Language) -> None:
    page = shown(call, language, COLUMNS="40")
    *lines, _, other = page.splitlines()
    assert lines[0].startswith({"zh": "用法：anxin", "en": "Usage: anxin"}[language])
    assert [line for line in lines if cells(line) > 40 and " " in line.strip()] == []
    assert [line for line in lines if line.strip()[:1] in set("，。、；：？！）")] == []
    assert bool(_CHINESE.search("".join(lines).replace("安心", ""))) == (language == "zh")
    assert other.endswith(" --help")


def test_a_page_in_chinese() -> None:
    assert shown(["policy", "check"], "zh", COLUMNS="80") == (
        "用法：anxin policy check [选项] 文件夹\n"
        "\n"
        "  检查写法与类型，并运行规则自带的测试。策略不可用时以 3 退出。\n"
        "\n"
        "参数：\n"
        "  文件夹  策略文件夹（必填）\n"
        "\n"
        "选项：\n"
        "  -o, --output [table|json]  给人看的表格，还是给程序用的 JSON（默认：table）\n"
        "  --language [zh|en]         规则与问题用哪种语言说明；省略则用您的语言\n"
        "  -h, --help                 显示本页后退出\n"
        "\n"
        "In English: ANXIN_LANGUAGE=en anxin policy check --help\n"
    )


def test_the_same_page_in_english_and_narrow() -> None:
    assert shown(["policy", "check"], "en", COLUMNS="40") == (
        "Usage: anxin policy check [OPTIONS]\n"
        "  FOLDER\n"
        "\n"
        "  Lint, type-check and run the rules'\n"
        "  own tests. It exits with 3 when the\n"
        "  policy may not be used.\n"
        "\n"
        "Arguments:\n"
        "  FOLDER  folder of the policy\n"
        "          [required]\n"
        "\n"
        "Options:\n"
        "  -o, --output [table|json]\n"
        "      a table for people, JSON for\n"
        "      programs [default: table]\n"
        "  --language [zh|en]\n"
        "      language of rules and problems;\n"
        "      yours when left out\n"
        "  -h, --help\n"
        "      show this page and exit\n"
        "\n"
        "中文：ANXIN_LANGUAGE=zh anxin policy check --help\n"
    )


@pytest.mark.parametrize("call", [[], ["policy"], ["policy", "check"]], ids=" ".join)
def test_the_short_option_shows_the_same_page(call: list[str]) -> None:
    runner = CliRunner(env={"ANXIN_LANGUAGE": "zh"})
    short, long = (runner.invoke(root(), [*call, option], prog_name="anxin") for option in ("-h", "--help"))
    assert (short.exit_code, short.output) == (0, long.output)


def test_ranges_and_repetition_are_told() -> None:
    page = shown(["up"], "zh", COLUMNS="80")
    assert "一开始先补几分钟的流量（0 至 60；默认：10）" in page
    assert "--demo / --no-demo" in page
    assert "（可重复）" in shown(["simulate"], "zh", COLUMNS="120")
    assert "[at least 1]" in shown(["backtest"], "en", COLUMNS="120")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("决策日志", 4, ["决策", "日志"]),
        ("决策，日志。", 6, ["决策，", "日志。"]),
        ("写（空）行", 4, ["写", "（空）", "行"]),
        ("one two", 5, ["one", "two"]),
        ("用 JSON 行", 7, ["用 JSON", "行"]),
        ("unbreakable", 5, ["unbreakable"]),
        ("", 5, [""]),
    ],
)
def test_lines_break_where_both_languages_may(text: str, width: int, lines: list[str]) -> None:
    assert wrap_cells(text, width) == lines
