"""`make accuracy`: figures on the labelled sets, beside a plain baseline and the target, in one table."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from anxin.engine.policy.loader import load_policy
from anxin.history.mapping import read_mapping
from anxin.history.metrics import Confusion
from anxin.history.replay import history_engine, run_backtest
from anxin.history.training import Measured
from benchmarks.accuracy.checks.table import measure_checks, record_of, show_figures
from benchmarks.accuracy.measuring import HELD, Result, measure_set
from benchmarks.accuracy.sets import FOLDER, SETS, arrivals_of, files_of
from benchmarks.accuracy.walking import walk_table

LOGINS, CHECKS = "openssh_2k_events", "checks"
FIGURES = {"pr_auc": "PR-AUC", "f1": "F1", "best_f1": "best F1"}


def main() -> int:
    """Measure every set whose files are under --data; exit 2 when there is none."""
    parser = argparse.ArgumentParser(prog="accuracy", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with the labelled sets")
    parser.add_argument("--only", action="append", help="name of a set; may be repeated; checks for texts and links")
    parser.add_argument("--out", type=Path, help="also write the figures to this JSON file")
    given = parser.parse_args()
    console, started = Console(stderr=True), time.perf_counter()
    chosen = [each for each in SETS if files_of(each.name, given.data) and (not given.only or each.name in given.only)]
    results = []
    for each in chosen:
        with console.status(each.name) as status:
            results.append(measure_set(each, given.data, status.update))
    logins = measure_logins(given.data) if not given.only or LOGINS in given.only else None
    figures = []
    if not given.only or CHECKS in given.only:
        with console.status(CHECKS) as status:
            figures = measure_checks(given.data, status.update)
    if not results and logins is None and not figures:
        console.print(f"no labelled set under {given.data}", style="red", highlight=False)
        return 2
    if results or logins is not None:
        show(results, logins)
    if figures:
        show_figures(figures)
    Console().print(f"{time.perf_counter() - started:.0f} s", style="dim")
    if given.out is not None:
        records = [*map(_record, results), *map(record_of, figures)]
        given.out.write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")
    return 0


def measure_logins(data: Path) -> tuple[Confusion, int] | None:
    """Return what the rate rule of the login set does, and the events; None without the file."""
    if not files_of(LOGINS, data):
        return None
    engine = history_engine(load_policy(FOLDER / "logins" / "policy"))
    mapping = read_mapping(FOLDER / "logins" / "mapping.toml")
    summary = run_backtest(engine, arrivals_of(LOGINS, mapping, data))
    return summary.confusion(), summary.events


def show(results: list[Result], logins: tuple[Confusion, int] | None) -> None:
    """Print the table."""
    table = Table(title="Accuracy on labelled data, point-in-time features of the engine", title_justify="left")
    headings = ("data set · split", "rows (fraud)", "model", "precision", "recall", "F1", "best F1", "PR-AUC")
    for heading in (*headings, "recall @ 1 % FPR", "goal"):
        table.add_column(heading, justify="left" if heading[:4] in ("data", "mode", "goal") else "right")
    for each in results:
        goal = _goal(each)
        counts = f"{each.model.rows:,} ({each.model.frauds:,})"
        table.add_row(f"{each.chosen.name} · {each.split}", counts, "engine", *_figures(each.model), goal)
        card = f"card on held: {each.chosen.card}"
        table.add_row("", "", "plain baseline", *_figures(each.plain), card, style="dim", end_section=True)
    if logins is not None:
        found, events = logins
        figures = [f"{value or 0:.3f}" for value in (found.precision, found.recall, found.f1)]
        table.add_row(f"{LOGINS} · rule only", f"{events:,}", "rate rule", *figures, "", "", "", "smoke test")
    # A pipe has no width of its own; the table would be squeezed into 80 columns.
    console = Console(width=None if sys.stdout.isatty() else 200)
    console.print(table)
    for each in results:
        if each.steps:
            console.print(walk_table(each.chosen.name, each.steps))


def _goal(each: Result) -> str:
    """Return the goal, and whether it was reached where it is set: trained on dev, measured on held."""
    words = f"{FIGURES[each.chosen.goal]} ≥ {each.chosen.target}"
    if each.split != HELD:
        return f"on held: {words}"
    return f"{words} {'✓' if getattr(each.model, each.chosen.goal) >= each.chosen.target else '✗'}"


def _figures(found: Measured) -> list[str]:
    values = (found.precision, found.recall, found.f1, found.best_f1, found.pr_auc, found.recall_at_1_percent)
    return [f"{value:.3f}" for value in values]


def _record(each: Result) -> dict[str, object]:
    return {
        "set": each.chosen.name,
        "split": each.split,
        "fitted_rows": each.fitted,
        "goal": each.chosen.goal,
        "target": each.chosen.target,
        "model": each.model.as_metrics(),
        "plain": each.plain.as_metrics(),
        "walk": [step.record() for step in each.steps],
    }


if __name__ == "__main__":
    sys.exit(main())
