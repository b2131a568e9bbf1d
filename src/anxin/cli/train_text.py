"""`anxin train text`: a local text model from labelled texts."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from anxin.checkers.texts.errors import TrainingRefused
from anxin.checkers.texts.train import TextRow, TextTraining, TrainedTexts, train_texts
from anxin.cli.labelled_rows import missing_extra, read_labelled
from anxin.cli.language import both
from anxin.cli.unusable import unusable

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        help=both("CSV 文件（可 .gz），含文本列与标签列", "CSV files (.gz too) with a text and a label column")
    ),
]
OutOption = Annotated[
    Path, typer.Option(help=both("模型文件；模型卡写在旁边", "the model's file; its card goes beside it"))
]
ColumnOption = Annotated[str, typer.Option(help=both("文本所在的列", "column of the text"))]
LabelOption = Annotated[
    str, typer.Option(help=both("标签所在的列：1 为有害，0 为正常", "column of the label: 1 is bad, 0 is good"))
]
GroupOption = Annotated[
    str | None,
    typer.Option(help=both("近似重复的行在这一列里取值相同", "column in which near duplicates are alike")),
]
LicenceOption = Annotated[list[str] | None, typer.Option(help=both("文本的许可证", "licence of the texts"))]
ClosenessOption = Annotated[
    float,
    typer.Option(min=0.01, help=both("对样本拟合的松紧，越大越紧", "how closely to fit the texts; more is closer")),
]
LimitOption = Annotated[
    int | None, typer.Option(min=40, help=both("每个文件最多读这么多行", "at most so many rows of each file"))
]


def text(
    files: FilesArgument,
    out: OutOption,
    column: ColumnOption = "text",
    label: LabelOption = "label",
    group: GroupOption = None,
    *,
    licence: LicenceOption = None,
    closeness: ClosenessOption = 10.0,
    limit: LimitOption = None,
) -> None:
    """Train a model of bad texts by their pieces; thresholds come from rows that the model had not seen."""
    training = TextTraining(
        name=out.stem,
        sources=tuple(file.name for file in files),
        licences=tuple(licence or ()),
        trained_on=datetime.fromtimestamp(time.time(), UTC).date().isoformat(),
        closeness=closeness,
    )
    columns = [column] if group is None else [column, group]
    read = read_labelled(files, label, columns, limit)
    rows = (TextRow(values[0], is_bad, "".join(values[1:])) for is_bad, values in read)
    try:
        trained = train_texts(rows, training)
    except ModuleNotFoundError as fault:
        raise missing_extra(fault, "train text") from fault
    except TrainingRefused as fault:
        raise typer.BadParameter(unusable(fault), param_hint="FILES") from fault
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(trained.document())
    card = out.with_suffix(".md")
    card.write_text(card_of(trained), encoding="utf-8")
    Console().print(f"模型 model: {out}\n说明 card: {card}\n{_figures(trained)}", highlight=False)


def _figures(trained: TrainedTexts) -> str:
    return (
        f"F1 {trained.f1:.3f}; 误报 1 % 时召回 recall at 1 % false alarms: {trained.recall_at_1_percent:.3f}; "
        f"0.1 %: {trained.recall_at_1_per_mille:.3f} ({trained.rows} rows, {trained.bad} bad; each part measured by a "
        "model of the others)"
    )


def card_of(trained: TrainedTexts) -> str:
    """Return the model card in Markdown."""
    model = trained.model
    return "\n".join(
        [
            f"# {model.name}",
            "",
            f"- Trained on {model.dated} from: {', '.join(model.trained_on)}",
            f"- Licences: {', '.join(model.licences) or 'not stated'}",
            f"- {_figures(trained)}",
            f"- Margins: likelier bad than not from {model.threshold:.2f}, suspicious from "
            f"{model.suspicious_from:.2f}, high risk from {model.high_risk_from:.2f}; "
            f"2^{model.bits} weights over hashed pieces of the text.",
            "- Figures inside one source flatter: measure on a source that was left out, and on texts of a later time.",
            "- It cannot say why. A cue of a pack explains; the model only raises suspicion.",
            "",
        ]
    )
