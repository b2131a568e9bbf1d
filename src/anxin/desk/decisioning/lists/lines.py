"""Pasted lines and CSV files of values."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from anxin.desk.decisioning.lists.errors import TooManyLines

MOST_LINES = 1_000
LONGEST_TEXT = 1_000_000
_HEADS = {"value", "值"}
_DAYS = {"days", "天数"}
_REASONS = {"reason", "原因"}


@dataclass(frozen=True)
class TypedLine:
    """One line as it came; `days` and `reason` "" where it says nothing."""

    number: int
    value: str
    days: str = ""
    reason: str = ""


def parse_lines(text: str) -> tuple[TypedLine, ...]:
    """Return the lines that hold something: one value each, or CSV when the first line says `value,days,reason`.

    Raise TooManyLines.
    """
    rows = text.lstrip("\ufeff").splitlines()
    head = next(csv.reader(io.StringIO(rows[0])), []) if rows else []
    names = [each.strip().lower() for each in head]
    found = _of_csv(rows, names) if names and names[0] in _HEADS else _of_text(rows)
    return limited(found)


def limited(lines: Sequence[TypedLine]) -> tuple[TypedLine, ...]:
    """Return the lines; raise TooManyLines when they are more than one change may have."""
    if len(lines) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES, n=len(lines))
    return tuple(lines)


def _of_text(rows: list[str]) -> list[TypedLine]:
    return [TypedLine(number, row.strip()) for number, row in enumerate(rows, start=1) if row.strip()]


def _of_csv(rows: list[str], names: list[str]) -> list[TypedLine]:
    days = next((place for place, name in enumerate(names) if name in _DAYS), None)
    reason = next((place for place, name in enumerate(names) if name in _REASONS), None)
    found = []
    for number, row in enumerate(rows[1:], start=2):
        cells = [each.strip() for each in next(csv.reader(io.StringIO(row)), [])]
        if any(cells):
            found.append(TypedLine(number, cells[0], _cell(cells, days), _cell(cells, reason)))
    return found


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""
