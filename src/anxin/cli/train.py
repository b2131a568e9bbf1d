"""`anxin train`: local models from labelled history."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from anxin.cli.backtest import bytes_progress, refusals_shown
from anxin.cli.drawing import draw
from anxin.cli.language import both
from anxin.cli.options import EventsOption, LabelsOption, MapOption, PolicyFolderOption, RowsOption
from anxin.cli.output_file import require_makeable
from anxin.cli.policy_argument import open_policy
from anxin.engine.arrival import Arrival
from anxin.engine.policy.definition import Policy
from anxin.history.arrivals import file_arrivals, read_labels, with_labels
from anxin.history.checked import with_checks
from anxin.history.mapping import FileMapping, read_mapping
from anxin.history.train_events import Trained, TrainingOrder, train_events
from anxin.history.training import Measured

OutOption = Annotated[
    Path,
    typer.Option(
        help=both(
            "模型文件，最好是 策略文件夹/models/名称.json；模型卡写在旁边",
            "the model's file, best POLICY/models/NAME.json; its card goes beside it",
        )
    ),
]
EventTypeOption = Annotated[
    list[str] | None,
    typer.Option(help=both("模型给哪些类型的事件打分", "type of the events that the model scores")),
]
FieldOption = Annotated[
    list[str] | None, typer.Option(help=both("模型读取的事件字段", "an event field that the model reads"))
]
WithoutOption = Annotated[
    list[str] | None, typer.Option(help=both("模型不读取的特征", "a feature that it does not read"))
]
PartOption = Annotated[list[str] | None, typer.Option(help=both("只用数据中的这一部分", "only this part of the data"))]
ValidShareOption = Annotated[
    float,
    typer.Option(min=0.05, max=0.9, help=both("留出最近的这一部分，用来衡量效果", "latest share, kept for measuring")),
]


def events(
    events: EventsOption,
    out: OutOption,
    policy: PolicyFolderOption = None,
    map_: MapOption = None,
    *,
    labels: LabelsOption = None,
    event_type: EventTypeOption = None,
    field: FieldOption = None,
    without: WithoutOption = None,
    part: PartOption = None,
    valid_share: ValidShareOption = 0.25,
    limit: RowsOption = None,
) -> None:
    """Train a scoring model on the engine's own point-in-time features, and write its card."""
    chosen = _opened(policy, out)
    with refusals_shown():
        mapping = None if map_ is None else read_mapping(map_)
        truth = None if labels is None else read_labels(labels)

        def arrivals() -> Iterator[Arrival]:
            with bytes_progress(events, "读取 read") as on_bytes:
                rows = file_arrivals(events, mapping, on_bytes=on_bytes)
                yield from islice(with_checks(rows if truth is None else with_labels(rows, truth)), limit)

        order = TrainingOrder(
            name=out.stem,
            event_types=event_type or _mapped_types(mapping),
            trained_at=time.time_ns() // 1_000_000,
            source=events.name,
            mapping="none" if mapping is None else mapping.name,
            fields=field or (),
            without=without or (),
            parts=part or (),
            valid_share=valid_share,
        )
        _keep(train_events(chosen, arrivals, order), out)


def _opened(policy: Path | None, out: Path) -> Policy:
    """Return the policy, after a look at whether a model could be kept: training takes long."""
    require_makeable(out, "--out")
    return open_policy(policy)


def _keep(trained: Trained, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(trained.document)
    card = out.with_suffix(".md")
    card.write_text(trained.card, encoding="utf-8")
    _show(trained, out, card)


def _mapped_types(mapping: FileMapping | None) -> list[str]:
    if mapping is None:
        raise typer.BadParameter(
            "没有映射文件时须写明。It is needed for a file without a mapping.", param_hint="--event-type"
        )
    source = mapping.event.type
    return [source] if isinstance(source, str) else sorted(set(source.values.values()))


def _show(trained: Trained, out: Path, card: Path) -> None:
    table = Table(
        box=None, header_style="dim", title=f"{trained.file.name} {trained.file.version}", title_justify="left"
    )
    headings = ("", "precision", "recall", "F1", "PR-AUC", "AUC", "recall @ 1 % FPR")
    for heading in headings:
        table.add_column(heading, justify="right" if heading else "left")
    _row(table, "模型 model", trained.model)
    if trained.baseline is not None:
        _row(table, "无历史的基线 baseline without history", trained.baseline)
    console = Console()
    draw(console, table)
    console.print(f"模型 model: {out}\n说明 card: {card}", highlight=False)
    console.print(f"在 policy.yaml 中写 In policy.yaml: model: {trained.file.name}", highlight=False)


def _row(table: Table, name: str, found: Measured) -> None:
    figures = (found.precision, found.recall, found.f1, found.pr_auc, found.auc, found.recall_at_1_percent)
    table.add_row(name, *(f"{figure:.3f}" for figure in figures))
