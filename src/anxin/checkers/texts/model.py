"""A linear model over hashed character n-grams: small plain weights, walked here, made by `train`."""

from __future__ import annotations

from array import array
from base64 import b85decode
from functools import cache
from math import exp
from pathlib import Path
from typing import Literal
from zlib import crc32, decompress

import msgspec

from anxin.checkers.texts.packs import DATA

Head = Literal["offensive_zh", "smishing_en"]
BITS = 17
GRAMS = (1, 2, 3, 4)
# A model reads no further: its training texts are short, and so stays the time.
MODEL_CHARACTERS = 240


class ModelFile(msgspec.Struct, frozen=True):
    """Weights of one head as packed signed bytes, and where they come from.

    `scale` turns a byte into a weight. `threshold` is the margin from which the head speaks.
    """

    head: Head
    trained_on: tuple[str, ...]
    licences: tuple[str, ...]
    dated: str
    bias: float
    scale: float
    threshold: float
    weights: str


class LinearModel:
    """One head, unpacked."""

    def __init__(self, file: ModelFile) -> None:
        self.file = file
        self._weights = array("b", decompress(b85decode(file.weights)))

    def margin(self, text: str) -> float:
        """Return the signed distance of a normalised text from the border; 0 is the border of the training data."""
        found = features(text)
        if not found:
            return self.file.bias
        total = sum(self._weights[place] for place in found)
        length = float(len(found) ** 0.5)
        return self.file.bias + self.file.scale * total / length

    def probability(self, text: str) -> float:
        """Return the margin as 0–1; not calibrated outside the training data."""
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, self.margin(text)))))

    def speaks(self, text: str) -> bool:
        """Return whether the margin reaches the threshold of the head."""
        return self.margin(text) >= self.file.threshold


def features(text: str) -> set[int]:
    """Return the hashed character n-grams of a normalised text."""
    read = f" {text[:MODEL_CHARACTERS]} ".encode("utf-32-le", "surrogatepass")
    mask, end = (1 << BITS) - 1, len(read)
    return {crc32(read[at : at + 4 * size]) & mask for size in GRAMS for at in range(0, end - 4 * size + 1, 4)}


@cache
def shipped_model(head: Head, folder: Path = DATA) -> LinearModel:
    """Return a shipped head, read at the first call."""
    return LinearModel(msgspec.json.decode((folder / f"model_{head}.json").read_bytes(), type=ModelFile))
