"""A text that a search found, as its list shows it."""

from __future__ import annotations

from dataclasses import dataclass

from anxin.desk.decisioning.decisions.panels import DecisionRow, decision_row
from anxin.desk.decisioning.decisions.strands import search_fields
from anxin.desk.decisioning.entities.search import TextMatch

_LONGEST = 160


@dataclass(frozen=True)
class TextPanel:
    """The decision on a text, and the text as the reader may see it."""

    row: DecisionRow
    text: str


def text_panel(match: TextMatch) -> TextPanel:
    """Return a match in words."""
    texts = [each.shown.text for each in match.fields if each.shown is not None and each.path in search_fields()]
    text = " ".join(each for each in texts if each)
    return TextPanel(decision_row(match.line), text if len(text) <= _LONGEST else text[:_LONGEST] + "…")
