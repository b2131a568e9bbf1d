"""Where a list goes on: what calls take as `cursor`, `before` or `after`."""

from __future__ import annotations

from typing import Any

from ninja.params import functions

from anxin.desk.foundation.edge.ids import id_pattern


def place_pattern(kind: str) -> str:
    """Return the pattern of an id of that kind, or of nothing: the beginning of the list."""
    return f"^({id_pattern(kind)})?$"


def place_of(kind: str) -> Any:
    """Return a parameter that holds an id of that kind, "" at the beginning; what no list gave out is refused."""
    return functions.Query("", pattern=place_pattern(kind))


def number_from(least: int) -> Any:
    """Return a parameter that holds a number in the list, the least at its beginning; a lower one is refused."""
    return functions.Query(least, ge=least)
