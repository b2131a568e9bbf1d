"""`anxin train url`: a local link model from labelled links."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from anxin.checkers.links.train import LinkRow, LinkTraining, TrainedLinks, TrainingRefused, train_links
from anxin.cli.labelled_rows import missing_extra, read_labelled
from anxin.cli.language import both
from anxin.cli.unusable import unusable


def url(
    files: Annotated[
        list[Path],
        typer.Argument(
            help=both("CSV 文件（可 .gz），含链接列与标签列", "CSV files (.gz too) with a link and a label column")
        ),
    ],
    out: Annotated[
        Path, typer.Option(help=both("模型文件；模型卡写在旁边", "the model's file; its card goes beside it"))
    ],
    column: Annotated[str, typer.Option(help=both("链接所在的列", "column of the link"))] = "url",
    label: Annotated[
        str, typer.Option(help=both("标签所在的列：1 为有害，0 为正常", "column of the label: 1 is bad, 0 is good"))
    ] = "label",
    limit: Annotated[
        int | None, typer.Option(min=100, help=both("每个文件最多读这么多行", "at most so many rows of each file"))
    ] = None,
) -> None:
    """Train a model that tells phishing links by how they are written; thresholds come from sites kept apart."""
    day = datetime.fromtimestamp(time.time(), UTC).date().isoformat()
    training = LinkTraining(name=out.stem, sources=tuple(file.name for file in files), trained_on=day)
    rows = (LinkRow(values[0], is_bad) for is_bad, values in read_labelled(files, label, [column], limit))
    try:
        trained = train_links(rows, training)
    except ModuleNotFoundError as fault:
        raise missing_extra(fault, "train url") from fault
    except TrainingRefused as fault:
        raise typer.BadParameter(unusable(fault), param_hint="FILES") from fault
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(trained.model.document())
    card = out.with_suffix(".md")
    card.write_text(_card(trained), encoding="utf-8")
    Console().print(f"模型 model: {out}\n说明 card: {card}\n{_figures(trained)}", highlight=False)


def _figures(trained: TrainedLinks) -> str:
    return (
        f"误报 1 % 时召回 recall at 1 % false alarms: {trained.recall_at_1_percent:.3f}; "
        f"0.1 %: {trained.recall_at_1_per_mille:.3f} ({trained.kept} of {trained.rows} rows kept apart by site)"
    )


def _card(trained: TrainedLinks) -> str:
    model = trained.model
    heaviest = sorted(model.weights.items(), key=lambda pair: -pair[1])[:20]
    lines = [f"# {model.name}", "", f"- Trained on {model.trained_on} from: {', '.join(model.sources)}"]
    lines += [f"- Weights: {len(model.weights)}; {_figures(trained)}"]
    lines += ["- Figures inside one source flatter: measure on links of a later time and another origin.", ""]
    lines += ["| feature | weight |", "|---|---|", *(f"| `{name}` | {weight:.2f} |" for name, weight in heaviest), ""]
    return "\n".join(lines)
