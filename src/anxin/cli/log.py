"""`anxin log verify`: walk the decision log and name the first broken link."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from anxin.cli.drawing import draw
from anxin.cli.language import both
from anxin.cli.options import ConfigOption, DataOption, OutputOption
from anxin.cli.refusals import tell_refusal
from anxin.engine.errors import EngineError
from anxin.engine.log.errors import KeyMissing, KeyRefused
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.verify import Damage, LogReport, verify_log
from anxin.engine.log.verify import Progress as Heard
from anxin.gateway.config import load_config

DAMAGED, NOT_ALLOWED = 3, 4
SHOWN = 20

OrganisationOption = Annotated[
    str | None,
    typer.Option(
        "--organisation", help=both("只校验这个组织；省略则全部", "only this organisation; all when left out")
    ),
]
AtLeastOption = Annotated[
    int,
    typer.Option("--at-least", min=0, help=both("日志至少要到达的序号", "a sequence number that the log must reach")),
]


class Verified(msgspec.Struct):
    """The report of one organisation, as `-o json` prints it."""

    organisation: str
    intact: bool
    segments: int
    dropped_segments: int
    records: int
    first_seq: int
    last_seq: int
    damages: list[dict[str, object]]


def verify(
    data: DataOption = None,
    organisation: OrganisationOption = None,
    config_file: ConfigOption = None,
    *,
    output: OutputOption = "table",
    at_least: AtLeastOption = 0,
) -> None:
    """Check every record, checksum and chain hash of the decision log; exit 3 when something is broken."""
    errors = Console(stderr=True)
    try:
        config = load_config(config_file, os.environ, data=data)
        names = list_organisations(config.data, organisation)
        if at_least and len(names) > 1:
            raise typer.BadParameter(
                "须用 --organisation 写明属于哪个组织。Name the organisation it belongs to.", param_hint="--at-least"
            )
        ring = existing_ring(config.master_key_file or config.data / "master.key")
        reports = {name: _verify_one(config.data, name, ring, at_least, errors) for name in names}
    except EngineError as refusal:
        tell_refusal(errors, refusal, by_code=True)
        raise typer.Exit(NOT_ALLOWED if isinstance(refusal, KeyMissing | KeyRefused) else DAMAGED) from None
    if output == "json":
        typer.echo(msgspec.json.encode([as_verified(name, report) for name, report in reports.items()]))
    else:
        _print_table(reports)
    if not all(report.is_intact for report in reports.values()):
        raise typer.Exit(DAMAGED)


def log_folder(data: Path, name: str) -> Path:
    """Return where the gateway keeps an organisation's log; loading the gateway for that would take a second."""
    return data / "organisations" / name / "log"


def list_organisations(data: Path, only: str | None) -> list[str]:
    """Return the organisations that have a log in `data`; refuse when there is none."""
    root = data / "organisations"
    names = [only] if only else sorted(path.name for path in root.glob("*") if path.is_dir())
    if not names or not all(log_folder(data, name).is_dir() for name in names):
        place = f"{root / only}" if only else f"{root}"
        raise typer.BadParameter(
            f"{place} 下没有决策日志。\nThere is no decision log under {place}.",
            param_hint="--organisation" if only and root.is_dir() else "--data",
        )
    return names


def existing_ring(path: Path) -> FileKeyRing:
    """Return the key ring of `path`; raise KeyRefused instead of creating a key that could open nothing."""
    if not path.exists():
        raise KeyRefused(reason=f"{path.name} is missing")
    return FileKeyRing(path)


def as_verified(name: str, report: LogReport) -> Verified:
    """Return the report of an organisation for printing as JSON."""
    damages: list[dict[str, object]] = [
        {
            "file": each.file,
            "offset": each.offset,
            "seq": each.seq,
            "fault": each.fault.code,
            "torn_tail": each.is_torn_tail,
        }
        for each in report.damages
    ]
    return Verified(
        name,
        report.is_intact,
        report.segments,
        report.dropped_segments,
        report.records,
        first_seq=report.first_seq,
        last_seq=report.last_seq,
        damages=damages,
    )


def _verify_one(data: Path, name: str, ring: FileKeyRing, at_least: int, console: Console) -> LogReport:
    with _progress(name, console) as progress:
        return verify_log(log_folder(data, name), ring, progress, organisation=name, at_least=at_least)


@contextmanager
def _progress(name: str, console: Console) -> Iterator[Heard | None]:
    """Draw a bar on standard error when that is a terminal."""
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn(f"verify 校验 {name}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("verify", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


HEADINGS = ("组织\norganisation", "分段\nsegments", "记录\nrecords", "首条\nfirst", "末条\nlast", "状态\nstate")


def _print_table(reports: dict[str, LogReport]) -> None:
    console = Console()
    table = Table(box=None, header_style="dim", title="决策日志 Decision log", title_justify="left")
    for place, heading in enumerate(HEADINGS):
        is_number = 0 < place < len(HEADINGS) - 1
        table.add_column(heading, justify="right" if is_number else "left", no_wrap=is_number, overflow="fold")
    for name, report in reports.items():
        state = "[green]完好 intact[/]" if report.is_intact else "[bold red]损坏 damaged[/]"
        numbers = (report.segments, report.records, report.first_seq, report.last_seq)
        table.add_row(name, *map(str, numbers), state)
    draw(console, table)
    for name, report in reports.items():
        for damage in report.damages[:SHOWN]:
            console.print(render_damage(name, damage), soft_wrap=True, markup=False, highlight=False)
        if len(report.damages) > SHOWN:
            console.print(f"… {len(report.damages) - SHOWN} 处未列出 more places are not shown.")


def render_damage(name: str, damage: Damage) -> str:
    """Return one broken place in both languages."""
    zh = f"{name}：文件 {damage.file}，位置 {damage.offset}，序号 {damage.seq}：{damage.fault.zh}。"
    en = f"{name}: file {damage.file}, offset {damage.offset}, seq {damage.seq}: {damage.fault.en}."
    if damage.is_torn_tail:
        zh += "这是中断写入留下的尾部，其中没有已确认的决策，下次启动时自动修复。"
        en += " A crash left this tail; it holds nothing acknowledged, and the next start repairs it."
    return f"{zh}\n{en}"
