"""The help page of any command, in the reader's language and as wide as the terminal."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence

import click

from anxin.cli.language import VARIABLE, Language, both, reader_language, said

WIDEST, NARROWEST = 88, 24
TERM_WIDTH = 30
LEAST_TEXT = 28
"""Where fewer columns are left beside the terms, texts stand below them."""
TITLES = {
    "usage": ("用法", "Usage"),
    "arguments": ("参数", "Arguments"),
    "options": ("选项", "Options"),
    "commands": ("命令", "Commands"),
    "default": ("默认", "default"),
    "required": ("必填", "required"),
    "repeatable": ("可重复", "repeatable"),
}
NAMES = {
    "OPTIONS": "选项",
    "COMMAND": "命令",
    "ARGS": "参数",
    "PATH": "路径",
    "FILE": "文件",
    "TEXT": "文本",
    "INTEGER": "整数",
    "FLOAT": "数字",
    "FOLDER": "文件夹",
    "BEFORE": "原策略",
    "AFTER": "新策略",
    "KIND": "种类",
    "BODY": "内容",
    "KEY_ID": "密钥编号",
    "LAID_ID": "编号",
    "ORGANISATION": "组织",
    "PACK": "证据包",
    "NUMBER": "号码",
    "FILES": "文件",
}
"""What stands for a value, in Chinese; what is not here reads the same in both."""
SHOWN_BY_CLICK = {
    "Show this message and exit.": both("显示本页后退出", "show this page and exit"),
    "Show the version and exit.": both("显示版本后退出", "show the version and exit"),
}
_NAME = re.compile(r"[A-Z][A-Z_]+")
_OPENERS, _CLOSERS = "（“《「", "，。、；：？！）”》」…"


def render_page(command: click.Command, ctx: click.Context, rows: Iterable[tuple[str, str]] = ()) -> str:
    """Return the help page of a command, or of a group with the names and `both` texts of its commands."""
    language = reader_language(os.environ)
    width = ctx.terminal_width or max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST))
    arguments = [each for each in command.get_params(ctx) if isinstance(each, click.Argument)]
    options = [each for each in command.get_params(ctx) if isinstance(each, click.Option) and not each.hidden]
    parts = [usage_line(ctx, language, width)]
    if command.help:
        parts.append("\n".join(_indented(said(command.help, language), 2, width)))
    sections = {
        "arguments": [(_argument_name(each, ctx, language), _described(each, ctx, language)) for each in arguments],
        "options": [(_option_name(each, ctx, language), _described(each, ctx, language)) for each in options],
        "commands": [(name, first_sentence(text, language)) for name, text in rows],
    }
    parts += [_section(_title(name, language), each, language, width) for name, each in sections.items() if each]
    return "\n\n".join([*parts, _other_language(ctx, language)]) + "\n"


def usage_line(ctx: click.Context, language: Language, width: int = 10_000) -> str:
    """Return how a command is called, broken at `width` columns."""
    pieces = [translated_name(each, language) for each in ctx.command.collect_usage_pieces(ctx)]
    title = f"{_title('usage', language)}{_colon(language)}"
    lines = wrap_cells(" ".join([f"{title}{ctx.command_path}", *pieces]), width - 2)
    return "\n  ".join(lines)


def translated_name(name: str, language: Language) -> str:
    """Return what stands for a value (`[OPTIONS]`, `FOLDER`) as a reader of the language knows it."""
    return name if language == "en" else _NAME.sub(lambda found: NAMES.get(found[0], found[0]), name)


def first_sentence(text: str, language: Language) -> str:
    """Return the first sentence of one language of a text, without its full stop."""
    stop = "。" if language == "zh" else ". "
    return said(text, language).partition(stop)[0].removesuffix(".")


def cells(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for each Chinese character."""
    return sum(2 if _is_wide(each) else 1 for each in text)


def wrap_cells(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` columns: between Chinese characters, too, before no closing mark.

    A word that is longer stands alone on a line that is too long.
    """
    lines = [""]
    for word in text.split():
        space = " " if lines[-1] else ""
        for piece in _pieces(word):
            if lines[-1] and cells(lines[-1] + space + piece) > width:
                lines.append(piece)
            else:
                lines[-1] += space + piece
            space = ""
    return lines


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\uffef"


def _pieces(word: str) -> list[str]:
    """Return what may not be broken: a Chinese character with the marks that cling to it, a run of others."""
    pieces = [""]
    for before, each in zip(" " + word, word, strict=False):
        is_beside = _is_wide(each) or _is_wide(before)
        if is_beside and pieces[-1] and each not in _CLOSERS and before not in _OPENERS:
            pieces.append("")
        pieces[-1] += each
    return pieces


def _title(name: str, language: Language) -> str:
    zh, en = TITLES[name]
    return zh if language == "zh" else en


def _colon(language: Language) -> str:
    return "：" if language == "zh" else ": "


def _indented(text: str, indent: int, width: int) -> Iterator[str]:
    return (" " * indent + line for line in wrap_cells(text, width - indent))


def _section(title: str, rows: Sequence[tuple[str, str]], language: Language, width: int) -> str:
    """Return a title and its rows: the term, and beside or, in a narrow terminal, below it the text."""
    column = 2 + min(TERM_WIDTH, max(cells(term) for term, _ in rows)) + 2
    column = column if width - column >= LEAST_TEXT else 6
    lines = [f"{title}{_colon(language).rstrip()}"]
    for term, text in rows:
        head, told = f"  {term}", list(_indented(text, column, width))
        if cells(head) + 2 <= column and told:
            told[0] = head + " " * (column - cells(head)) + told[0].lstrip()
        else:
            lines += _indented(term, 2, width)
        lines += told
    return "\n".join(lines)


def _argument_name(argument: click.Argument, ctx: click.Context, language: Language) -> str:
    return translated_name(argument.make_metavar(ctx), language)


def _option_name(option: click.Option, ctx: click.Context, language: Language) -> str:
    names = ", ".join(sorted(option.opts, key=len))
    if option.secondary_opts:
        return f"{names} / {', '.join(option.secondary_opts)}"
    if option.is_flag or option.count:
        return names
    metavar = option.make_metavar(ctx).removesuffix(" RANGE")
    return f"{names} {translated_name(metavar, language)}"


def _described(param: click.Parameter, ctx: click.Context, language: Language) -> str:
    """Return what a parameter means, its range, its default, and whether it must be given or may be repeated."""
    text = str(getattr(param, "help", None) or "")
    text = said(SHOWN_BY_CLICK.get(text, text), language)
    notes = [_range(param.type, language), _default(param, ctx, language)]
    notes.append(_title("required", language) if param.required else "")
    notes.append(_title("repeatable", language) if param.multiple else "")
    marks = ("；", "（", "）") if language == "zh" else ("; ", "  [", "]")
    told = marks[0].join(filter(None, notes))
    return f"{text}{marks[1]}{told}{marks[2]}".strip() if told else text


def _range(kind: click.ParamType[object], language: Language) -> str:
    if not isinstance(kind, click.IntRange | click.FloatRange) or kind.min is None:
        return ""
    if kind.max is None:
        return f"不小于 {kind.min}" if language == "zh" else f"at least {kind.min}"
    return f"{kind.min} 至 {kind.max}" if language == "zh" else f"{kind.min} to {kind.max}"


def _default(param: click.Parameter, ctx: click.Context, language: Language) -> str:
    default = param.get_default(ctx, call=False)
    if param.required or default is None or isinstance(default, bool) or not isinstance(default, str | int | float):
        return ""
    return f"{_title('default', language)}{_colon(language)}{default}" if str(default) else ""


def _other_language(ctx: click.Context, language: Language) -> str:
    """Say to who cannot read the page how to get it in the other language."""
    if language == "zh":
        return f"In English: {VARIABLE}=en {ctx.command_path} --help"
    return f"中文：{VARIABLE}=zh {ctx.command_path} --help"
