"""The word lists of the recognisers, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import cast

import yaml


@cache
def _lists() -> dict[str, object]:
    return cast(
        "dict[str, object]",
        yaml.load(files(__package__).joinpath("words.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader),
    )


def words(name: str) -> tuple[str, ...]:
    """Return one list of `words.yaml`."""
    return tuple(str(_lists()[name]).split())
