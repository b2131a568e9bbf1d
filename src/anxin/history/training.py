"""Fitting a scoring model to collected inputs, and measuring it on the part it never saw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from msgspec import structs

from anxin.engine.scoring.lightgbm_import import slope_from_lightgbm, tables_from_lightgbm
from anxin.engine.scoring.model import Model, ModelFile
from anxin.history.calibration import calibration_points
from anxin.history.dataset import UNLABELLED, Dataset, InputChoice
from anxin.history.errors import TrainingImpossible
from anxin.history.extras import load_extra
from anxin.history.metrics import Curve

LEAST_FRAUDS = 10
FALSE_POSITIVE_RATE = 0.01


@dataclass(frozen=True)
class FitSettings:
    """How trees are fitted; the same settings, seed and rows give the same model.

    `ordinary_per_fraud` bounds how many ordinary rows are learnt from, drawn with the seed; None means all.
    """

    rounds: int = 400
    learning_rate: float = 0.03
    leaves: int = 15
    least_rows_per_leaf: int = 50
    input_share: float = 0.8
    ridge: float = 0.0
    seed: int = 1
    threads: int = 1
    ordinary_per_fraud: int | None = 50


@dataclass(frozen=True)
class Measured:
    """What a score reached on labelled rows; precision, recall and F1 are at `threshold`, chosen elsewhere."""

    rows: int
    frauds: int
    threshold: float
    precision: float
    recall: float
    f1: float
    best_f1: float
    pr_auc: float
    auc: float
    recall_at_1_percent: float

    def as_metrics(self) -> dict[str, float]:
        """Return all figures by name, rounded to six decimals."""
        return {name: round(float(getattr(self, name)), 6) for name in self.__dataclass_fields__}


def labelled_rows(dataset: Dataset, *, part: Sequence[str] | None = None) -> list[int]:
    """Return the places of the labelled rows, of all parts or of those named."""
    wanted = None if part is None else set(part)
    return [
        place
        for place, label in enumerate(dataset.labels)
        if label != UNLABELLED and (wanted is None or dataset.parts[place] in wanted)
    ]


def split_by_time(rows: Sequence[int], share: float) -> tuple[list[int], list[int]]:
    """Return the earlier rows and the last `share` of them (0–1), in the order of arrival."""
    cut = len(rows) - round(len(rows) * share)
    return list(rows[:cut]), list(rows[cut:])


def fit_model(
    dataset: Dataset, rows: Sequence[int], choice: InputChoice, *, name: str, version: str, settings: FitSettings
) -> ModelFile:
    """Return a model fitted to the rows, not yet calibrated; raise TrainingImpossible or ExtraMissing."""
    kept = _sampled(dataset, rows, settings)
    lightgbm, numpy = load_extra("lightgbm", extra="ml"), load_extra("numpy", extra="ml")
    width = len(dataset.names)
    values = numpy.frombuffer(dataset.values, dtype="float64").reshape(-1, width)[kept]
    labels = numpy.frombuffer(dataset.labels, dtype="int8")[kept]
    texts = [dataset.names.index(each) for each in choice.categories]
    data = lightgbm.Dataset(values, labels, categorical_feature=texts or "auto", params={"verbose": -1})
    booster = lightgbm.train(_parameters(settings), data, num_boost_round=settings.rounds)
    dump = booster.dump_model()
    return ModelFile(
        name=name,
        version=version,
        inputs=list(choice.names),
        tables=tables_from_lightgbm(dump),
        categories=choice.categories,
        event_types=list(choice.event_types),
        slope=slope_from_lightgbm(dump) or 1.0,
    )


def scores_of(file: ModelFile, dataset: Dataset, rows: Sequence[int]) -> list[float]:
    """Return the scores (0–100) that the engine's own model gives to the rows."""
    model, width, values = Model(file), len(dataset.names), dataset.values
    return [model.score(values[row * width : (row + 1) * width]) for row in rows]


def calibrated_model(file: ModelFile, dataset: Dataset, rows: Sequence[int]) -> ModelFile:
    """Return the model with calibration points fitted to rows it was not fitted to."""
    plain = structs.replace(file, calibration=[])
    probabilities = [score / 100 for score in scores_of(plain, dataset, rows)]
    return structs.replace(file, calibration=calibration_points(probabilities, labels_of(dataset, rows)))


def measure(scores: Sequence[float], labels: Sequence[int], *, threshold: float) -> Measured:
    """Return what scores reach when events with `score >= threshold` stop; raise TrainingImpossible without fraud."""
    curve = Curve.of(scores, labels)
    at, best = curve.confusion_at(threshold), curve.best_f1()
    if best is None:
        raise TrainingImpossible(reason="the rows to measure on hold no fraud", reason_zh="用于测量的数据行里没有欺诈")
    return Measured(
        rows=len(labels),
        frauds=curve.positives,
        threshold=threshold,
        precision=at.precision or 0.0,
        recall=at.recall or 0.0,
        f1=at.f1 or 0.0,
        best_f1=best[0],
        pr_auc=curve.average_precision or 0.0,
        auc=math.nan if curve.auc is None else curve.auc,
        recall_at_1_percent=curve.recall_at(false_positive_rate=FALSE_POSITIVE_RATE) or 0.0,
    )


def best_threshold(scores: Sequence[float], labels: Sequence[int]) -> float:
    """Return the threshold of the best F1; raise TrainingImpossible without fraud."""
    best = Curve.of(scores, labels).best_f1()
    if best is None:
        raise TrainingImpossible(
            reason="the rows to choose a threshold on hold no fraud", reason_zh="用于选择阈值的数据行里没有欺诈"
        )
    return best[1]


def labels_of(dataset: Dataset, rows: Sequence[int]) -> list[int]:
    """Return the labels of the rows."""
    return [dataset.labels[row] for row in rows]


def _sampled(dataset: Dataset, rows: Sequence[int], settings: FitSettings) -> list[int]:
    frauds = [row for row in rows if dataset.labels[row] == 1]
    ordinary = [row for row in rows if dataset.labels[row] == 0]
    if len(frauds) < LEAST_FRAUDS or len(ordinary) < LEAST_FRAUDS:
        reason = f"{len(frauds)} fraud and {len(ordinary)} ordinary rows; at least {LEAST_FRAUDS} of each are needed"
        reason_zh = f"欺诈 {len(frauds)} 行、正常 {len(ordinary)} 行；各需至少 {LEAST_FRAUDS} 行"
        raise TrainingImpossible(reason=reason, reason_zh=reason_zh)
    bound = None if settings.ordinary_per_fraud is None else settings.ordinary_per_fraud * len(frauds)
    if bound is not None and len(ordinary) > bound:
        ordinary = Random(settings.seed).sample(ordinary, bound)
    return sorted(frauds + ordinary)


def _parameters(settings: FitSettings) -> dict[str, Any]:
    return {
        "objective": "binary",
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "min_child_samples": settings.least_rows_per_leaf,
        "feature_fraction": settings.input_share,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": settings.ridge,
        "seed": settings.seed,
        "num_threads": settings.threads,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }
