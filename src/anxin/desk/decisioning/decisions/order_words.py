"""Orders about an entity in words: the packages that give them name their measures and reasons at the start."""

from __future__ import annotations

from collections.abc import Mapping

from anxin.desk.foundation.ui.words import Words

LISTS, MEASURES = "lists", "measures"
_reasons: dict[tuple[str, str], Words] = {}
_measures: dict[str, Words] = {}


def name_reasons(of: str, reasons: Mapping[str, Words]) -> None:
    """Remember the words of codes; `of` is LISTS or MEASURES, whose codes may be the same."""
    _reasons.update({(of, code): words for code, words in reasons.items()})


def name_measures(measures: Mapping[str, Words]) -> None:
    """Remember what measures are called."""
    _measures.update(measures)


def order_reason(of: str, code: str) -> Words:
    """Return a reason in words; one that nobody named (an older policy's, a platform's own) as it was written."""
    return _reasons.get((of, code), Words(code, code))


def measure_words(code: str) -> Words:
    """Return what a measure is called; one that nobody named (a platform's own) as it was written."""
    return _measures.get(code, Words(code, code))
