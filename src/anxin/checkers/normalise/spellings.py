"""The dated spelling tables, read once."""

from __future__ import annotations

from functools import cache
from typing import cast

from anxin.checkers.document import shipped_document


@cache
def spellings() -> dict[str, dict[str, str | list[str]]]:
    """Return the tables of `spellings.yaml` by name."""
    raw = shipped_document("anxin.checkers.normalise", "spellings.yaml")
    return {name: table for name, table in raw.items() if isinstance(table, dict)}


def by_character(name: str) -> dict[str, str]:
    """Return a table turned round: each written character with what it stands for."""
    return {written: meant for meant, many in spellings()[name].items() for written in cast("str", many)}


def by_parts() -> dict[str, str]:
    """Return each sequence of parts with the character it makes."""
    return {parts: whole for whole, many in spellings()["parts"].items() for parts in many}
