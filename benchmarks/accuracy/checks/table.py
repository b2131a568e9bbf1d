"""All figures of the checks, as one table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.accuracy.checks.figures import Figure, Say
from benchmarks.accuracy.checks.links import measure_links
from benchmarks.accuracy.checks.personal_data import measure_personal_data
from benchmarks.accuracy.checks.texts import measure_texts


def measure_checks(data: Path, say: Say) -> list[Figure]:
    """Return the figures of every check whose sets are found under a folder."""
    return [*measure_texts(data, say), *measure_personal_data(data, say), *measure_links(data, say)]


def show_figures(figures: Sequence[Figure]) -> None:
    """Print the table."""
    table = Table(title="Checks on labelled data", title_justify="left")
    for heading in ("data set", "split", "measure", "rows", "ours", "plain baseline", "goal"):
        table.add_column(heading, justify="right" if heading in ("rows", "ours") else "left")
    for each in figures:
        table.add_row(
            each.data_set, each.split, each.measure, f"{each.rows:,}", f"{each.value:.3f}", each.plain, each.goal_words
        )
    # A pipe has no width of its own; the table would be squeezed into 80 columns.
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def record_of(figure: Figure) -> dict[str, object]:
    """Return the figure for a JSON file."""
    return {**figure._asdict(), "is_met": figure.is_met}
