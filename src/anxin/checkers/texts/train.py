"""Train a linear text model from labelled texts; scikit-learn is needed here and nowhere at run time."""

from __future__ import annotations

import importlib
from base64 import b85encode
from collections.abc import Iterable, Sequence
from typing import Any
from zlib import compress, crc32

import msgspec

from anxin.checkers.normalise.text import normalise
from anxin.checkers.texts.errors import TrainingRefused
from anxin.checkers.texts.model import FORMAT, TALK_HEAD, LinearModel, ModelFile, features, read_model, talk_features

BYTE = 127
LEAST_ROWS = 40
# From so many rows on, how much oftener a piece stands in bad texts than in others says more than it costs.
MANY_ROWS = 5_000
RARE = 2


class TextRow(msgspec.Struct, frozen=True):
    """One labelled text. Rows of one `group` (near duplicates) stay together; empty: the text is its own group."""

    text: str
    is_bad: bool
    group: str = ""


class TextTraining(msgspec.Struct, frozen=True):
    """How to train: name, sources with licences, the day, how closely to fit, and parts for the thresholds.

    `folds` parts are each measured by a model of the others; 0 leaves the thresholds at the border. `bits` sets the
    size: 2^bits bytes. `is_balanced` counts both labels alike however many rows they have.
    """

    name: str
    sources: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    trained_on: str = ""
    closeness: float = 10.0
    folds: int = 4
    bits: int = 20
    is_balanced: bool = True


class TrainedTexts(msgspec.Struct, frozen=True):
    """A model and what its like reached on rows they had not seen (shares, 0–1; 0 without folds)."""

    model: ModelFile
    rows: int
    bad: int
    f1: float
    recall_at_1_percent: float
    recall_at_1_per_mille: float

    def document(self) -> bytes:
        """Return the model file."""
        return msgspec.json.encode(self.model)


class _Example(msgspec.Struct, frozen=True):
    """The features of a row, its label, and the number its group is parted by."""

    found: frozenset[int]
    is_bad: bool
    part: int


def train_texts(rows: Iterable[TextRow], training: TextTraining) -> TrainedTexts:
    """Return a model, the same for the same rows; raises `TrainingRefused`, and `ModuleNotFoundError` without ml."""
    examples = [_example(row, training.name) for row in rows]
    bad = sum(each.is_bad for each in examples)
    if len(examples) < LEAST_ROWS or not 0 < bad < len(examples):
        raise TrainingRefused(
            f"标注文本太少或只有一类：{len(examples)} 行，其中坏文本 {bad}",
            f"too few labelled texts, or one kind only: {len(examples)} rows, {bad} of them bad",
        )
    model = _fitted(examples, training)
    unseen = _unseen_margins(examples, training)
    f1, threshold = best_f1(unseen)
    ordinary = sorted((margin for margin, is_bad in unseen if not is_bad), reverse=True)
    suspicious, high = (_reached(ordinary, share) for share in (0.01, 0.001))
    # No warning where an ordinary text is the likelier, however rare such margins were.
    borders = {"suspicious_from": max(suspicious, threshold), "high_risk_from": max(high, threshold)}
    return TrainedTexts(
        model=msgspec.structs.replace(model, threshold=threshold, **borders),
        rows=len(examples),
        bad=bad,
        f1=f1,
        recall_at_1_percent=_recall(unseen, suspicious),
        recall_at_1_per_mille=_recall(unseen, high),
    )


def best_f1(margins: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Return the best F1 and the margin, midway to the next lower one, from which it is reached; 0 and 0 for none."""
    ordered = sorted(margins, key=lambda pair: -pair[0])
    bad = sum(is_bad for _, is_bad in ordered)
    best, border, right = 0.0, 0.0, 0
    for seen, (margin, is_bad) in enumerate(ordered, 1):
        right += is_bad
        found = 2 * right / (seen + bad)
        if found > best:
            following = ordered[seen][0] if seen < len(ordered) else margin
            best, border = found, (margin + following) / 2
    return best, border


def _reached(ordinary: Sequence[float], share: float) -> float:
    """Return the margin above which at most a share of the ordinary texts, highest first, lies; 0 without any."""
    return ordinary[int(len(ordinary) * share)] if ordinary else 0.0


def _recall(margins: Sequence[tuple[float, bool]], border: float) -> float:
    bad = [margin for margin, is_bad in margins if is_bad]
    return sum(margin > border for margin in bad) / len(bad) if bad else 0.0


def _example(row: TextRow, name: str) -> _Example:
    text = normalise(row.text).text
    part = crc32((row.group or text).encode("utf-8", "surrogatepass"))
    found = talk_features(text) if name == TALK_HEAD else features(text, row.text)
    return _Example(frozenset(found), row.is_bad, part)


def _unseen_margins(examples: Sequence[_Example], training: TextTraining) -> list[tuple[float, bool]]:
    margins: list[tuple[float, bool]] = []
    for fold in range(training.folds):
        learnt = [each for each in examples if each.part % training.folds != fold]
        if len({each.is_bad for each in learnt}) < 2:
            continue
        model = unpacked(_fitted(learnt, training))
        margins += [
            (model.margin_of(each.found), each.is_bad) for each in examples if each.part % training.folds == fold
        ]
    return margins


def unpacked(file: ModelFile) -> LinearModel:
    """Return a model just made, ready to read texts."""
    return read_model(msgspec.json.encode(file))


def _fitted(examples: Sequence[_Example], training: TextTraining) -> ModelFile:
    numpy, linear = importlib.import_module("numpy"), importlib.import_module("sklearn.linear_model")
    matrix, labels = _matrix(examples, 1 << training.bits), numpy.array([each.is_bad for each in examples])
    scales = _scales(matrix, labels, numpy) if len(examples) >= MANY_ROWS else numpy.ones(1 << training.bits)
    fitted = linear.LogisticRegression(
        C=training.closeness,
        solver="liblinear",
        class_weight="balanced" if training.is_balanced else None,
        random_state=1,
    )
    fitted.fit(matrix.multiply(scales).tocsr(), labels)
    weights = fitted.coef_[0] * scales
    scale = float(abs(weights).max()) / BYTE**2 or 1.0
    packed = (numpy.sign(weights) * numpy.sqrt(abs(weights) / scale)).round().astype(numpy.int8).tobytes()
    return ModelFile(
        format=FORMAT,
        name=training.name,
        trained_on=training.sources,
        licences=training.licences,
        dated=training.trained_on,
        bits=training.bits,
        bias=float(fitted.intercept_[0]),
        scale=scale,
        threshold=0.0,
        suspicious_from=0.0,
        high_risk_from=0.0,
        weights=b85encode(compress(packed, 9)).decode(),
    )


def _matrix(examples: Sequence[_Example], width: int) -> Any:
    """Return rows of length one over the places of their features; places seen in one row only stay empty."""
    numpy, sparse = importlib.import_module("numpy"), importlib.import_module("scipy.sparse")
    places = numpy.concatenate(
        [numpy.fromiter((each & (width - 1) for each in row.found), numpy.int32, len(row.found)) for row in examples]
    )
    sizes = numpy.array([len(row.found) for row in examples])
    values = numpy.repeat(sizes**-0.5, sizes)
    values[numpy.bincount(places, minlength=width)[places] < RARE] = 0.0
    starts = numpy.concatenate([[0], numpy.cumsum(sizes)])
    matrix = sparse.csr_matrix((values, places, starts), shape=(len(examples), width))
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix


def _scales(matrix: Any, labels: Any, numpy: Any) -> Any:
    """Return for each place how much oftener it stands in bad rows, as a logarithm."""
    seen = matrix > 0
    bad, other = (numpy.asarray(seen[rows].sum(axis=0)).ravel() + 1.0 for rows in (labels, ~labels))
    return abs(numpy.log((bad / bad.sum()) / (other / other.sum()))) + 1e-3
