"""A scoring model: the file it is kept in, and the score it gives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from anxin.engine.scoring.choice import TreeWalk
from anxin.engine.scoring.tables import LinearTables, ModelInvalid, TreeTables

FORMAT = "anxin.model/1"
MISSING = float("nan")

InputValue = str | int | float | bool | None


class ModelFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `models/*.json` holds: tables, and the card that says where they come from.

    `inputs` are fields, features and computed features in the order the tables number them. An input in `categories` is
    text and enters as the place of its text there; any other is a number. `event_types` are those it scores, empty for
    all. The raw score becomes the probability 1 / (1 + exp(−slope · raw)). `calibration` holds points (probability,
    score), both ascending, joined by straight lines; empty means probability × 100. Instants are ms UTC.
    """

    name: str
    version: str
    inputs: list[str]
    tables: TreeTables | LinearTables
    categories: dict[str, list[str]] = msgspec.field(default_factory=dict)
    event_types: list[str] = msgspec.field(default_factory=list)
    slope: float = 1.0
    calibration: list[tuple[float, float]] = msgspec.field(default_factory=list)
    trained_at: int = 0
    data_from: int = 0
    data_until: int = 0
    metrics: dict[str, float] = msgspec.field(default_factory=dict)
    notes: dict[str, str] = msgspec.field(default_factory=dict)
    format: str = FORMAT


class Model:
    """A checked model, ready to score."""

    def __init__(self, file: ModelFile) -> None:
        """Raise ModelInvalid when tables, calibration or inputs do not fit together."""
        _check(file)
        self.file = file
        self.name = file.name
        self.version = file.version
        self.inputs = tuple(file.inputs)
        places = {
            name: {text: float(place) for place, text in enumerate(texts)} for name, texts in file.categories.items()
        }
        self._places = [places.get(name) for name in file.inputs]
        self._core = TreeWalk(file.tables, len(self.inputs)) if isinstance(file.tables, TreeTables) else None
        self._linear = file.tables if isinstance(file.tables, LinearTables) else None
        self._slope = file.slope
        self._points = file.calibration

    @property
    def title(self) -> str:
        """Return `name@version`, as decisions name it."""
        return f"{self.name}@{self.version}"

    def encode(self, values: Sequence[InputValue]) -> list[float]:
        """Return values, in input order, as the numbers the model reads; missing and unknown texts become NaN."""
        return [
            _number(value) if places is None else _place(places, value)
            for places, value in zip(self._places, values, strict=True)
        ]

    def raw(self, inputs: Sequence[float]) -> float:
        """Return the raw score (log-odds when the slope is 1)."""
        if self._core is not None:
            return self._core.raw(inputs)
        base, parts = self.contributions(inputs)
        for part in parts:
            base += part
        return base

    def probability(self, inputs: Sequence[float]) -> float:
        """Return the model's probability, 0–1, before calibration."""
        return logistic(self._slope * self.raw(inputs))

    def score(self, inputs: Sequence[float]) -> float:
        """Return the calibrated score, 0–100."""
        probability = logistic(self._slope * self.raw(inputs))
        return calibrated(probability, self._points) if self._points else 100.0 * probability

    def contributions(self, inputs: Sequence[float]) -> tuple[float, list[float]]:
        """Return the mean raw score, and by input how far it moved this one away from it; they sum to the raw score."""
        if self._core is not None:
            return self._core.contributions(inputs)
        linear = self._linear
        if linear is None or len(inputs) != len(linear.weights):
            raise ModelInvalid(
                reason=f"{len(self.inputs)} inputs are needed, {len(inputs)} were given",
                reason_zh=f"需要 {len(self.inputs)} 个输入，却给了 {len(inputs)} 个",
            )
        parts = [
            weight * (value - mean) if value == value else 0.0
            for weight, mean, value in zip(linear.weights, linear.means, inputs, strict=True)
        ]
        return linear.bias, parts


def load_model(document: bytes) -> Model:
    """Return the model of a file's content; raise ModelInvalid when it cannot be used."""
    try:
        return Model(msgspec.json.decode(document, type=ModelFile))
    except msgspec.DecodeError as problem:
        raise ModelInvalid(reason=str(problem), reason_zh=f"内容不符合模型格式（{problem}）") from problem


def dump_model(file: ModelFile) -> bytes:
    """Return the content of the file that `load_model` reads."""
    return msgspec.json.encode(file)


def logistic(x: float) -> float:
    """Return 1 / (1 + exp(−x)) without overflow."""
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    grown = math.exp(x)
    return grown / (1.0 + grown)


def calibrated(probability: float, points: Sequence[tuple[float, float]]) -> float:
    """Return the score of a probability on the line through `points`; the end points hold beyond the ends."""
    if probability <= points[0][0]:
        return points[0][1]
    for (low, low_score), (high, high_score) in pairwise(points):
        if probability <= high:
            return low_score + (high_score - low_score) * ((probability - low) / (high - low))
    return points[-1][1]


def _number(value: InputValue) -> float:
    return MISSING if value is None or isinstance(value, str) else float(value)


def _place(places: dict[str, float], value: InputValue) -> float:
    return places.get(value, MISSING) if isinstance(value, str) else MISSING


def _check(file: ModelFile) -> None:
    if file.format != FORMAT:
        raise ModelInvalid(
            reason=f"format {file.format} is not {FORMAT}", reason_zh=f"格式是 {file.format}，应为 {FORMAT}"
        )
    if len(set(file.inputs)) != len(file.inputs):
        raise ModelInvalid(reason="an input is named twice", reason_zh="有输入重名")
    if not set(file.categories) <= set(file.inputs):
        raise ModelInvalid(reason="categories of something that is no input", reason_zh="categories 里有不是输入的名称")
    if isinstance(file.tables, LinearTables) and file.categories:
        raise ModelInvalid(reason="a linear model takes numbers only", reason_zh="线性模型只接受数字")
    if not (math.isfinite(file.slope) and file.slope > 0):
        raise ModelInvalid(reason="the slope must be above 0", reason_zh="slope 必须大于 0")
    for (low, low_score), (high, high_score) in pairwise(file.calibration):
        if not (low < high and low_score <= high_score):
            raise ModelInvalid(reason="calibration points must ascend", reason_zh="校准点必须递增")
    if any(not (0 <= p <= 1 and 0 <= score <= 100) for p, score in file.calibration):
        raise ModelInvalid(reason="a calibration point is out of range", reason_zh="校准点超出范围")
    file.tables.check(len(file.inputs))
