"""Training on the earlier part of a labelled set and measuring on the later, through the engine."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from anxin.engine.policy.loader import load_policy
from anxin.history.dataset import Dataset, InputChoice, choose_inputs, collect, with_categories
from anxin.history.train_events import narrowed, narrowed_choice
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
from benchmarks.accuracy.walking import Reader, Step, walk_forward

TEST_SHARE, VALID_SHARE = 1 / 3, 0.2
TEST_FOLDS, FOLDS = 3, 4
HELD = "dev → held"
PLAIN_SETTINGS = FitSettings(rounds=300, learning_rate=0.05, leaves=31, least_rows_per_leaf=20)
Say = Callable[[str], object]


@dataclass(frozen=True)
class Result:
    """What a set gave: how it was split, the fitted rows, the figures of the model and of the plain baseline.

    `steps` are those of the walk forward, where the set asks for it.
    """

    chosen: LabelledSet
    split: str
    fitted: int
    model: Measured
    plain: Measured
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Parts:
    """Rows to fit on and to measure on, folds of the former that choose the threshold, and the split in words."""

    train: list[int]
    test: list[int]
    folds: list[tuple[list[int], list[int]]]
    words: str


def measure_set(chosen: LabelledSet, data: Path, say: Say) -> Result:
    """Return the figures of one set whose files are under `data`; `say` hears what is being done."""
    policy, mapping = load_policy(chosen.policy), chosen.mapping
    beside = (*chosen.plain, *chosen.raw)
    plain_fields = (name for name in beside if name not in policy.features and name not in policy.computes)
    fields = tuple(dict.fromkeys((*chosen.fields, *plain_fields)))
    choice = choose_inputs(policy, event_types=[chosen.event_type], fields=fields)
    choice = with_categories(choice, policy, lambda: arrivals_of(chosen.name, mapping, data))
    say(f"{chosen.name}: replaying through the engine")
    dataset = collect(policy, choice, arrivals_of(chosen.name, mapping, data), key_field=chosen.split_by)
    parts = split(dataset, chosen)
    own = tuple(name for name in choice.names if name in chosen.fields or name not in fields)
    say(f"{chosen.name}: fitting {len(own)} inputs")
    model = _fitted_and_measured(dataset, narrowed_choice(choice, own), parts, chosen.settings)
    say(f"{chosen.name}: fitting the plain baseline")
    plain = _fitted_and_measured(dataset, narrowed_choice(choice, chosen.plain), parts, PLAIN_SETTINGS)
    steps: tuple[Step, ...] = ()
    if chosen.raw:
        say(f"{chosen.name}: walking forward")
        readers = (
            Reader("engine", narrowed_choice(choice, own), chosen.settings),
            Reader("plain baseline", narrowed_choice(choice, chosen.plain), PLAIN_SETTINGS),
            Reader("raw columns", narrowed_choice(choice, chosen.raw), PLAIN_SETTINGS),
        )
        steps = walk_forward(dataset, readers, delay_ms=chosen.label_delay_ms)
    return Result(chosen, parts.words, len(parts.train), model, plain, steps)


def split(dataset: Dataset, chosen: LabelledSet) -> Parts:
    """Return dev to fit and held to test when there is a held part, else two thirds and a third, by time or by key."""
    rows = labelled_rows(dataset)
    if "held" in set(dataset.parts):
        test = [row for row in rows if dataset.parts[row] == "held"]
        train = [row for row in rows if dataset.parts[row] != "held"]
        words = HELD
    elif chosen.split_by:
        train, test = _by_key(dataset, rows, 0, TEST_FOLDS)
        words = f"dev by {chosen.split_by}, 2:1"
    else:
        train, test = split_by_time(rows, TEST_SHARE)
        words = "dev by time, 2:1"
    learnt = [row for row in train if dataset.times[row] >= dataset.times[0] + chosen.warm_up_ms]
    if not chosen.split_by:
        return Parts(learnt, test, [split_by_time(learnt, VALID_SHARE)], words)
    return Parts(learnt, test, [_by_key(dataset, learnt, fold, FOLDS) for fold in range(FOLDS)], words)


def _fitted_and_measured(dataset: Dataset, choice: InputChoice, parts: Parts, settings: FitSettings) -> Measured:
    """Choose the threshold inside the train rows, fit to all of them, and measure on the test rows."""
    dataset = dataset if choice.names == dataset.names else narrowed(dataset, choice.names)
    threshold = _threshold(dataset, choice, parts, settings)
    file = fit_model(dataset, parts.train, choice, name="accuracy", version="2", settings=settings)
    return measure(scores_of(file, dataset, parts.test), labels_of(dataset, parts.test), threshold=threshold)


def _threshold(dataset: Dataset, choice: InputChoice, parts: Parts, settings: FitSettings) -> float:
    """Return the threshold of the best F1 on rows that their model did not see, in the middle of its gap."""
    scores: list[float] = []
    labels: list[int] = []
    for fit, valid in parts.folds:
        file = fit_model(dataset, fit, choice, name="accuracy", version="1", settings=settings)
        scores += scores_of(file, dataset, valid)
        labels += labels_of(dataset, valid)
    threshold = best_threshold(scores, labels)
    return (threshold + max((score for score in scores if score < threshold), default=0.0)) / 2


def _by_key(dataset: Dataset, rows: Sequence[int], fold: int, folds: int) -> tuple[list[int], list[int]]:
    """Return the other rows and those whose key falls into the fold."""
    inside = [row for row in rows if zlib.crc32(f"{folds}:{dataset.keys[row]}".encode()) % folds == fold]
    chosen = set(inside)
    return [row for row in rows if row not in chosen], inside
