"""Rebuild the text models that the product ships, from the sets whose licences allow it; deterministic.

Run: python -m benchmarks.accuracy.checks.ship --data FOLDER --day YYYY-MM-DD. Only rows of dev are read.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from anxin.checkers.texts.model import Head
from anxin.checkers.texts.packs import DATA, load_library, read_file
from anxin.checkers.texts.train import TextRow, TextTraining, TrainedTexts, train_texts
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


# What is no scam in the packs' own words: states of the customer.
SCAM_PACKS = frozenset({"illegal_service", "gambling", "drugs", "sexual", "private_trade"})
# Own texts are few beside the sets; they count so many times.
OWN_TIMES, CALL_CHARACTERS, POSTS = 6, 240, 5000
SCAM = Recipe((Source("teleantifraud_dialogues", "Apache-2.0"), Source("cold", "Apache-2.0"),
               Source("qq_group_ads", "MIT"), Source("written and packs", "own")), 1.0, 18)  # fmt: skip

TALK = Recipe((Source("teleantifraud_dialogues", "Apache-2.0"), Source("cold", "Apache-2.0"),
               Source("qq_group_ads", "MIT"), Source("talks, written and packs", "own")), 1.0, 18)  # fmt: skip
# How often own talks and short texts count; how much of a call is a row; how many messages of a group are a talk.
TALK_TIMES, SHORT_TIMES, CALL_WINDOW, CALL_STEP, GROUP_MESSAGES, GROUP_STEP = 8, 3, 240, 160, 9, 4


class Written(msgspec.Struct, frozen=True):
    """Texts of our own wording."""

    owner: str
    dated: date
    source: str
    scam: tuple[str, ...]
    ordinary: tuple[str, ...]


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
        report(head, trained)
    for head, recipe, rows in (("scam_zh", SCAM, scam_rows), ("talk_zh", TALK, talk_rows)):
        if given.only and head not in given.only:
            continue
        trained = train_texts(rows(given.data), training_of(head, recipe, str(given.day)))
        (DATA / f"model_{head}.json").write_bytes(trained.document())
        report(head, trained)


def report(head: Head, trained: TrainedTexts) -> None:
    """Print what a model reached on rows that its like had not seen."""
    print(f"{head}: {trained.rows} rows, F1 {trained.f1:.3f}, {trained.recall_at_1_percent:.3f} at 1 % FPR")


def training_of(head: Head, recipe: Recipe, day: str) -> TextTraining:
    """Return how a shipped head is trained."""
    names, licences = zip(*recipe.sources, strict=True)
    return TextTraining(head, names, licences, day, closeness=recipe.closeness, bits=recipe.bits, is_balanced=True)


def scam_rows(data: Path) -> list[TextRow]:
    """Return what the scam model learns: own texts, openings of calls, and posts and chat that are no scam."""
    rows = own_rows() * OWN_TIMES
    for call in rows_of(data, "teleantifraud_dialogues"):
        said = [turn["text"] for turn in call["turns"] if turn["role"] == "caller"]
        openings = dict.fromkeys((said[0], " ".join(said)[:CALL_CHARACTERS])) if said and call["split"] == "dev" else ()
        rows += [TextRow(text, call["label"] == 1, call["group"]) for text in openings]
    posts = [row for row in rows_of(data, "cold") if _may_be_learnt(row)][:POSTS]
    chat = [row for row in rows_of(data, "qq_group_ads") if _may_be_learnt(row) and row["label"] == "0"]
    return rows + [TextRow(row["text"], is_bad=False, group=row["group"]) for row in [*posts, *chat]]


def talk_rows(data: Path) -> list[TextRow]:
    """Return what the head for talks learns: own talks and texts, calls in pieces, group chat in pieces as no scam."""
    own = read_file(DATA / "talks.yaml", Written)
    talks = [TextRow(text, is_bad=True) for text in own.scam] + [TextRow(text, is_bad=False) for text in own.ordinary]
    rows = talks * TALK_TIMES + own_rows() * SHORT_TIMES
    for call in rows_of(data, "teleantifraud_dialogues"):
        if call["split"] == "dev":
            said = " ".join(turn["text"] for turn in call["turns"] if turn["role"] == "caller")[:CALL_WINDOW]
            whole = " ".join(turn["text"] for turn in call["turns"])
            pieces = dict.fromkeys((said, whole[:CALL_WINDOW], whole[CALL_STEP : CALL_STEP + CALL_WINDOW]))
            rows += [TextRow(text, call["label"] == 1, call["group"]) for text in pieces if text]
    posts = [row["text"] for row in rows_of(data, "cold") if _may_be_learnt(row)][:POSTS]
    chat = [row["text"] for row in rows_of(data, "qq_group_ads") if _may_be_learnt(row) and row["label"] == "0"]
    together = [" ".join(chat[at : at + GROUP_MESSAGES]) for at in range(0, len(chat), GROUP_STEP)]
    return rows + [TextRow(text, is_bad=False) for text in [*posts, *chat, *together]]


def own_rows() -> list[TextRow]:
    """Return the texts written for this: the examples of the packs and the list beside them."""
    written = read_file(DATA / "written.yaml", Written)
    rows = [TextRow(text, is_bad=True) for text in written.scam]
    rows += [TextRow(text, is_bad=False) for text in written.ordinary]
    for pack in load_library().packs.values():
        if pack.use == "scam" or pack.id in SCAM_PACKS or pack.use == "signal":
            rows += [TextRow(text, is_bad=pack.use != "signal") for text in pack.examples.positive]
        rows += [TextRow(text, is_bad=False) for text in pack.examples.negative]
    return rows


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
