"""`anxin check personal-data`: find, mask, tokenise or remove personal data, in the argument or on stdin by line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from anxin.checkers.personal_data.check import NAMES, check_personal_data
from anxin.checkers.personal_data.text import mask, remove, tokenise
from anxin.cli.drawing import draw
from anxin.cli.language import both
from anxin.cli.levels import LEVELS
from anxin.cli.options import OutputOption
from anxin.cli.pasted_lines import pasted_lines

KEY_BYTES = range(16, 65)


def personal_data(
    text: Annotated[
        str | None,
        typer.Argument(help=both("文本；省略则逐行读取标准输入", "a text; lines of standard input when left out")),
    ] = None,
    output: OutputOption = "table",
    hide: Annotated[
        Literal["mask", "token", "remove"] | None,
        typer.Option(
            help=both(
                "改为打印隐去后的文本：mask 打星号，token 换成令牌，remove 删去",
                "print the text with its data hidden instead: starred, as tokens, or removed",
            )
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(help=both("令牌的密钥文件，16 到 64 字节", "file with the tokens' key, 16 to 64 bytes")),
    ] = None,
) -> None:
    """Say what personal data a text shows; the values themselves are not printed."""
    secret = _key(key) if hide == "token" else b""
    for line in pasted_lines() if text is None else [text]:
        if hide is not None:
            sys.stdout.write(_hidden(line, hide, secret) + "\n")
        elif output == "json":
            sys.stdout.write(msgspec.json.encode(check_personal_data(line)).decode() + "\n")
        else:
            draw(Console(), _table(line))


def _key(path: Path | None) -> bytes:
    secret = path.read_bytes() if path is not None else b""
    if len(secret) not in KEY_BYTES:
        raise typer.BadParameter(
            "令牌需要 16 到 64 字节的密钥文件。\nTokens need a key file of 16 to 64 bytes.", param_hint="--key"
        )
    return secret


def _hidden(line: str, how: Literal["mask", "token", "remove"], secret: bytes) -> str:
    if how == "token":
        return tokenise(line, secret)
    return mask(line) if how == "mask" else remove(line)


def _table(line: str) -> Table:
    answer = check_personal_data(line)
    table = Table(
        title=f"{LEVELS[answer.level]}  {answer.score:.0f}", title_justify="left", box=None, header_style="dim"
    )
    for heading in ("位置 place", "种类 kind", ""):
        table.add_column(heading)
    for cue in answer.cues:
        words = NAMES[cue.code.removeprefix("personal_data.")]
        table.add_row(f"{cue.start}–{cue.end}", words.zh, words.en)
    return table
