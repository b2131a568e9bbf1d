"""Train a link model from labelled links; scikit-learn is needed here and nowhere at run time."""

from __future__ import annotations

import importlib
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from anxin.checkers.links.address import parse_address
from anxin.checkers.links.domain import split_domain
from anxin.checkers.links.lexical import lexical_features
from anxin.checkers.links.model import FORMAT, LinkModel

MIN_ROWS, MIN_SEEN, SMALLEST_WEIGHT = 50, 3, 0.01


class LinkRow(msgspec.Struct, frozen=True):
    """One labelled link: `is_bad` for phishing or prohibited."""

    url: str
    is_bad: bool


class TrainingRefused(ValueError):
    """Rows from which no model can be trained."""

    code = "links.training_refused"

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


class LinkTraining(msgspec.Struct, frozen=True):
    """How to train: the model's name, its sources, the day of its newest row, how closely to fit, the kept share.

    `kept_share` of the sites (by hash, so that no site stands on both sides) sets the thresholds.
    """

    name: str
    sources: tuple[str, ...] = ()
    trained_on: str = ""
    closeness: float = 0.2
    kept_share: float = 0.15
    max_features: int = 250_000


class TrainedLinks(msgspec.Struct, frozen=True):
    """A model, and what it reached on the sites kept apart (shares, 0–1)."""

    model: LinkModel
    rows: int
    kept: int
    recall_at_1_percent: float
    recall_at_1_per_mille: float


def train_links(rows: Iterable[LinkRow], training: LinkTraining) -> TrainedLinks:
    """Return a linear model; raises `TrainingRefused`, or `ModuleNotFoundError` without scikit-learn."""
    learnt, kept = _split(rows, training.kept_share)
    _require_rows(learnt, kept)
    places = _vocabulary([features for features, _ in learnt], training.max_features)
    fitted = _linear().LogisticRegression(C=training.closeness, solver="liblinear", tol=0.01)
    fitted.fit(_matrix([features for features, _ in learnt], places), [is_bad for _, is_bad in learnt])
    numbers = fitted.coef_[0].tolist()
    weights = {name: round(numbers[at], 3) for name, at in places.items() if abs(numbers[at]) >= SMALLEST_WEIGHT}
    model = LinkModel(
        FORMAT, training.name, training.sources, training.trained_on, float(fitted.intercept_[0]), 0.0, 0.0, weights
    )
    return _with_thresholds(model, kept, rows=len(learnt) + len(kept))


def features_of(url: str) -> set[str]:
    """Return the features of a link as written; none when it is no link."""
    address = parse_address(url)
    return set() if address is None else lexical_features(address, split_domain(address.host))


Example = tuple[set[str], bool]


def _split(rows: Iterable[LinkRow], kept_share: float) -> tuple[list[Example], list[Example]]:
    learnt: list[Example] = []
    kept: list[Example] = []
    for row in rows:
        address = parse_address(row.url)
        if address is None or not address.host:
            continue
        domain = split_domain(address.host)
        key = (domain.registrable or address.host).encode()
        side = kept if zlib.crc32(key) % 1000 < kept_share * 1000 else learnt
        side.append((lexical_features(address, domain), row.is_bad))
    return learnt, kept


def _require_rows(learnt: Sequence[Example], kept: Sequence[Example]) -> None:
    for side in (learnt, kept):
        bad = sum(is_bad for _, is_bad in side)
        if len(side) < MIN_ROWS or bad == 0 or bad == len(side):
            raise TrainingRefused(
                f"标注链接太少或只有一类：{len(side)} 行，其中坏链接 {bad}",
                f"too few labelled links, or one kind only: {len(side)} rows, {bad} of them bad",
            )


def _vocabulary(rows: Sequence[set[str]], limit: int) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for features in rows:
        counted.update(features)
    often = [name for name, count in counted.most_common(limit) if count >= MIN_SEEN]
    return {name: at for at, name in enumerate(sorted(often))}


def _matrix(rows: Sequence[set[str]], places: dict[str, int]) -> Any:
    numpy, sparse = importlib.import_module("numpy"), importlib.import_module("scipy.sparse")
    columns: list[int] = []
    starts = [0]
    for features in rows:
        columns += sorted([places[name] for name in features if name in places])
        starts.append(len(columns))
    ones = numpy.ones(len(columns), dtype=numpy.float64)
    return sparse.csr_matrix((ones, columns, starts), shape=(len(rows), len(places)))


def _with_thresholds(model: LinkModel, kept: Sequence[Example], *, rows: int) -> TrainedLinks:
    totals = [(model.read(features).total, is_bad) for features, is_bad in kept]
    benign = sorted((total for total, is_bad in totals if not is_bad), reverse=True)
    bad = [total for total, is_bad in totals if is_bad]
    # Never below even odds: where the kept benign links lie far off, their highest says nothing of the next one.
    suspicious, high = (max(benign[int(len(benign) * share)], 0.0) for share in (0.01, 0.001))
    return TrainedLinks(
        model=msgspec.structs.replace(model, suspicious_from=suspicious, high_risk_from=high),
        rows=rows,
        kept=len(kept),
        recall_at_1_percent=sum(total > suspicious for total in bad) / len(bad),
        recall_at_1_per_mille=sum(total > high for total in bad) / len(bad),
    )


def _linear() -> Any:
    return importlib.import_module("sklearn.linear_model")
