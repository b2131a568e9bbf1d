"""From a history file to a model file and its card."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from msgspec import structs

from anxin.engine.arrival import Arrival
from anxin.engine.policy.definition import Policy
from anxin.engine.scoring.model import ModelFile, dump_model
from anxin.history.dataset import Dataset, InputChoice, choose_inputs, collect, with_categories
from anxin.history.errors import TrainingImpossible
from anxin.history.model_card import CardFacts, render_card
from anxin.history.training import (
    FitSettings,
    Measured,
    best_threshold,
    calibrated_model,
    fit_model,
    labelled_rows,
    labels_of,
    measure,
    scores_of,
    split_by_time,
)

OpenArrivals = Callable[[], Iterable[Arrival]]


@dataclass(frozen=True)
class TrainingOrder:
    """What to train. `valid_share` (0–1) is the latest share of the labelled rows, kept for measuring.

    `fields` are event fields that the model reads beside the features. `parts` names the parts of the data to use, all
    when empty. `trained_at` is ms UTC.
    """

    name: str
    event_types: Sequence[str]
    trained_at: int
    source: str = "file"
    mapping: str = "none"
    fields: Sequence[str] = ()
    without: Sequence[str] = ()
    parts: Sequence[str] = ()
    valid_share: float = 0.25
    settings: FitSettings = field(default_factory=FitSettings)


@dataclass(frozen=True)
class Trained:
    """A model file's content, its card, and what it reached on the later part."""

    file: ModelFile
    document: bytes
    card: str
    model: Measured
    baseline: Measured | None


def train_events(policy: Policy, open_arrivals: OpenArrivals, order: TrainingOrder) -> Trained:
    """Replay the history through the engine, fit, calibrate, measure; raise TrainingImpossible or ExtraMissing.

    `open_arrivals` is called once, and once more when a field is a text whose words must be known first.
    """
    choice = choose_inputs(policy, event_types=order.event_types, fields=order.fields, without=order.without)
    choice = with_categories(choice, policy, open_arrivals)
    dataset = collect(policy, choice, open_arrivals())
    rows = labelled_rows(dataset, part=order.parts or None)
    earlier, later = split_by_time(rows, order.valid_share)
    if not later:
        raise TrainingImpossible(reason="no rows are left to measure on", reason_zh="没有剩下可用于测量的数据行")
    version = datetime.fromtimestamp(order.trained_at / 1000, UTC).strftime("%Y.%m.%d")
    fitted = fit_model(dataset, earlier, choice, name=order.name, version=version, settings=order.settings)
    calibrated = calibrated_model(fitted, dataset, later)
    model = _measured(calibrated, dataset, later)
    plain_names = tuple(name for name in choice.names if name in set(order.fields))
    baseline = _baseline(dataset, (earlier, later), choice, plain_names, order) if plain_names else None
    file = structs.replace(
        calibrated,
        trained_at=order.trained_at,
        data_from=dataset.times[rows[0]],
        data_until=dataset.times[rows[-1]] + 1,
        metrics=model.as_metrics(),
        notes={"source": order.source, "mapping": order.mapping, "policy": policy.label},
    )
    document = dump_model(file)
    frauds = sum(labels_of(dataset, earlier))
    facts = CardFacts(order.source, order.mapping, policy.label, len(earlier), frauds, model, baseline, plain_names)
    return Trained(file, document, render_card(file, facts, document), model, baseline)


def _measured(file: ModelFile, dataset: Dataset, rows: Sequence[int]) -> Measured:
    scores, labels = scores_of(file, dataset, rows), labels_of(dataset, rows)
    return measure(scores, labels, threshold=best_threshold(scores, labels))


def _baseline(
    dataset: Dataset,
    parts: tuple[list[int], list[int]],
    choice: InputChoice,
    names: tuple[str, ...],
    order: TrainingOrder,
) -> Measured:
    """Return what the event's own fields reach without any history."""
    plain = narrowed(dataset, names)
    file = fit_model(
        plain, parts[0], narrowed_choice(choice, names), name="baseline", version="0", settings=order.settings
    )
    return _measured(file, plain, parts[1])


def narrowed_choice(choice: InputChoice, names: tuple[str, ...]) -> InputChoice:
    """Return the choice with some of its inputs only."""
    kept = {name: words for name, words in choice.categories.items() if name in names}
    return replace(choice, names=names, categories=kept)


def narrowed(dataset: Dataset, names: Sequence[str]) -> Dataset:
    """Return the dataset with some of its inputs only."""
    found = Dataset(tuple(names), labels=dataset.labels, times=dataset.times, parts=dataset.parts, keys=dataset.keys)
    width = len(dataset.names)
    columns = [dataset.values[dataset.names.index(name) :: width] for name in names]
    for row in zip(*columns, strict=True):
        found.values.extend(row)
    return found
