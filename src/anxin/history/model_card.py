"""The card of a trained model: what it was trained on, what it reached, what it cannot do."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from anxin.engine.scoring.model import ModelFile
from anxin.history.figures import moment
from anxin.history.training import Measured

LIMITS = (
    "The figures hold for the data named above; another platform, country or season needs its own measurement.",
    "Fraud that nobody reported counts as ordinary here, in training and in the figures.",
    "The score follows the policy's features: when one is renamed or changed, train again.",
    "A score alone should ask a person or a second factor, not take money or freeze an account for good.",
)


@dataclass(frozen=True)
class CardFacts:
    """What the card says beside the model file: data, counts of the fitted part, figures, the policy's label."""

    source: str
    mapping: str
    policy: str
    fitted_rows: int
    fitted_frauds: int
    model: Measured
    baseline: Measured | None
    baseline_inputs: Sequence[str]


def render_card(file: ModelFile, facts: CardFacts, document: bytes) -> str:
    """Return the card in Markdown; `document` is the content of the model's file."""
    lines = [
        f"# {file.name} {file.version}",
        "",
        f"- Trained {moment(file.trained_at)} by `anxin train events`, policy {facts.policy}",
        f"- File SHA-256 {hashlib.sha256(document).hexdigest()}",
        f"- Scores {', '.join(file.event_types) or 'all event types'}",
        "",
        "## Data",
        f"{facts.source} (mapping {facts.mapping}), {moment(file.data_from)} to {moment(file.data_until)}. "
        f"Fitted to {facts.fitted_rows:,} labelled rows with {facts.fitted_frauds:,} frauds; measured on the "
        f"{facts.model.rows:,} rows with {facts.model.frauds:,} frauds that came after them.",
        "",
        "## Figures on the later part",
        *_table(facts),
        "",
        "Threshold and calibration were chosen on the later part too; precision, recall and F1 at the threshold are "
        "therefore a little flattered, PR-AUC, AUC and recall at 1 % false positives are not.",
        "",
        "## Inputs",
        *(f"- `{name}`{_words(file, name)}" for name in file.inputs),
        "",
        "## Known limits",
        *(f"- {limit}" for limit in LIMITS),
    ]
    return "\n".join(lines) + "\n"


def _table(facts: CardFacts) -> list[str]:
    without = ", ".join(facts.baseline_inputs) or "nothing"
    rows = [
        "| | precision | recall | F1 | PR-AUC | AUC | recall at 1 % FPR |",
        "|---|---|---|---|---|---|---|",
        _row("this model", facts.model),
    ]
    if facts.baseline is not None:
        rows.append(_row(f"baseline without history ({without})", facts.baseline))
    share = facts.model.frauds / facts.model.rows
    rows.append(f"| drawing lots | {share:.4f} | – | – | {share:.4f} | 0.5 | 0.01 |")
    return rows


def _row(name: str, found: Measured) -> str:
    figures = (found.precision, found.recall, found.f1, found.pr_auc, found.auc, found.recall_at_1_percent)
    return f"| {name} | {' | '.join(f'{figure:.4f}' for figure in figures)} |"


def _words(file: ModelFile, name: str) -> str:
    return f" (text, {len(file.categories[name])} words)" if name in file.categories else ""
