"""Train a head of the linear model and pack its weights; run where scikit-learn is installed."""

from __future__ import annotations

from base64 import b85encode
from collections.abc import Sequence
from importlib import import_module
from typing import Any
from zlib import compress

from anxin.checkers.normalise.text import normalise
from anxin.checkers.texts.model import BITS, Head, ModelFile, features

BYTE = 127


def train_head(
    head: Head,
    texts: Sequence[str],
    labels: Sequence[bool],
    *,
    trained_on: Sequence[str],
    licences: Sequence[str],
    dated: str,
    strength: float = 1.0,
) -> ModelFile:
    """Return the head fitted to labelled texts with the threshold 0; deterministic."""
    linear = import_module("sklearn.linear_model")
    fitted = linear.LogisticRegression(C=strength, solver="liblinear", class_weight="balanced", random_state=1)
    fitted.fit(matrix(texts), list(labels))
    weights = fitted.coef_[0]
    scale = float(abs(weights).max()) / BYTE
    packed = bytes(round(float(weight) / scale) & 0xFF for weight in weights)
    return ModelFile(
        head=head,
        trained_on=tuple(trained_on),
        licences=tuple(licences),
        dated=dated,
        bias=float(fitted.intercept_[0]),
        scale=scale,
        threshold=0.0,
        weights=b85encode(compress(packed, 9)).decode(),
    )


def matrix(texts: Sequence[str]) -> Any:
    """Return the features of texts as a sparse matrix, rows of length one."""
    sparse = import_module("scipy.sparse")
    places: list[int] = []
    values: list[float] = []
    rows = [0]
    for text in texts:
        found = sorted(features(normalise(text).text))
        places.extend(found)
        values.extend([len(found) ** -0.5] * len(found))
        rows.append(len(places))
    return sparse.csr_matrix((values, places, rows), shape=(len(texts), 1 << BITS))
