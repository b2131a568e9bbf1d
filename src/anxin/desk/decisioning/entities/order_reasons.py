"""Why an order about an entity was given, in words: the packages that give orders name their reasons at the start."""

from __future__ import annotations

from collections.abc import Mapping

from anxin.desk.foundation.ui.words import Words

LISTS, MEASURES = "lists", "measures"
_named: dict[tuple[str, str], Words] = {}


def name_reasons(of: str, reasons: Mapping[str, Words]) -> None:
    """Remember the words of codes; `of` is LISTS or MEASURES, whose codes may be the same."""
    _named.update({(of, code): words for code, words in reasons.items()})


def order_reason(of: str, code: str) -> Words:
    """Return a reason in words; one that nobody named (an older policy's, a platform's own) as it was written."""
    return _named.get((of, code), Words(code, code))
