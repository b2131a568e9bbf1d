"""The word lists of the recognisers, read once."""

from __future__ import annotations

from functools import cache
from typing import cast

from anxin.checkers.document import shipped_document


@cache
def _lists() -> dict[str, object]:
    return cast("dict[str, object]", shipped_document("anxin.checkers.personal_data.recognisers", "words.yaml"))


def words(name: str) -> tuple[str, ...]:
    """Return one list of `words.yaml`."""
    return tuple(str(_lists()[name]).split())
