"""`anxin aside`: what the worker could not react to and laid aside; try it again at once, or give it up."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from anxin.cli.desk_data import REFUSED, open_desk
from anxin.cli.drawing import draw
from anxin.cli.language import both
from anxin.cli.options import DataOption, DeskUrlOption
from anxin.cli.refusals import tell_refusal
from anxin.engine.errors import EngineError

if TYPE_CHECKING:
    from anxin.desk.foundation.outbox.models import LaidAside
    from anxin.desk.foundation.outbox.queries import LaidLine

UNKNOWN = 2
HEADINGS = (
    "编号\nid",
    "读者\nreader",
    "组织\norganisation",
    "事实\nfact",
    "对象\nobject",
    "原因\nfault",
    "重试\ntries",
)
IdArgument = Annotated[
    int, typer.Argument(help=both("编号，见 anxin aside list", "its id, as anxin aside list shows it"))
]
OutputOption = Annotated[
    Literal["table", "json", "csv"],
    typer.Option(
        "--output",
        "-o",
        help=both("给人看的表格，还是给程序用的 JSON 或 CSV", "a table for people, JSON or CSV for programs"),
    ),
]


def show(
    data: DataOption = None,
    database_url: DeskUrlOption = None,
    *,
    output: OutputOption = "table",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=both("只打印编号", "print ids only"))] = False,
) -> None:
    """List what no reader could react to yet: since when, what it failed with, and when it is tried again."""
    open_desk(data, database_url)
    from anxin.desk.foundation.organisations.models import Organisation
    from anxin.desk.foundation.outbox.queries import list_laid_aside

    lines, slugs = list_laid_aside(), dict(Organisation.objects.values_list("id", "slug"))
    if quiet:
        for each in lines:
            typer.echo(each.id)
    elif output == "table":
        _draw(lines, slugs)
    else:
        _write([asdict(each) | {"organisation": slugs.get(each.organisation_id, "")} for each in lines], output)


def _draw(lines: tuple[LaidLine, ...], slugs: dict[str, str]) -> None:
    if not lines:
        Console().print("没有搁置的事实。Nothing is laid aside.")
        return
    table = Table(box=None, header_style="dim", padding=(0, 1, 0, 0))
    for heading in (*HEADINGS, "下次\nagain at (UTC)"):
        table.add_column(heading, overflow="fold", no_wrap=heading.startswith(("编号", "读者", "下次")))
    for each in lines:
        table.add_row(
            str(each.id),
            each.reader,
            slugs.get(each.organisation_id, each.organisation_id),
            f"{each.kind} {each.number}",
            each.object_id,
            each.fault or "排在前一条之后\nwaits behind another",
            str(each.tries),
            f"{each.again_at:%m-%d %H:%M:%S}",
        )
    draw(Console(), table)


def _write(rows: list[dict[str, object]], output: str) -> None:
    if output == "json":
        typer.echo(msgspec.json.encode(rows).decode())
    elif rows:
        writer = csv.DictWriter(sys.stdout, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def retry(laid_id: IdArgument, data: DataOption = None, database_url: DeskUrlOption = None) -> None:
    """Have the worker try it again at once, e.g. after what it failed with was mended."""
    open_desk(data, database_url)
    from anxin.desk.foundation.outbox.actions import retry_laid_aside

    row = _done(lambda at: retry_laid_aside(laid_id=laid_id, at=at))
    _say(f"{row.reader} {row.seq} 将立即重试。It is tried again at once.")


def drop(
    laid_id: IdArgument,
    reason: Annotated[
        str, typer.Option("--reason", help=both("原因，会记入审计", "why; it is kept in the audit trail"))
    ],
    data: DataOption = None,
    database_url: DeskUrlOption = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=both("只说明会放弃什么", "say what would be given up, and stop"))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=both("不再询问", "do not ask"))] = False,
) -> None:
    """Give it up for good: its reader never reacts to it; the fact itself and the trail stay."""
    open_desk(data, database_url)
    from anxin.desk.foundation.outbox.actions import drop_laid_aside
    from anxin.desk.foundation.outbox.queries import list_laid_aside

    line = next((each for each in list_laid_aside() if each.id == laid_id), None)
    if line is not None:
        _say(f"{line.reader} {line.kind} {line.number} {line.object_id} {line.fault}")
    if line is not None and dry_run:
        return
    if line is not None and not yes and not typer.confirm("放弃后不再处理。Give it up for good?", err=True):
        raise typer.Exit(1)
    row = _done(lambda at: drop_laid_aside(laid_id=laid_id, reason=reason, at=at))
    _say(f"✓ {row.reader} {row.seq} 已放弃，已记入审计。It is given up, and in the audit trail.")


def _done(act: Callable[[datetime], LaidAside]) -> LaidAside:
    """Do it now; exit 2 where there is no such id, 3 where it is refused."""
    from anxin.desk.foundation.edge.clock import now
    from anxin.desk.foundation.edge.refusals import NotFound

    try:
        return act(now())
    except NotFound:
        Console(stderr=True).print("没有搁置这个编号。Nothing of this id is laid aside.")
        raise typer.Exit(UNKNOWN) from None
    except EngineError as refusal:
        tell_refusal(Console(stderr=True), refusal)
        raise typer.Exit(REFUSED) from None


def _say(words: str) -> None:
    Console(stderr=True).print(words, markup=False, highlight=False, soft_wrap=True)
