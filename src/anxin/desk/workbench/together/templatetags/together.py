"""Look a word up by its code in a template: `{{ stages|of:line.stage|spoken }}`."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from anxin.desk.foundation.ui.vocabulary import Mark
from anxin.desk.foundation.ui.words import Words

register = template.Library()


@register.filter
def of(known: Mapping[str, Words], code: str) -> Words:
    """Return the words of a code, the code itself when it has none."""
    return known.get(code, Words(code, code))


@register.filter
def mark_of(known: Mapping[str, Mark], code: str) -> Mark:
    """Return the mark of a state."""
    return known[code]


@register.filter
def money(minor: int | None, currency: str) -> str:
    """Return an amount in whole units, "" when nobody said one."""
    return "" if minor is None else f"{minor // 100:,} {currency}".strip()
