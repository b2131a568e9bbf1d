"""`anxin check image`: what is known of pictures and screenshots, read in a process of their own."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from anxin.checkers.images.errors import PictureRefused
from anxin.checkers.images.header import MOST_BYTES
from anxin.checkers.images.look_alike import KnownPicture, KnownPictureRefused, read_known_pictures
from anxin.checkers.result import Checked
from anxin.checkers.screenshots.check import Screenshot
from anxin.checkers.screenshots.knowledge import Knowledge
from anxin.checkers.screenshots.mark import Mark
from anxin.cli.drawing import draw
from anxin.cli.language import both
from anxin.cli.levels import COLOURS, LEVELS
from anxin.cli.options import OutputOption
from anxin.cli.unusable import unusable
from anxin.vision.errors import WorkerRefused
from anxin.vision.limits import Limits
from anxin.vision.worker import ScreenshotWorker

SOME_REFUSED, WRONG_CALL = 1, 2
_KINDS = {"link": "链接 link", "code": "二维码 code", "phone": "号码 phone", "amount": "金额 amount"}
_NO_PLACE = frozenset({"cue", "personal_data"})


class Refused(msgspec.Struct, frozen=True):
    """Why a picture got no answer."""

    code: str
    zh: str
    en: str


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is printed for one file as JSON: an answer or a refusal. `text` has personal data starred."""

    file: str
    checked: Checked | None = None
    text: str = ""
    marks: tuple[Mark, ...] = ()
    redacted: str = ""
    refused: Refused | None = None


def image(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help=both(
                "图片文件；省略则从标准输入逐行读取文件名", "pictures; their names from standard input when left out"
            )
        ),
    ] = None,
    output: OutputOption = "table",
    *,
    known: Annotated[
        Path | None,
        typer.Option(
            help=both("已知诈骗图片：每行一个 PDQ 散列值和名称", "known scam pictures: lines of PDQ hash and name")
        ),
    ] = None,
    redacted: Annotated[
        Path | None,
        typer.Option(help=both("把隐去个人信息的副本存到这个文件夹", "folder for copies without personal data")),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, help=both("每张图片最多用几秒", "most seconds for one picture"))
    ] = 20.0,
) -> None:
    """Say what stands on a picture, how risky it is, why, and what to tell the customer; exit 1 when one is refused."""
    pictures = _known(known)
    if redacted is not None and not redacted.is_dir():
        raise typer.BadParameter(f"不是文件夹 / not a folder: {redacted}", param_hint="--redacted")
    names: Iterable[Path] = files if files else (Path(line.strip()) for line in sys.stdin if line.strip())
    any_refused = False
    with ScreenshotWorker(Limits(seconds_per_picture=seconds)) as worker:
        for name in names:
            line = _checked(name, worker, pictures, redacted)
            any_refused |= line.refused is not None
            _print(line, output)
    if any_refused:
        raise typer.Exit(SOME_REFUSED)


def _known(path: Path | None) -> tuple[KnownPicture, ...]:
    if path is None:
        return ()
    try:
        return read_known_pictures(path.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError, KnownPictureRefused) as fault:
        raise typer.BadParameter(unusable(fault), param_hint="--known") from fault


def _checked(name: Path, worker: ScreenshotWorker, known: tuple[KnownPicture, ...], folder: Path | None) -> Line:
    try:
        with name.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as fault:
        return Line(str(name), refused=Refused("file.unreadable", "文件无法读取", f"cannot be read: {fault.strerror}"))
    knowledge = Knowledge(known=known, at=time.time_ns() // 1_000_000)
    try:
        return _answer(name, worker.check(data, knowledge=knowledge), folder)
    except PictureRefused as refused:
        return Line(str(name), refused=Refused(refused.code, refused.zh, refused.en))
    except WorkerRefused as refused:
        if refused.cause in ("extra_missing", "not_started"):
            Console(stderr=True).print(f"{refused.zh} {refused.detail}\n{refused.en} {refused.detail}", markup=False)
            raise typer.Exit(WRONG_CALL) from refused
        return Line(str(name), refused=Refused(refused.code, refused.zh, refused.en))


def _answer(name: Path, screenshot: Screenshot, folder: Path | None) -> Line:
    copy = ""
    if folder is not None:
        place = folder / f"{name.name}.redacted.png"
        place.write_bytes(screenshot.redacted)
        copy = str(place)
    return Line(str(name), screenshot.checked, screenshot.text, screenshot.marks, copy)


def _print(line: Line, output: Literal["table", "json"]) -> None:
    if output == "json":
        sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
        return
    console = Console()
    console.print(line.file, style="bold", markup=False, highlight=False, soft_wrap=True)
    if line.refused is not None:
        console.print(f"[red]✗[/red] {line.refused.zh}\n  [dim]{line.refused.en}[/dim]")
    elif line.checked is not None:
        word, colour = LEVELS[line.checked.level], COLOURS[line.checked.level]
        console.print(f"[{colour}]{word}[/{colour}]  {line.checked.score:.0f}")
        draw(console, _table(line, line.checked))


def _table(line: Line, checked: Checked) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1))
    for mark in line.marks:
        if mark.kind not in _NO_PLACE:
            at = " ".join(f"{box.left},{box.top}" for box in mark.boxes[:1])
            table.add_row(_KINDS[mark.kind], f"{escape(mark.shown)} [dim]{at}[/dim]")
    for cue in checked.cues:
        table.add_row(f"{cue.weight:+.0f}", f"{escape(cue.text.zh)}\n[dim]{escape(cue.text.en)}[/dim]")
    for sentence in (*checked.advice.say, *checked.advice.never):
        table.add_row("→", f"{sentence.zh}\n[dim]{sentence.en}[/dim]")
    return table
