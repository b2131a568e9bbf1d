"""`anxin check phone`: what is known of telephone numbers, in the argument or on stdin line by line."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from anxin.checkers.result import Checked
from anxin.checkers.signatures.checking import check_phone_with
from anxin.cli.drawing import draw
from anxin.cli.known_signatures import SignaturesOption, signatures_in_force
from anxin.cli.language import both
from anxin.cli.levels import LEVELS
from anxin.cli.options import OutputOption
from anxin.cli.pasted_lines import pasted_lines


def phone(
    number: Annotated[
        str | None,
        typer.Argument(
            help=both(
                "号码，照显示的样子写；省略则逐行读取标准输入",
                "a number as it was shown; lines of standard input when left out",
            )
        ),
    ] = None,
    output: OutputOption = "table",
    shown: Annotated[
        str | None,
        typer.Option(
            help=both("客户屏幕上显示的号码（与实际不同时）", "what the customer's screen showed, where it differs")
        ),
    ] = None,
    *,
    to_call: Annotated[
        bool,
        typer.Option(help=both("是对方让客户打过去的，不是它打来的", "she was told to call it; it did not call her")),
    ] = False,
    data: SignaturesOption = None,
    claims_domestic: Annotated[
        bool, typer.Option(help=both("对方自称是境内的机关或单位", "the caller spoke for a domestic office"))
    ] = False,
) -> None:
    """Say how risky a number is, why, and what to tell the customer."""
    console, known = Console(), signatures_in_force(data)
    for line in pasted_lines() if number is None else [number]:
        if number is None and not line.strip():
            continue
        answer = check_phone_with(
            line.strip(), known, displayed=shown, called=not to_call, claims_domestic=claims_domestic
        )
        if output == "json":
            sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
        else:
            draw(console, _table(answer))


def _table(answer: Checked) -> Table:
    table = Table(
        title=f"{LEVELS[answer.level]}  {answer.score:.0f}", title_justify="left", box=None, show_header=False
    )
    for name, fact in answer.facts.items():
        table.add_row("", name, fact)
    for cue in answer.cues:
        table.add_row(f"{cue.weight:+.0f}", cue.text.zh, cue.text.en)
    for words in (*answer.advice.say, *answer.advice.never):
        table.add_row("→", words.zh, words.en)
    return table
