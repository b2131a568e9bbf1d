"""Fold a text to the form packs are written in, and keep the way back to the text as it was given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import msgspec

SEPARATED = re.compile(r"(?<=[一-鿿])[\s*|/\\·•^~_=+`#@—\-丶]{1,3}(?=[一-鿿])")


class Folded(msgspec.Struct, frozen=True):
    """The folded text and, for each of its characters and its end, the offset in the original."""

    text: str
    offsets: Sequence[int]


class FoldingTable(dict[int, str]):
    """What each character becomes: compatibility form, lower case; invisible ones become nothing."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        invisible = unicodedata.category(character) in ("Cf", "Mn", "Me") or 0xFE00 <= point <= 0xFE0F
        folded = "" if invisible else unicodedata.normalize("NFKC", character).lower()
        if len(self) < 70_000:
            self[point] = folded
        return folded


TABLE = FoldingTable()


def fold(text: str) -> Folded:
    """Return the folded text: width, case, invisible characters, separators between two Chinese characters."""
    plain = text.translate(TABLE)
    offsets: Sequence[int] = range(len(text) + 1)
    if any(len(TABLE[ord(each)]) != 1 for each in set(text)):
        offsets = [place for place, each in enumerate(text) for _ in TABLE[ord(each)]]
        offsets.append(len(text))
    return close_gaps(plain, offsets)


def close_gaps(text: str, offsets: Sequence[int]) -> Folded:
    """Take out the separators that split a Chinese word."""
    gaps = [found.span() for found in SEPARATED.finditer(text)]
    if not gaps:
        return Folded(text, offsets)
    pieces: list[str] = []
    kept: list[int] = []
    place = 0
    for start, end in [*gaps, (len(text), len(text))]:
        pieces.append(text[place:start])
        kept.extend(offsets[place:start])
        place = end
    kept.append(offsets[len(text)])
    return Folded("".join(pieces), kept)
