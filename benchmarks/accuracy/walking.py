"""Walking forward through a labelled set: fitted to what was known at a moment, measured on the rows that follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from statistics import fmean, stdev

from rich.table import Table

from anxin.history.dataset import Dataset, InputChoice
from anxin.history.metrics import Curve
from anxin.history.train_events import narrowed
from anxin.history.training import FitSettings, fit_model, labelled_rows, labels_of, scores_of

TENTHS = range(3, 10)
QUARTER = 0.25
HEADINGS = ("PR-AUC", "AUC", "best F1", "PR-AUC at ¼ fraud", "best F1 at ¼ fraud")


@dataclass(frozen=True)
class Reader:
    """A model to compare: its name in the table, what it reads, how it is fitted."""

    name: str
    choice: InputChoice
    settings: FitSettings


@dataclass(frozen=True)
class Reached:
    """Figures without a threshold; the last two weigh ordinary rows so that a quarter is fraud."""

    pr_auc: float
    auc: float
    best_f1: float
    pr_auc_at_quarter: float
    best_f1_at_quarter: float


@dataclass(frozen=True)
class Step:
    """One stretch of rows: how many rows the models were fitted to, what they met, and what each reached by name."""

    fitted: int
    rows: int
    frauds: int
    reached: dict[str, Reached]

    def record(self) -> dict[str, object]:
        """Return the step as plain values."""
        return asdict(self)


def walk_forward(dataset: Dataset, readers: Sequence[Reader], *, delay_ms: int) -> tuple[Step, ...]:
    """Return a step for each tenth of the labelled rows from the fourth on; rows of a part held back are left out.

    A row is learnt from once its verdict is known, `delay_ms` after it.
    """
    narrow = {each.name: _narrowed(dataset, each.choice) for each in readers}
    steps = []
    for train, test in stretches(dataset, delay_ms=delay_ms):
        reached = {each.name: _reached(narrow[each.name], each, train, test) for each in readers}
        steps.append(Step(len(train), len(test), sum(labels_of(dataset, test)), reached))
    return tuple(steps)


def stretches(dataset: Dataset, *, delay_ms: int) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the rows to fit to and the tenth to measure on, for each tenth from the fourth on."""
    rows = [row for row in labelled_rows(dataset) if dataset.parts[row] != "held"]
    for tenth in TENTHS:
        test = rows[len(rows) * tenth // 10 : len(rows) * (tenth + 1) // 10]
        known = dataset.times[test[0]] - delay_ms
        yield [row for row in rows if row < test[0] and dataset.times[row] <= known], test


def walk_table(name: str, steps: Sequence[Step]) -> Table:
    """Return the table of a walk: per tenth what each model reached, at the end mean and standard deviation."""
    readers = tuple(steps[0].reached)
    title = f"{name}, walking forward over the development rows: {' / '.join(readers)}"
    table = Table(title=title, title_justify="left", caption=_CAPTION, caption_justify="left")
    for heading in ("fitted → measured (fraud)", *HEADINGS):
        table.add_column(heading, justify="right")
    for step in steps:
        counts = f"{step.fitted:,} → {step.rows:,} ({step.frauds / step.rows:.1%})"
        found = [[getattr(step.reached[reader], each.name) for reader in readers] for each in fields(Reached)]
        table.add_row(counts, *(" / ".join(f"{value:.3f}" for value in values) for values in found))
    table.add_section()
    spreads = [[_spread(steps, reader, each.name) for reader in readers] for each in fields(Reached)]
    table.add_row("mean", *(" / ".join(f"{mean:.3f}" for mean, _ in found) for found in spreads))
    table.add_row("standard deviation", *(" / ".join(f"{spread:.3f}" for _, spread in found) for found in spreads))
    return table


_CAPTION = "at ¼ fraud: reweighted, ordinary rows count more or less until a quarter is fraud; their scores stay"


def _spread(steps: Sequence[Step], reader: str, figure: str) -> tuple[float, float]:
    values = [getattr(step.reached[reader], figure) for step in steps]
    return fmean(values), stdev(values)


def _narrowed(dataset: Dataset, choice: InputChoice) -> Dataset:
    return dataset if choice.names == dataset.names else narrowed(dataset, choice.names)


def _reached(dataset: Dataset, reader: Reader, train: Sequence[int], test: Sequence[int]) -> Reached:
    file = fit_model(dataset, train, reader.choice, name="accuracy", version="3", settings=reader.settings)
    curve = Curve.of(scores_of(file, dataset, test), labels_of(dataset, test))
    best = curve.best_f1() or (0.0, 0.0)
    return Reached(
        curve.average_precision or 0.0,
        curve.auc or 0.0,
        best[0],
        curve.average_precision_if(fraud_share=QUARTER) or 0.0,
        curve.best_f1_if(fraud_share=QUARTER) or 0.0,
    )
