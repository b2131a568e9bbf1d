"""Rows of the labelled sets of the checks: what to learn from and what to measure on."""

from __future__ import annotations

import csv
import gzip
import json
import random
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

SEED = 11
HELD = "dev → held"
KEPT = "dev, by group 4:1"
_KEPT_OF = 5
Row = dict[str, Any]


class Parts(NamedTuple):
    """Rows to learn from, rows to measure on, and the split in words."""

    learnt: list[Row]
    measured: list[Row]
    words: str


def rows_of(data: Path, name: str) -> list[Row]:
    """Return the rows of a set from every file of it under a folder; none when it is absent."""
    found = sorted(path for path in data.rglob(f"{name}*") if path.name.split(".")[0].startswith(name))
    return [row for path in found for row in _read(path)]


def _read(path: Path) -> Iterator[Row]:
    names = path.name.split(".")[1:]
    if "csv" not in names and "jsonl" not in names:
        return
    with (
        gzip.open(path, "rt", encoding="utf-8", newline="")
        if names[-1] == "gz"
        else path.open(encoding="utf-8") as lines
    ):
        yield from csv.DictReader(lines) if "csv" in names else map(json.loads, lines)


def part(rows: list[Row]) -> Parts:
    """Return dev to learn and held to measure when there are held rows, else groups of dev four to one."""
    held = [row for row in rows if row.get("split") == "held"]
    if held:
        return Parts([row for row in rows if row.get("split") != "held"], held, HELD)
    return Parts([row for row in rows if not is_kept(row)], [row for row in rows if is_kept(row)], KEPT)


def is_kept(row: Row) -> bool:
    """Return whether the row's group is of the fifth that nobody tunes on."""
    return zlib.crc32(str(row.get("group") or row.get("text") or row.get("url")).encode()) % _KEPT_OF == 0


def sampled(rows: list[Any], most: int) -> list[Any]:
    """Return at most so many rows, the same ones each run."""
    return rows if len(rows) <= most else random.Random(SEED).sample(rows, most)
