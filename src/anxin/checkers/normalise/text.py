"""Fold a text once for all checks: what is read stays, how it was disguised goes."""

from __future__ import annotations

from typing import Literal

from anxin.checkers.normalise.characters import light_table, strong_table
from anxin.checkers.normalise.normalised import Normalised, edited
from anxin.checkers.normalise.sequences import digit_edits, leet_edits, part_edits, separator_edits

Strength = Literal["light", "strong"]


def normalise(text: str, *, strength: Strength = "strong") -> Normalised:
    """Return the text folded, with offsets back.

    Light keeps case, spaces and words: width, invisible characters, accents, look-alikes, enclosed letters. Strong is
    for matching: also lower case, simplified characters, pictures as words, digits in words, letters written as digits,
    single characters joined over separators, parts of characters joined.
    """
    if strength == "light":
        return _by_character(text, light_table())
    folded = _by_character(text, strong_table())
    for edits in (separator_edits, part_edits, digit_edits, leet_edits):
        folded = edited(folded, edits(folded.text))
    return folded


def _by_character(text: str, table: dict[str, str]) -> Normalised:
    pieces = list(map(table.__getitem__, text))
    joined = "".join(pieces)
    # Equal lengths prove one for one unless something vanished while something else grew, which the middle term finds.
    if len(joined) == len(text) and "" not in pieces:
        return Normalised(joined, range(len(text) + 1))
    offsets = [at for at, piece in enumerate(pieces) for _ in piece]
    offsets.append(len(text))
    return Normalised(joined, offsets)
