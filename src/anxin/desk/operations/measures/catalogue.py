"""The measures there are, read once from the shipped data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words

_FILE = Path(__file__).with_name("measures.yaml")


@dataclass(frozen=True)
class Cap:
    """How far a role may go alone; `amount_minor` (CNY) None: no limit."""

    longest: timedelta
    amount_minor: int | None


@dataclass(frozen=True)
class Measure:
    """One kind of measure: its words, what the gateway answers, whom it may concern, and who may order it at once."""

    kind: str
    words: Words
    verdict: str
    entities: frozenset[str]
    permission: str
    lapse: timedelta
    longest: timedelta
    needs_certificate: bool
    stops: Words
    leaves: Words
    tells: Words
    caps: Mapping[str, Cap]


@dataclass(frozen=True)
class Again:
    """How often one user may be frozen within a time before a shift lead must do it."""

    times: int
    within: timedelta


@cache
def measures() -> Mapping[str, Measure]:
    """Return the measures by kind."""
    return {kind: _measure(kind, each) for kind, each in _document()["measures"].items()}


@cache
def reasons() -> Mapping[str, Words]:
    """Return the reasons by code."""
    return {code: Words(each["zh"], each["en"]) for code, each in _document()["reasons"].items()}


@cache
def again() -> Again:
    """Return the limit of repeated freezes."""
    document = _document()["again"]
    return Again(document["times"], timedelta(days=document["days"]))


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = read_yaml(_FILE)
    return document


def _measure(kind: str, each: Mapping[str, Any]) -> Measure:
    return Measure(
        kind=kind,
        words=Words(each["zh"], each["en"]),
        verdict=each["verdict"],
        entities=frozenset(each["entities"]),
        permission=each["permission"],
        lapse=timedelta(hours=each["hours"]),
        longest=timedelta(hours=each["extended_hours"]),
        needs_certificate=each["needs_certificate"],
        stops=Words(**each["stops"]),
        leaves=Words(**each["leaves"]),
        tells=Words(**each["tells"]),
        caps={role: Cap(timedelta(hours=cap["hours"]), cap.get("amount_minor")) for role, cap in each["caps"].items()},
    )
