"""The purposes, and how long what is kept: read once from the shipped data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class RetentionRule:
    """How many days something is kept (0: for ever), and why."""

    name: str
    words: Words
    days: int
    source: Words
    confidence: str


@cache
def purposes() -> Mapping[str, Words]:
    """Return the purposes by code."""
    document = read_yaml(_HERE / "purposes.yaml")
    return {code: Words(each["zh"], each["en"]) for code, each in document["purposes"].items()}


@cache
def roles_that_need_a_case() -> frozenset[str]:
    """Return the roles that may reveal only within a case."""
    return frozenset(read_yaml(_HERE / "purposes.yaml")["needs_case"])


@cache
def retention_rules() -> Mapping[str, RetentionRule]:
    """Return the retention rules by name."""
    document = read_yaml(_HERE / "retention.yaml")
    return {
        name: RetentionRule(
            name, Words(each["zh"], each["en"]), each["days"], Words(**each["source"]), each["confidence"]
        )
        for name, each in document["rules"].items()
    }
