"""A linear model over link features: plain weights in one JSON file, read and applied without any library."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import msgspec

FORMAT = "anxin-link-model/1"
SUSPICIOUS_WEIGHT, HIGH_WEIGHT = 40.0, 70.0


class LinkModelRefused(ValueError):
    """A model file that is not one, or that another version wrote."""

    code = "links.model_refused"

    def __init__(self, detail: str) -> None:
        self.zh = f"链接模型文件无法使用：{detail}"
        self.en = f"the link model file cannot be used: {detail}"
        super().__init__(self.en)


class Reading(msgspec.Struct, frozen=True):
    """One link's sum of weights, the probability it stands for (0–1), and the cue weight (0, 40 or 70)."""

    total: float
    probability: float
    weight: float


class LinkModel(msgspec.Struct, frozen=True):
    """Weights by feature, a bias, and the sums that 1 % and 0.1 % of the benign links reached in validation.

    `sources` names the data sets it was trained on, `trained_on` the day of the newest.
    """

    format: str
    name: str
    sources: tuple[str, ...]
    trained_on: str
    bias: float
    suspicious_from: float
    high_risk_from: float
    weights: dict[str, float]

    def read(self, features: Iterable[str]) -> Reading:
        """Return what the model makes of a link's features; features it does not know count nothing."""
        of = self.weights.get
        total = self.bias + sum([of(feature, 0.0) for feature in features])
        probability = 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))
        weight = 0.0
        if total > self.suspicious_from:
            weight = HIGH_WEIGHT if total > self.high_risk_from else SUSPICIOUS_WEIGHT
        return Reading(total, probability, weight)

    def heaviest(self, features: Iterable[str], count: int = 5) -> list[tuple[str, float]]:
        """Return the features that raise the sum most, heaviest first."""
        known = [(feature, self.weights[feature]) for feature in features if feature in self.weights]
        return sorted([pair for pair in known if pair[1] > 0], key=lambda pair: (-pair[1], pair[0]))[:count]

    def document(self) -> bytes:
        """Return the model file."""
        return msgspec.json.encode(self)


def read_link_model(document: bytes) -> LinkModel:
    """Return the model of a file's content; raises `LinkModelRefused`."""
    try:
        model = msgspec.json.decode(document, type=LinkModel)
    except msgspec.DecodeError as fault:
        raise LinkModelRefused(str(fault)) from fault
    if model.format != FORMAT:
        raise LinkModelRefused(f"format {model.format[:40]}, expected {FORMAT}")
    if not model.suspicious_from <= model.high_risk_from:
        raise LinkModelRefused("its thresholds are not in order")
    return model


def open_link_model(path: Path) -> LinkModel:
    """Return the model of a file; raises `LinkModelRefused` and `OSError`."""
    return read_link_model(path.read_bytes())
