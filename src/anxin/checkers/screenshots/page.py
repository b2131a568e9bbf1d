"""What stands on a picture: boxes, lines, codes, and the text with a place for every character."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from anxin.checkers.images.reading import ImageReading


class Box(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A rectangle in pixels of the picture, half-open, from the top left."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def grown(self, by: int) -> Box:
        """Return the box with a margin around it."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


class Line(msgspec.Struct, frozen=True):
    """One line of text as it was read: each character's box, and how sure the reader is (0–1)."""

    text: str
    box: Box
    characters: tuple[Box, ...]
    probability: float


class Code(msgspec.Struct, frozen=True):
    """A QR or bar code: its kind, what it says, where it stands."""

    kind: str
    text: str
    box: Box


class Page(msgspec.Struct, frozen=True):
    """The joined text of all lines; `places` holds a box for each character, None where a joint was put in."""

    text: str = ""
    places: tuple[Box | None, ...] = ()

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """Return the boxes of a range of characters, those beside each other as one."""
        merged: list[Box] = []
        for box in self.places[start:end]:
            if box is None:
                continue
            if merged and _is_beside(merged[-1], box):
                merged[-1] = enclosing((merged[-1], box))
            else:
                merged.append(box)
        return tuple(merged)


class Scan(msgspec.Struct, frozen=True):
    """What was read from a screenshot, personal data in clear; `redacted` is a PNG without it.

    `is_cut` tells that a very long picture was read only in part.
    """

    image: ImageReading
    page: Page
    codes: tuple[Code, ...]
    redacted: bytes
    is_cut: bool = False


def enclosing(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around boxes, of which there is at least one."""
    lefts, tops, rights, bottoms = zip(*(msgspec.structs.astuple(each) for each in boxes), strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def _is_beside(before: Box, after: Box) -> bool:
    """Return whether two boxes stand on one line, the second to the right of the first."""
    shared = min(before.bottom, after.bottom) - max(before.top, after.top)
    gap = after.left - before.right
    return shared * 2 > min(before.height, after.height) and -after.height < gap < 2 * after.height
