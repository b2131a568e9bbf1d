"""Rebuild the text models that the product ships, from the sets whose licences allow it; deterministic.

Run: python -m benchmarks.accuracy.checks.ship --data FOLDER --day YYYY-MM-DD. Only rows of dev are read.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import NamedTuple

from anxin.checkers.texts.model import Head
from anxin.checkers.texts.packs import DATA
from anxin.checkers.texts.train import TextRow, TextTraining, train_texts
from benchmarks.accuracy.checks.sets import Row, rows_of


class Source(NamedTuple):
    """One permissively licensed set; rows of the official test part of COLD are left out, so that it stays a test."""

    name: str
    licence: str


class Recipe(NamedTuple):
    """How one head is made."""

    sources: tuple[Source, ...]
    closeness: float
    bits: int


RECIPES: dict[Head, Recipe] = {
    "smishing_en": Recipe((Source("sms_spam_collection", "CC BY 4.0"),), 100.0, 17),
    "offensive_zh": Recipe((Source("cold", "Apache-2.0"), Source("swsr", "MIT")), 10.0, 18),
    "group_ads_zh": Recipe((Source("qq_group_ads", "MIT"),), 100.0, 17),
}


def main() -> None:
    """Write the models into the package and print what each reached on rows it had not seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--day", type=date.fromisoformat, required=True, help="the day written into the files")
    parser.add_argument("--only", action="append", help="name of a head; may be repeated")
    given = parser.parse_args()
    for head, recipe in RECIPES.items():
        if given.only and head not in given.only:
            continue
        trained = train_texts(rows_to_ship(given.data, recipe), training_of(head, recipe, str(given.day)))
        (DATA / f"model_{head}.json").write_bytes(trained.document())
        print(f"{head}: {trained.rows} rows, F1 {trained.f1:.3f}, {trained.recall_at_1_percent:.3f} at 1 % FPR")


def training_of(head: Head, recipe: Recipe, day: str) -> TextTraining:
    """Return how a shipped head is trained."""
    names, licences = zip(*recipe.sources, strict=True)
    return TextTraining(head, names, licences, day, closeness=recipe.closeness, bits=recipe.bits, is_balanced=True)


def rows_to_ship(data: Path, recipe: Recipe, *, without: frozenset[str] = frozenset()) -> list[TextRow]:
    """Return the rows of a recipe; `without` names groups that stay unseen."""
    rows = [row for source in recipe.sources for row in rows_of(data, source.name)]
    return [
        TextRow(row["text"], row["label"] == "1", row["group"])
        for row in rows
        if _may_be_learnt(row) and row["group"] not in without
    ]


def _may_be_learnt(row: Row) -> bool:
    return row["split"] == "dev" and row.get("orig_split") != "test"


if __name__ == "__main__":
    main()
