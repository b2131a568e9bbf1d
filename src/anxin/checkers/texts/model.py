"""A linear model over hashed pieces of a text: small plain weights, walked here, made by `train`."""

from __future__ import annotations

import re
import zlib
from array import array
from base64 import b85decode
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import pairwise
from math import exp, log2
from pathlib import Path
from typing import Literal
from zlib import crc32, decompressobj

import msgspec

from anxin.checkers.texts.errors import ModelRefused
from anxin.checkers.texts.packs import DATA

Head = Literal["scam_zh", "talk_zh", "offensive_zh", "group_ads_zh", "smishing_en"]
HEADS: tuple[Head, ...] = ("scam_zh", "talk_zh", "offensive_zh", "group_ads_zh", "smishing_en")
TALK_HEAD: Head = "talk_zh"
FORMAT = "anxin-text-model/1"
GRAMS = (1, 2, 3, 4)
LEAST_BITS, MOST_BITS = 8, 22
# A model reads no further: its training texts are short, and so stays the time.
MODEL_CHARACTERS = 240
# A talk between two tells its story in pieces, so the head for talks reads on, by fewer pieces a place.
TALK_CHARACTERS, TALK_GRAMS = 1200, (1, 2, 3)
SUSPICIOUS_WEIGHT, HIGH_WEIGHT = 42.0, 70.0
_WORD = re.compile(r"[a-z']+|[0-9]+")
_RUN = re.compile(r"[0-9]+")
_LINK = re.compile(r"https?:|www\.|\.[a-z]{2,4}/|\.com|\.cn|\.net")
_SHOUT = re.compile(r"[A-Z]{4,}")
_MOST_RUN, _MOST_DIGITS, _MOST_RUNS = 14, 10, 5


class ModelFile(msgspec.Struct, frozen=True):
    """Weights of one model as packed signed bytes, and where they come from.

    A byte b stands for scale · b · |b|, so that small weights keep their meaning beside large ones. A margin from
    `threshold` on is likelier bad than not (best F1); `suspicious_from` and `high_risk_from` are what 1 % and 0.1 % of
    the ordinary texts reached that the model had not seen.
    """

    format: str
    name: str
    trained_on: tuple[str, ...]
    licences: tuple[str, ...]
    dated: str
    bits: int
    bias: float
    scale: float
    threshold: float
    suspicious_from: float
    high_risk_from: float
    weights: str


class LinearModel:
    """One model, unpacked."""

    def __init__(self, file: ModelFile, weights: bytes) -> None:
        self.file = file
        decoded = [(each - 256 if each > 127 else each) for each in range(256)]
        floats = array("f", [file.scale * each * abs(each) for each in decoded]).tobytes()
        # Each byte of a float has a table of its own: four passes in C.
        unpacked = bytearray(4 * len(weights))
        for part in range(4):
            unpacked[part::4] = weights.translate(floats[part::4])
        self._weights = array("f", bytes(unpacked))

    def margin(self, text: str, written: str = "") -> float:
        """Return the signed distance of a normalised text from the border; `written` is the text as it was given."""
        return self.margin_of(features(text, written))

    def margin_of(self, found: AbstractSet[int]) -> float:
        """Return the margin of a text's features."""
        if not found:
            return self.file.bias
        weights, mask = self._weights, len(self._weights) - 1
        total = sum([weights[each & mask] for each in found])
        return self.file.bias + float(total / len(found) ** 0.5)

    def probability(self, text: str, written: str = "") -> float:
        """Return the margin as 0–1; not calibrated outside the training data."""
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, self.margin(text, written)))))

    def weight_of(self, margin: float) -> float:
        """Return the weight of the cue that a margin makes: 0, 42 (suspicious) or 70 (high risk)."""
        if margin < self.file.suspicious_from:
            return 0.0
        return HIGH_WEIGHT if margin >= self.file.high_risk_from else SUSPICIOUS_WEIGHT


def features(text: str, written: str = "") -> set[int]:
    """Return the hashed pieces of a normalised text: n-grams, Latin words, and the shape of the text as written."""
    text = text[:MODEL_CHARACTERS]
    return _hashed(text, GRAMS, _words(text) + (shape(written[:MODEL_CHARACTERS]) if written else []))


def talk_features(text: str) -> set[int]:
    """Return the hashed pieces of a normalised talk: no spaces, which only say how its turns were joined; no shape."""
    text = text.replace(" ", "")[:TALK_CHARACTERS]
    return _hashed(text, TALK_GRAMS, _words(text))


def _hashed(text: str, sizes: tuple[int, ...], named: list[str]) -> set[int]:
    read = f" {text} ".encode("utf-32-le", "surrogatepass")
    end = len(read)
    found = {crc32(read[at : at + 4 * size]) for size in sizes for at in range(0, end - 4 * size + 1, 4)}
    found.update([crc32(each.encode("utf-8", "surrogatepass")) for each in named])
    return found


def _words(text: str) -> list[str]:
    words = _WORD.findall(text)
    return [f"w:{word}" for word in words] + [f"b:{one}_{other}" for one, other in pairwise(words)]


def shape(written: str) -> list[str]:
    """Return what is seen of a text without reading it: length, digits, capitals, links."""
    runs = _RUN.findall(written)
    size = len(written) + 1
    found = [f"n:run{min(len(run), _MOST_RUN)}" for run in runs]
    found.append(f"n:length{int(log2(size) * 2)}")
    found.append(f"n:digits{min(_MOST_DIGITS, sum(map(len, runs)))}")
    found.append(f"n:runs{min(_MOST_RUNS, len(runs))}")
    found.append(f"n:capitals{min(5, 10 * sum(map(str.isupper, written)) // size)}")
    if _LINK.search(written.lower()):
        found.append("n:link")
    if _SHOUT.search(written):
        found.append("n:shout")
    return found


def read_model(document: bytes) -> LinearModel:
    """Return the model of a file's content; raises `ModelRefused`."""
    try:
        file = msgspec.json.decode(document, type=ModelFile)
    except msgspec.DecodeError as fault:
        raise ModelRefused(str(fault)) from fault
    if file.format != FORMAT:
        raise ModelRefused(f"format {file.format[:40]}, expected {FORMAT}")
    if not LEAST_BITS <= file.bits <= MOST_BITS:
        raise ModelRefused(f"{file.bits} bits, expected {LEAST_BITS} to {MOST_BITS}")
    try:
        # One more than there may be: a small file must not grow beyond memory.
        weights = decompressobj().decompress(b85decode(file.weights), (1 << file.bits) + 1)
    except (zlib.error, ValueError) as fault:
        raise ModelRefused("its weights cannot be unpacked") from fault
    if len(weights) != 1 << file.bits:
        raise ModelRefused(f"its weights are not {1 << file.bits}")
    return LinearModel(file, weights)


def open_model(path: Path) -> LinearModel:
    """Return the model of a file; raises `ModelRefused` and `OSError`."""
    return read_model(path.read_bytes())


@cache
def shipped_model(head: Head, folder: Path = DATA) -> LinearModel:
    """Return a shipped head, read at the first call."""
    return open_model(folder / f"model_{head}.json")
