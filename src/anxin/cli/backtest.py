"""`anxin backtest`: what a policy would have said about a file of old events."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from anxin.cli.board import STYLE_OF_VERDICT, WORD_OF_VERDICT
from anxin.cli.drawing import draw
from anxin.cli.language import both
from anxin.cli.options import EventsOption, LabelsOption, MapOption, PolicyFolderOption, RowsOption
from anxin.cli.output_file import require_writable
from anxin.cli.policy_argument import open_policy
from anxin.cli.refusals import tell_refusal
from anxin.engine.verdict import Verdict
from anxin.history.arrivals import file_arrivals, read_labels, with_labels
from anxin.history.charts import is_drawable
from anxin.history.checked import with_checks
from anxin.history.errors import ExtraMissing, FileUnreadable, HistoryError, MappingInvalid, TooManyRefused
from anxin.history.figures import labelled_figures, moment, percent, ratio
from anxin.history.files import OnBytes
from anxin.history.mapping import read_mapping
from anxin.history.replay import decisions_file, history_engine, report_head, run_backtest
from anxin.history.report import render_report
from anxin.history.summary import Summary

REFUSED_SOME, WRONG_USE = 1, 2
TOP_RULES, TOP_UNDECIDED = 12, 5


OutOption = Annotated[
    Path | None,
    typer.Option(
        help=both("把每条决策写入这个 JSON 行文件（可 .gz）", "write every decision to this JSON lines file (.gz too)")
    ),
]
ReportOption = Annotated[
    Path | None, typer.Option(help=both("把 HTML 报告写入这个文件", "write an HTML report to this file"))
]
MaxRefusedOption = Annotated[
    int | None,
    typer.Option(min=0, help=both("被拒收的行超过这个数就停止", "stop when more rows than this are refused")),
]
EngineOption = Annotated[
    str,
    typer.Option(help=both("local：在本机计算；spark 尚未包含在本版本中", "local; spark is not part of this build")),
]


def backtest(
    events: EventsOption,
    policy: PolicyFolderOption = None,
    map_: MapOption = None,
    *,
    labels: LabelsOption = None,
    out: OutOption = None,
    report: ReportOption = None,
    limit: RowsOption = None,
    max_refused: MaxRefusedOption = None,
    engine: EngineOption = "local",
) -> None:
    """Decide old events in order of arrival; exit 1 when some were refused."""
    if engine != "local":
        _refuse_engine(engine)
    require_writable(out, "--out")
    require_writable(report, "--report")
    chosen = open_policy(policy)
    started = time.perf_counter()
    with refusals_shown():
        mapping = None if map_ is None else read_mapping(map_)
        machine = history_engine(chosen)
        with ExitStack() as files:
            write = None if out is None else files.enter_context(decisions_file(out))
            arrivals = file_arrivals(events, mapping, on_bytes=files.enter_context(bytes_progress(events)))
            if labels is not None:
                arrivals = with_labels(arrivals, read_labels(labels))
            summary = run_backtest(machine, islice(with_checks(arrivals), limit), write=write, most_refused=max_refused)
        show(summary, machine.working.live.label, seconds=time.perf_counter() - started)
        if report is not None:
            name = None if mapping is None else mapping.name
            head = report_head(machine, source=events.name, mapping=name, made_at=time.time_ns() // 1_000_000)
            report.write_text(render_report(head, summary), encoding="utf-8")
            _tell_report(report)
    if summary.refused:
        raise typer.Exit(REFUSED_SOME)


def _tell_report(report: Path) -> None:
    console = Console(stderr=True)
    console.print(f"报告 report: {report}", highlight=False, markup=False, soft_wrap=True)
    if not is_drawable():
        told = "报告中没有图表；需要图表请先运行 make full。\nThe report has no charts: for charts run make full first."
        console.print(told, style="yellow", highlight=False)


@contextmanager
def refusals_shown() -> Iterator[None]:
    """Print a refusal of the history in both languages and exit: 2 when file, mapping or extra are wrong, else 1."""
    try:
        yield
    except HistoryError as problem:
        tell_refusal(Console(stderr=True), problem)
        is_misuse = isinstance(problem, FileUnreadable | MappingInvalid | ExtraMissing)
        raise typer.Exit(WRONG_USE if is_misuse else REFUSED_SOME) from problem


@contextmanager
def bytes_progress(path: Path, title: str = "回测 backtest") -> Iterator[OnBytes]:
    """Show a bar for how far a file was read, on standard error when that is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    total = path.stat().st_size if path.is_file() else None
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)


def show(summary: Summary, label: str, *, seconds: float) -> None:
    """Print what was found."""
    console = Console()
    rate = summary.events / seconds if seconds else 0.0
    title = f"回测 Backtest · {label} · {summary.events:,} 事件 events · {seconds:.1f} s · {rate:,.0f}/s"
    console.print(title, style="bold", highlight=False, soft_wrap=True)
    if not summary.events and not summary.refused:
        console.print("文件中没有事件。There are no events in the file.", style="yellow", highlight=False)
        return
    draw(console, _verdicts(summary))
    if summary.labelled:
        draw(console, _figures(summary))
    if summary.rules:
        draw(console, _rules(summary))
    if undecided := summary.undecided()[:TOP_UNDECIDED]:
        names = "  ".join(f"{rule} {count:,}" for rule, count in undecided)
        told = f"从未命中、缺值而无法判断的事件数 never fired, events that lacked a value: {names}"
        console.print(told, style="dim", highlight=False, soft_wrap=True)
    if summary.duplicates:
        console.print(f"重复的事件编号 repeated event ids: {summary.duplicates:,}", highlight=False)
    if summary.too_late:
        _tell_too_late(console, summary)
    if summary.refused:
        console.print(f"被拒绝 refused: {summary.refused:,}", style="red", highlight=False)
        for each in summary.refusals.values():
            alike = f" (同类共 in all {each.count:,})" if each.count > 1 else ""
            told = f"  行 row {each.row}{alike}: {each.zh}\n    {each.en}"
            console.print(told, highlight=False, markup=False, soft_wrap=True)
    if summary.stopped_at is not None:
        tell_refusal(console, TooManyRefused(limit=summary.refused - 1, row=summary.stopped_at))


def _tell_too_late(console: Console, summary: Summary) -> None:
    """Say how much no feature saw, and how late the latest event is: a single wrong time can be the cause."""
    latest = moment(summary.last_t)
    told = f"过迟而未计数 too late, not counted: {summary.too_late:,} · 最晚的事件时间 latest event time: {latest}"
    console.print(told, style="yellow", highlight=False, soft_wrap=True)


def _verdicts(summary: Summary) -> Table:
    table = Table(box=None, header_style="dim")
    table.add_column("处置 verdict")
    table.add_column("事件 events", justify="right")
    table.add_column("占比 share", justify="right")
    for verdict in Verdict:
        count, word = summary.verdicts[verdict.word], verdict.word
        if count:
            table.add_row(
                WORD_OF_VERDICT[word], f"{count:,}", percent(count, summary.events), style=STYLE_OF_VERDICT[word]
            )
    return table


def _figures(summary: Summary) -> Table:
    table = Table(box=None, header_style="dim")
    table.add_column("指标 figure")
    table.add_column("", justify="right")
    for each in labelled_figures(summary):
        table.add_row(f"{each.zh} {each.en}" if each.zh != each.en else each.en, each.value)
    return table


def _rules(summary: Summary) -> Table:
    table = Table(box=None, header_style="dim")
    headings = (
        "规则 rule",
        "命中 hits",
        "占比 share",
        *(("欺诈 fraud", "精确率 precision") if summary.labelled else ()),
    )
    for heading in headings:
        table.add_column(heading, justify="left" if heading.startswith("规则") else "right")
    for rule, outcome in sorted(summary.rules.items(), key=lambda each: (-each[1].hits, each[0]))[:TOP_RULES]:
        share = percent(outcome.hits, summary.events)
        truth = (f"{outcome.fraud:,}", ratio(outcome.precision)) if summary.labelled else ()
        table.add_row(rule, f"{outcome.hits:,}", share, *truth)
    return table


def _refuse_engine(engine: str) -> None:
    console = Console(stderr=True)
    if engine == "spark":
        console.print("本构建尚未包含 Spark 引擎；请使用 --engine local。", style="red", highlight=False)
        console.print(
            "The Spark engine is not part of this build yet; use --engine local.", style="red", highlight=False
        )
    else:
        console.print(f"没有这种引擎 no such engine: {engine}", style="red", highlight=False, markup=False)
    raise typer.Exit(WRONG_USE)
