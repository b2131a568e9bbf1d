"""Compare two texts line by line."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

_MARKS = {"- ": "removed", "+ ": "added", "  ": "kept"}


@dataclass(frozen=True)
class DiffLine:
    """One line of a comparison; `mark` is removed, added or kept."""

    mark: str
    text: str


def compare_lines(before: str, after: str) -> tuple[DiffLine, ...]:
    """Return the lines of both texts in reading order."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return tuple(DiffLine(_MARKS[line[:2]], line[2:]) for line in lines if line[:2] in _MARKS)
