"""Training on the earlier part of a labelled set and measuring on the later, through the engine."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from anxin.engine.policy.loader import load_policy
from anxin.history.dataset import Dataset, InputChoice, choose_inputs, collect, with_categories
from anxin.history.train_events import narrowed
from anxin.history.training import (
    FitSettings,
    Measured,
    best_threshold,
    fit_model,
    labelled_rows,
    labels_of,
    measure,
    scores_of,
    split_by_time,
)
from benchmarks.accuracy.sets import LabelledSet, arrivals_of

TEST_SHARE, VALID_SHARE = 1 / 3, 0.2
PLAIN_SETTINGS = FitSettings(rounds=300, learning_rate=0.05, leaves=31, least_rows_per_leaf=20)
Say = Callable[[str], object]


@dataclass(frozen=True)
class Result:
    """What a set gave: how it was split, the fitted rows, the figures of the model and of the plain baseline."""

    chosen: LabelledSet
    split: str
    fitted: int
    model: Measured
    plain: Measured


@dataclass(frozen=True)
class Parts:
    """Rows to fit on, rows to choose the threshold on, rows to measure on; and how they were split, in words."""

    fit: list[int]
    valid: list[int]
    test: list[int]
    words: str


def measure_set(chosen: LabelledSet, data: Path, say: Say) -> Result:
    """Return the figures of one set whose files are under `data`; `say` hears what is being done."""
    policy, mapping = load_policy(chosen.policy), chosen.mapping
    choice = choose_inputs(policy, event_types=[chosen.event_type], fields=chosen.fields)
    choice = with_categories(choice, policy, lambda: arrivals_of(chosen.name, mapping, data))
    say(f"{chosen.name}: replaying through the engine")
    dataset = collect(policy, choice, arrivals_of(chosen.name, mapping, data), key_field=chosen.split_by)
    parts = split(dataset, chosen)
    say(f"{chosen.name}: fitting {len(choice.names)} inputs")
    model = _fitted_and_measured(dataset, choice, parts, chosen.settings)
    say(f"{chosen.name}: fitting the plain baseline")
    words = {name: each for name, each in choice.categories.items() if name in chosen.plain}
    plain_choice = InputChoice(chosen.plain, choice.event_types, words)
    plain = _fitted_and_measured(narrowed(dataset, chosen.plain), plain_choice, parts, PLAIN_SETTINGS)
    return Result(chosen, parts.words, len(parts.fit) + len(parts.valid), model, plain)


def split(dataset: Dataset, chosen: LabelledSet) -> Parts:
    """Return dev to fit and held to test when there is a held part, else two thirds and a third, by time or by key."""
    rows = labelled_rows(dataset)
    if "held" in set(dataset.parts):
        test = [row for row in rows if dataset.parts[row] == "held"]
        train = [row for row in rows if dataset.parts[row] != "held"]
        words = "dev → held"
    elif chosen.split_by:
        train, test = _by_key(dataset, rows, TEST_SHARE, salt="test")
        words = f"dev by {chosen.split_by}, 2:1"
    else:
        train, test = split_by_time(rows, TEST_SHARE)
        words = "dev by time, 2:1"
    learnt = [row for row in train if dataset.times[row] >= dataset.times[0] + chosen.warm_up_ms]
    if chosen.split_by:
        fit, valid = _by_key(dataset, learnt, VALID_SHARE, salt="valid")
    else:
        fit, valid = split_by_time(learnt, VALID_SHARE)
    return Parts(fit, valid, test, words)


def _fitted_and_measured(dataset: Dataset, choice: InputChoice, parts: Parts, settings: FitSettings) -> Measured:
    """Choose the threshold on rows the model did not see, fit again with them, and measure on the test rows."""
    first = fit_model(dataset, parts.fit, choice, name="accuracy", version="1", settings=settings)
    threshold = best_threshold(scores_of(first, dataset, parts.valid), labels_of(dataset, parts.valid))
    final = fit_model(dataset, sorted(parts.fit + parts.valid), choice, name="accuracy", version="2", settings=settings)
    return measure(scores_of(final, dataset, parts.test), labels_of(dataset, parts.test), threshold=threshold)


def _by_key(dataset: Dataset, rows: Sequence[int], share: float, *, salt: str) -> tuple[list[int], list[int]]:
    border = round(share * 2**32)
    second = {row for row in rows if zlib.crc32(f"{salt}:{dataset.keys[row]}".encode()) < border}
    return [row for row in rows if row not in second], [row for row in rows if row in second]
