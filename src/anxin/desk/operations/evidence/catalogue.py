"""What evidence can be, read once from the shipped data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words

_FILE = Path(__file__).with_name("catalogue.yaml")
Table = Literal["kinds", "hows", "sources", "acts", "marks"]


@dataclass(frozen=True)
class RetentionClass:
    """How long pieces of a class are kept: `rule` of privacy's retention, from the case's end or from receipt."""

    words: Words
    rule: str
    is_from_end: bool


@dataclass(frozen=True)
class Mark:
    """Something to know about a piece before touching it."""

    words: Words
    tone: str


@cache
def words_of(table: Table) -> Mapping[str, Words]:
    """Return the words of one table by code."""
    return {code: Words(each["zh"], each["en"]) for code, each in _document()[table].items()}


@cache
def marks() -> Mapping[str, Mark]:
    """Return the marks by code."""
    return {code: Mark(Words(each["zh"], each["en"]), each["tone"]) for code, each in _document()["marks"].items()}


@cache
def tiles() -> Mapping[str, str]:
    """Return which tile shows a kind."""
    return {code: each["tile"] for code, each in _document()["kinds"].items()}


@cache
def retention_classes() -> Mapping[str, RetentionClass]:
    """Return the classes by code."""
    return {
        code: RetentionClass(Words(each["zh"], each["en"]), each["rule"], each["counts_from"] == "closed")
        for code, each in _document()["retention"].items()
    }


@cache
def _document() -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = read_yaml(_FILE)
    return found
