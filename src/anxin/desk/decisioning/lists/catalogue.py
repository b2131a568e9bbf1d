"""Reasons and lapses of list entries, read once from the shipped data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words

_FILE = Path(__file__).with_name("lists.yaml")
PUT, REMOVE = "put", "remove"
ACTS: Mapping[str, Words] = {
    PUT: Words("加入名单", "Put on the list"),
    REMOVE: Words("移出名单", "Take off the list"),
}


@dataclass(frozen=True)
class Reason:
    """Why, in words, and for which acts it is a reason."""

    words: Words
    acts: frozenset[str]


@cache
def reasons() -> Mapping[str, Reason]:
    """Return the reasons by code."""
    found = _document()["reasons"].items()
    return {code: Reason(Words(each["zh"], each["en"]), frozenset(each["acts"])) for code, each in found}


@cache
def lapses() -> tuple[int, ...]:
    """Return how many days an entry may be asked for, shortest first; the last is the longest."""
    return tuple(_document()["days"])


def reason_words(code: str) -> Words:
    """Return a reason in words; one that is not of the catalogue as it was written."""
    known = reasons().get(code)
    return known.words if known is not None else Words(code, code)


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = read_yaml(_FILE)
    return document
