"""How a wrong call is told: in Chinese and English, with the way to the help page."""

from __future__ import annotations

import os
import re

import click
from click.exceptions import BadOptionUsage, BadParameter, MissingParameter, NoArgsIsHelpError, NoSuchOption
from rich.console import Console
from rich.text import Text

from anxin.cli.help_page import translated_name, usage_line
from anxin.cli.language import reader_language

_CHINESE = re.compile("[\u4e00-\u9fff]")
_BETWEEN = re.compile("(?<=[。？！])\\s*(?=[A-Z])|\n")  # behind a Chinese sentence, before the English one
_TWICE = re.compile(r"( Did you mean [^?]+\?)\1")
_KINDS = {"option": "选项", "argument": "参数", "parameter": "参数"}
_SENTENCES = (
    (r"No such command (?P<name>.+?)\. Did you mean (?P<near>.+?)\?", "没有命令 {name}。是不是 {near}？"),
    (r"No such command (?P<name>.+?)\.", "没有命令 {name}。"),
    (r"Missing command\.", "缺少命令。"),
    (r"Got unexpected extra arguments? \((?P<extra>.+)\)", "多余的参数：{extra}。"),
    (r"Option (?P<name>.+) requires an argument\.", "选项 {name} 缺少取值。"),
    (r"Option (?P<name>.+) does not take a value\.", "选项 {name} 不带取值。"),
    (r"(?P<value>.+) is not a valid (?:integer|int)(?: range)?\.", "{value} 不是整数。"),
    (r"(?P<value>.+) is not a valid float(?: range)?\.", "{value} 不是数字。"),
    (r"(?P<value>.+) is not in the range (?P<range>.+)\.", "{value} 不在范围 {range} 内。"),
    (r"(?P<value>.+) is not one of (?P<choices>.+)\.", "{value} 不是以下之一：{choices}。"),
    (r"(?:File|Directory|Path) (?P<file>.+) does not exist\.", "{file} 不存在。"),
    (r"(?:File|Path) (?P<file>.+) is a directory\.", "{file} 是文件夹，不是文件。"),
    (r"(?:Directory|Path) (?P<file>.+) is a file\.", "{file} 是文件，不是文件夹。"),
    (r"(?:File|Directory|Path) (?P<file>.+) is not readable\.", "{file} 无法读取。"),
    (r"(?:File|Directory|Path) (?P<file>.+) is not writable\.", "{file} 无法写入。"),
)
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), zh) for pattern, zh in _SENTENCES)


def tell_wrong_call(error: click.UsageError) -> None:
    """Print what is wrong with a call on standard error; a group that was called alone gets its help page."""
    console = Console(stderr=True)
    if isinstance(error, NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return
    if error.ctx is not None:
        language = reader_language(os.environ)
        head = "说明：" if language == "zh" else "Help: "
        console.print(usage_line(error.ctx, language), markup=False, highlight=False, soft_wrap=True)
        console.print(f"{head}{error.ctx.command_path} --help", style="dim", highlight=False, soft_wrap=True)
    said = "\n  ".join(sentences_of(error))
    console.print(Text.assemble(("✗ ", "bold red"), said), highlight=False, soft_wrap=True)


def sentences_of(error: click.UsageError) -> list[str]:
    """Return what is wrong, in Chinese and in English, also where its author wrote both in one text."""
    if _CHINESE.search(error.message):
        place = _place(error)
        zh, *english = _BETWEEN.split(error.message, maxsplit=1)
        if place is None:
            return [zh, *english]
        return [f"{translated_name(place, 'zh')}：{zh}", *(f"{place}: {each}" for each in english)]
    return [_chinese(error), _TWICE.sub(r"\1", error.format_message())]


def _chinese(error: click.UsageError) -> str:
    if isinstance(error, NoSuchOption):
        near = f"是不是 {'、'.join(sorted(error.possibilities))}？" if error.possibilities else ""
        return f"没有选项 {error.option_name}。{near}"
    if isinstance(error, MissingParameter):
        kind = error.param_type or (error.param.param_type_name if error.param is not None else "parameter")
        name = translated_name(_place(error) or "", "zh")
        return f"缺少{_KINDS.get(kind, '参数')} {name}。".replace(" 。", "。")
    said = _translated(error.message)
    place = _place(error)
    if isinstance(error, BadParameter) and place is not None and not isinstance(error, BadOptionUsage):
        return f"{translated_name(place, 'zh')} 的值不对：{said}"
    return said


def _translated(message: str) -> str:
    for pattern, zh in _PATTERNS:
        found = pattern.fullmatch(message.strip())
        if found is not None:
            return zh.format(**found.groupdict())
    return "调用方式不对，详见下一行。"


def _place(error: click.UsageError) -> str | None:
    """Return the option or argument as a person types it; None when the error names none."""
    if not isinstance(error, BadParameter):
        return None
    hint = error.param_hint
    if hint is None:
        hint = error.param.get_error_hint(error.ctx) if error.param is not None and error.ctx is not None else None
    joined = hint if hint is None or isinstance(hint, str) else " / ".join(hint)
    return None if joined is None else joined.replace("'", "")
