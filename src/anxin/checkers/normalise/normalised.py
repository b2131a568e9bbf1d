"""A text in its folded form, with the way back to the text as it was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True, slots=True)
class Normalised:
    """A folded text and, for each of its characters, the offset of the source character it came from.

    `offsets` never falls and is one longer than `text`: the last is the length of the source.
    """

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open source range behind a half-open range of `text`; hidden characters inside belong."""
        if start >= end:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], max(self.offsets[end], self.offsets[end - 1] + 1)


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of `text[start:end]`."""

    start: int
    end: int
    replacement: str


def edited(source: Normalised, edits: Sequence[Edit]) -> Normalised:
    """Return the text with edits made, which are in order and do not overlap."""
    if not edits:
        return source
    text, offsets = source.text, source.offsets
    pieces: list[str] = []
    ways: list[Sequence[int]] = []
    at = 0
    for each in edits:
        pieces += (text[at : each.start], each.replacement)
        ways += (offsets[at : each.start], _spread(offsets, each))
        at = each.end
    pieces.append(text[at:])
    ways.append(offsets[at:])
    return Normalised("".join(pieces), list(chain.from_iterable(ways)))


def _spread(offsets: Sequence[int], edit: Edit) -> Sequence[int]:
    """Return the offsets of a replacement: one for one where the lengths agree, else all at the first."""
    if len(edit.replacement) == edit.end - edit.start:
        return offsets[edit.start : edit.end]
    return [offsets[edit.start]] * len(edit.replacement)
