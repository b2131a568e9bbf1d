"""The official lines that ship, beside an organisation's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from anxin.checkers.document import shipped_document


class OfficialLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A published number, whose it is, how sure that is, and whether it ever calls people."""

    number: str
    zh: str
    en: str
    confidence: str = "medium"
    calls_out: bool = True


@cache
def official_lines() -> Mapping[str, OfficialLine]:
    """Return the shipped lines by number."""
    raw = shipped_document("anxin.checkers.phones", "official.yaml")
    lines = msgspec.convert(raw["lines"], list[OfficialLine])
    return {line.number: line for line in lines}
