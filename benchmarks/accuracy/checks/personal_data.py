"""Figures of personal data: F1 by overlap, a kind and set each."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from benchmarks.accuracy.checks.figures import Figure, Say
from benchmarks.accuracy.checks.sets import rows_of, sampled
from benchmarks.checks_personal_data import (
    JOINED,
    LABELLED,
    PARTED,
    SETS,
    UNLABELLED,
    WHOLE_ROW,
    count,
    count_joined,
    count_labelled_people,
    shares,
    whole_share,
)

MOST = 1500
GOALS = {
    JOINED: 0.85,
    LABELLED: 0.75,
    "phone": 0.98,
    "resident_id": 0.98,
    "bank_card": 0.98,
    "email": 0.98,
    "address": 0.85,
    "person": 0.75,
}
PLAIN = {(kind, "multipriv_zh"): "1.000 card, patterns" for kind in ("phone", "resident_id", "email")}


def measure_personal_data(data: Path, say: Say) -> list[Figure]:
    """Return the figures of every set on personal data found under a folder; nothing is trained."""
    figures = []
    for name, kinds in SETS.items():
        say(f"{name}: personal data")
        rows, split = _rows(data, name)
        totals: dict[str, Counter[str]] = defaultdict(Counter)
        for row in rows:
            count(row, kinds, totals, Counter())
            if name == PARTED:
                count_joined(row, totals)
            if name == UNLABELLED:
                count_labelled_people(row, totals)
        for kind, total in sorted(totals.items()):
            plain = PLAIN.get((kind, name), "none on card")
            figures.append(
                Figure(name, split, f"F1, {kind}", total["wanted"], shares(total)[2], plain, GOALS.get(kind))
            )
    rows, split = _rows(data, WHOLE_ROW)
    if rows:
        say(f"{WHOLE_ROW}: personal data")
        share = whole_share(rows)
        figures.append(Figure(WHOLE_ROW, split, "at least 80 % of it found", len(rows), share, "none on card", 0.85))
    return figures


def _rows(data: Path, name: str) -> tuple[list[dict[str, object]], str]:
    rows = rows_of(data, name)
    held = [row for row in rows if row.get("split") == "held"]
    return sampled(held or rows, MOST), "held" if held else "dev"
