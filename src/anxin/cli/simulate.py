"""`anxin simulate`: write seeded, labelled traffic of a platform as JSON lines."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from anxin.cli.language import both
from anxin.cli.output_file import require_writable
from anxin.simulator.labelled import Labelled, label_record
from anxin.simulator.scenario import STEALTHY
from anxin.simulator.scenario_catalogue import ScenarioUnknown, all_scenarios
from anxin.simulator.simulator import START_AT, Simulator, Surroundings

LABEL_DAYS = (1.0, 7.0)
PROGRESS_STEP = 500
PIPE_WIDTH, RULES_WIDTH = 80, 10
CAPTION = (
    ":stealthy 表示另有低于出厂阈值的隐蔽变体，用 --scenario 名称:stealthy 播放。\n"
    ":stealthy marks scenarios that can also be played below the shipped thresholds,\n"
    "with --scenario name:stealthy."
)


EventsOption = Annotated[
    int | None, typer.Option(min=0, help=both("写够这么多事件就停止", "stop after this many events"))
]
DaysOption = Annotated[
    float, typer.Option(min=0.001, help=both("事件分布在几天之内", "days over which the events are spread"))
]
SeedOption = Annotated[int, typer.Option(help=both("种子：同一种子，逐字节相同", "the same seed gives the same bytes"))]
StartOption = Annotated[
    str | None,
    typer.Option(help=both("起始时刻，RFC 3339 格式，须带时区", "first moment, RFC 3339 with time zone")),
]
ScenarioOption = Annotated[
    list[str] | None,
    typer.Option(
        help=both("只播放这种攻击；隐蔽变体写 名称:stealthy", "only this attack; name:stealthy for its quiet variant")
    ),
]
AttackShareOption = Annotated[
    float,
    typer.Option(min=0.0, max=0.99, help=both("攻击占全部事件的比例", "share of all events that belong to attacks")),
]
LabelEventsOption = Annotated[
    bool,
    typer.Option(help=both("数日后用纠纷与标签事件揭示欺诈", "reveal frauds by dispute and label events days later")),
]
LabelsOption = Annotated[
    Path | None,
    typer.Option(help=both("把每个事件的真相写入这个文件", "write what each event truly is to this file")),
]
OutOption = Annotated[
    str, typer.Option(help=both("事件写到哪个文件；- 表示标准输出", "file for the events; - for standard output"))
]
ListOption = Annotated[bool, typer.Option("--list", help=both("列出全部场景后退出", "list the scenarios and stop"))]


def simulate(
    events: EventsOption = None,
    days: DaysOption = 1.0,
    seed: SeedOption = 1,
    start: StartOption = None,
    *,
    scenario: ScenarioOption = None,
    attack_share: AttackShareOption = 0.015,
    label_events: LabelEventsOption = False,
    labels: LabelsOption = None,
    out: OutOption = "-",
    list_: ListOption = False,
) -> None:
    """Simulate labelled traffic of a shop in order of arrival: ordinary life and named attacks."""
    if list_:
        Console(width=None if sys.stdout.isatty() else PIPE_WIDTH).print(scenario_table())
        return
    require_writable(None if out == "-" else Path(out), "--out")
    require_writable(labels, "--labels")
    surroundings = Surroundings(labels_after_days=LABEL_DAYS if label_events else None)
    try:
        simulator = Simulator(
            seed, start_at=parse_start(start), days=days, events=events, scenarios=scenario,
            attack_share=attack_share, surroundings=surroundings,
        )  # fmt: skip
    except ScenarioUnknown as unknown:
        sentences = f"{unknown.sentence('zh')}\n{unknown.sentence('en')}"
        raise typer.BadParameter(sentences, param_hint="--scenario") from unknown
    total = events if events is not None else int(simulator.daily_events * days)
    with ExitStack() as files:
        lines = sys.stdout.buffer if out == "-" else files.enter_context(Path(out).open("wb"))
        truth = files.enter_context(labels.open("wb")) if labels else None
        write_lines(with_progress(simulator.stream(), total), lines, truth)


def parse_start(text: str | None) -> int:
    """Return the ms UTC of an RFC 3339 time, or the simulator's own start for None; refuse a time without zone."""
    if text is None:
        return START_AT
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} 不是 RFC 3339 时间。\n{text!r} is no RFC 3339 time.", param_hint="--start"
        ) from error
    if moment.tzinfo is None:
        raise typer.BadParameter(
            "时间须带时区，如 Z 或 +08:00。The time needs a zone, such as Z or +08:00.", param_hint="--start"
        )
    return int(moment.timestamp() * 1000)


def write_lines(stream: Iterable[Labelled], lines: BinaryIO, truth: BinaryIO | None) -> None:
    """Write each event as one line of JSON to `lines`, and its label to `truth` if given."""
    encode = msgspec.json.Encoder().encode
    for item in stream:
        lines.write(encode(item.event) + b"\n")
        if truth is not None:
            truth.write(encode(label_record(item)) + b"\n")
    lines.flush()


def with_progress(stream: Iterable[Labelled], total: int) -> Iterator[Labelled]:
    """Yield `stream`, drawing a bar on standard error when that is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield from stream
        return
    columns = (TextColumn("simulate 模拟"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("simulate", total=total)
        for number, item in enumerate(stream, start=1):
            if number % PROGRESS_STEP == 0:
                progress.update(task, completed=number)
            yield item


def scenario_table() -> Table:
    """Return the table of all scenarios, readable at 80 columns: titles in both languages, the rules they trigger."""
    table = Table(title="场景 Scenarios", caption=CAPTION, caption_justify="left", box=None, pad_edge=False)
    table.add_column("名称 name", no_wrap=True)
    table.add_column("说明 what happens", overflow="fold")
    table.add_column("规则 rules", width=RULES_WIDTH)
    for name, each in all_scenarios().items():
        suffix = f"  :{STEALTHY}" if each.stealthy is not None else ""
        table.add_row(
            Text.assemble((name, "bold"), "\n", (each.taxonomy + suffix, "dim")),
            Text.assemble(each.zh, "\n", (each.en, "dim")),
            " ".join(each.rules),
        )
    return table
