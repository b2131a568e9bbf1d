"""`anxin check link`: what is known of links, in the argument or on stdin line by line; nothing is fetched."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from anxin.checkers.links.brands import BrandBook, read_brands, shipped_brands
from anxin.checkers.links.check import check_link, check_links
from anxin.checkers.links.lists import LinkLists, ListEntryRefused, link_lists
from anxin.checkers.links.model import LinkModel, LinkModelRefused, open_link_model
from anxin.checkers.result import Checked
from anxin.cli.drawing import draw
from anxin.cli.known_signatures import SignaturesOption, signatures_in_force
from anxin.cli.language import both
from anxin.cli.levels import COLOURS, LEVELS
from anxin.cli.options import OutputOption
from anxin.cli.pasted_lines import pasted_lines
from anxin.cli.unusable import unusable

TextArgument = Annotated[
    str | None,
    typer.Argument(
        help=both(
            "链接，或含链接的文本；省略则逐行读取标准输入",
            "a link, or a text with links; lines of standard input when left out",
        )
    ),
]
BrandsOption = Annotated[
    Path | None,
    typer.Option(
        help=both("您自己的品牌（YAML 文件），补充自带的品牌", "YAML file of your own brands, beside those shipped")
    ),
]
WhiteOption = Annotated[
    Path | None,
    typer.Option(help=both("白名单文件：每行一个可注册域名", "file of domains never to accuse, one a line")),
]
BlackOption = Annotated[
    Path | None,
    typer.Option(
        help=both("黑名单文件：每行一个链接、主机或域名", "file of links, hosts or domains known to be bad, one a line")
    ),
]
ModelOption = Annotated[
    Path | None, typer.Option(help=both("anxin train url 训练出的模型", "a model made by anxin train url"))
]


def link(
    text: TextArgument = None,
    output: OutputOption = "table",
    brands: BrandsOption = None,
    *,
    white: WhiteOption = None,
    black: BlackOption = None,
    model: ModelOption = None,
    data: SignaturesOption = None,
) -> None:
    """Say how risky a link is, whom it imitates, why, and what to tell the customer."""
    book, lists, reader = _book(brands), _lists(white, black, data), _model(model)
    console = Console()
    lines: Iterable[str] = pasted_lines() if text is None else [text]
    for line in lines:
        if not line.strip() and text is None:
            continue
        for answer in _answers(line, book, lists, reader):
            if output == "json":
                sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
            else:
                draw(console, _table(answer))


def _answers(line: str, book: BrandBook, lists: LinkLists, model: LinkModel | None) -> list[Checked]:
    at = time.time_ns() // 1_000_000
    found = check_links(line, brands=book, lists=lists, model=model, at=at)
    if len(found) > 1:
        return [answer for _, answer in found]
    return [check_link(line, brands=book, lists=lists, model=model, at=at)]


def _table(answer: Checked) -> Table:
    word, colour = LEVELS[answer.level], COLOURS[answer.level]
    title = f"[{colour}]{word}[/{colour}]  {answer.score:.0f}"
    table = Table(box=None, show_header=False, title=title, title_justify="left", padding=(0, 1))
    for name in ("defanged", "host_unicode", "registrable_domain", "impersonates", "redirects_to"):
        if name in answer.facts:
            table.add_row(name, _plain(answer.facts[name]))
    for cue in answer.cues:
        table.add_row(f"{cue.weight:+.0f}", f"{_plain(cue.text.zh)}\n[dim]{_plain(cue.text.en)}[/dim]")
    for sentence in (*answer.advice.say, *answer.advice.never):
        table.add_row("→", f"{sentence.zh}\n[dim]{sentence.en}[/dim]")
    return table


def _plain(text: str) -> str:
    return text.replace("[", "\\[")


def _book(path: Path | None) -> BrandBook:
    if path is None:
        return shipped_brands()
    try:
        return shipped_brands().with_brands(read_brands(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, msgspec.ValidationError) as fault:
        raise typer.BadParameter(unusable(fault), param_hint="--brands") from fault


def _lists(white: Path | None, black: Path | None, data: Path | None) -> LinkLists:
    known = signatures_in_force(data).links
    try:
        own = link_lists(white=_lines(white), black=_lines(black))
    except (OSError, UnicodeDecodeError, ListEntryRefused) as fault:
        raise typer.BadParameter(unusable(fault), param_hint="--white / --black") from fault
    return LinkLists({**known.black, **own.black}, {**known.white, **own.white}, known.lookups)


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _model(path: Path | None) -> LinkModel | None:
    try:
        return None if path is None else open_link_model(path)
    except (OSError, LinkModelRefused) as fault:
        raise typer.BadParameter(unusable(fault), param_hint="--model") from fault
