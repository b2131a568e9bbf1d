"""`anxin check text`: how bad a message is, why, and what to say."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from anxin.checkers.result import Checked
from anxin.checkers.signatures.checking import check_text_with
from anxin.checkers.texts.check import GRADES
from anxin.checkers.texts.errors import ModelRefused
from anxin.checkers.texts.model import LinearModel, open_model
from anxin.checkers.texts.replies import check_reply
from anxin.cli.drawing import draw
from anxin.cli.known_signatures import SignaturesOption, signatures_in_force
from anxin.cli.language import both
from anxin.cli.levels import LEVELS
from anxin.cli.options import OutputOption
from anxin.cli.pasted_lines import pasted_lines
from anxin.cli.unusable import unusable

HEADINGS = ("代码\ncode", "线索\ncue", "权重\nweight", "位置\nplace")


def check_texts(
    text: Annotated[
        str | None,
        typer.Argument(
            help=both("要核查的消息；省略则逐行读取标准输入", "the message; lines of standard input when left out")
        ),
    ] = None,
    *,
    output: OutputOption = "table",
    model: Annotated[
        Path | None, typer.Option(help=both("anxin train text 训练出的模型", "a model made by anxin train text"))
    ] = None,
    reply: Annotated[
        bool,
        typer.Option(
            "--reply", help=both("当作客服的回复，在发送前检查", "check it as a staff reply before it is sent")
        ),
    ] = False,
    data: SignaturesOption = None,
) -> None:
    """Check messages for scams, contact smuggling and bad content, or staff replies before they are sent."""
    lines: Iterable[str] = [text] if text is not None else pasted_lines()
    local = None if model is None else _opened(model)
    known = signatures_in_force(data)
    for line in lines:
        checked = check_reply(line) if reply else check_text_with(line, known, at=known.at, model=local).checked
        if output == "json":
            sys.stdout.write(msgspec.json.encode(checked).decode() + "\n")
        else:
            show(checked)


def _opened(path: Path) -> LinearModel:
    try:
        return open_model(path)
    except (OSError, ModelRefused) as fault:
        raise typer.BadParameter(unusable(fault), param_hint="--model") from fault


def show(checked: Checked) -> None:
    """Print one answer for people."""
    console = Console()
    grade = checked.facts.get("grade")
    title = f"{LEVELS[checked.level]} · {checked.score:.0f}" + (f" · {GRADES[grade].zh}" if grade else "")
    table = Table(*HEADINGS, title=title, title_justify="left", box=None, header_style="dim")
    for cue in checked.cues:
        table.add_row(cue.code, f"{cue.text.zh}\n{cue.text.en}", f"{cue.weight:+.0f}", f"{cue.start}–{cue.end}")
    draw(console, table)
    for heading, sentences in (
        ("说 say", checked.advice.say),
        ("问 ask", checked.advice.ask),
        ("不可 never", checked.advice.never),
    ):
        for words in sentences:
            console.print(f"{heading}: {words.zh}\n  {words.en}", markup=False, highlight=False, soft_wrap=True)
    for name, value in checked.facts.items():
        console.print(f"{name}: {value}", style="dim")
