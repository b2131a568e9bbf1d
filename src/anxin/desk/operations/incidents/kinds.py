"""Typed kinds of incident: shipped data, and an organisation's own versions on top."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import TypedDict, Unpack, cast

from anxin.desk.foundation.edge.prepared import Prepared
from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.models import KindVersion

_FILE = Path(__file__).with_name("kinds.yaml")
FOLD_MINUTES = 30
OTHER = "other"
_VERSIONS = Prepared(
    lambda organisation_id, kind: KindVersion.objects.filter(organisation_id=organisation_id, kind=kind).order_by(
        "-version"
    )
)


@dataclass(frozen=True)
class Raci:
    """Who does it, who answers for it, who is asked, who is told: roles and departments."""

    responsible: tuple[str, ...]
    accountable: str
    consulted: tuple[str, ...]
    informed: tuple[str, ...]


@dataclass(frozen=True)
class IncidentKind:
    """One kind. `observation` by level; `evidence` pieces at least; `checks` are asked again at verification."""

    code: str
    version: str
    words: Words
    family: str
    level: int
    procedure: str
    life_stage: str
    subject: str
    raci: Raci
    rules: tuple[str, ...]
    checks: tuple[str, ...]
    observation: Mapping[int, timedelta]
    fold: timedelta = timedelta(minutes=FOLD_MINUTES)
    evidence: int = 0
    is_confidential: bool = False


class RaciChange(TypedDict):
    """Who does it otherwise; nobody may be missing from the first two (R123)."""

    responsible: list[str]
    accountable: str
    consulted: list[str]
    informed: list[str]


class NameChange(TypedDict):
    """What a kind is called otherwise, in both languages."""

    zh: str
    en: str


class KindChange(TypedDict, total=False):
    """What an organisation may say otherwise."""

    name: NameChange
    level: int
    procedure: str
    fold_minutes: int
    evidence: int
    checks: list[str]
    raci: RaciChange


@cache
def shipped_kinds() -> Mapping[str, IncidentKind]:
    """Return the kinds that Anxin ships with, by code."""
    document = read_yaml(_FILE)
    raci = {family: _raci(each) for family, each in document["raci"].items()}
    observation = {level: timedelta(hours=hours) for level, hours in document["observation_hours"].items()}
    return {
        code: IncidentKind(
            code=code,
            version=document["version"],
            words=Words(each["zh"], each["en"]),
            family=each["family"],
            level=each["level"],
            procedure=each["procedure"],
            life_stage=each["life_stage"],
            subject=each["subject"],
            raci=raci[each["family"]],
            rules=tuple(each["rules"]),
            checks=tuple(each["checks"]),
            observation=observation,
            is_confidential=each.get("is_confidential", False),
        )
        for code, each in document["kinds"].items()
    }


@cache
def check_words() -> Mapping[str, Words]:
    """Return what each verification check is called."""
    document = read_yaml(_FILE)
    return {code: Words(each["zh"], each["en"]) for code, each in document["checks"].items()}


@cache
def _kind_by_rule() -> Mapping[str, str]:
    return {rule: kind.code for kind in shipped_kinds().values() for rule in kind.rules}


def kind_of_rules(rules: tuple[str, ...]) -> str:
    """Return the kind that the strongest known rule leads to; rules nobody mapped lead to `other`."""
    known = _kind_by_rule()
    return next((known[rule] for rule in rules if rule in known), OTHER)


@cache
def marker_rules() -> Mapping[str, str]:
    """Return the marker of active loss that a rule sets."""
    markers: dict[str, str] = read_yaml(_FILE)["markers"]
    return markers


def find_kind(organisation_id: str, code: str, *, at: datetime) -> IncidentKind | None:
    """Return a kind as the organisation has it at a moment, None when there is none of that code."""
    shipped = shipped_kinds().get(code)
    if shipped is None:
        return None
    return _as_set(shipped, next((each for each in _VERSIONS.all(organisation_id, code) if each.since <= at), None))


def list_kinds(organisation_id: str, *, at: datetime) -> tuple[IncidentKind, ...]:
    """Return every kind as the organisation has it at a moment."""
    rows = KindVersion.objects.filter(organisation_id=organisation_id, since__lte=at).order_by("version")
    own = {each.kind: each for each in rows}
    return tuple(_as_set(each, own.get(code)) for code, each in shipped_kinds().items())


def _as_set(shipped: IncidentKind, row: KindVersion | None) -> IncidentKind:
    if row is None:
        return shipped
    return changed_kind(shipped, f"{shipped.version}+{row.version}", **cast("KindChange", json.loads(row.text)))


def changed_kind(kind: IncidentKind, version: str, **change: Unpack[KindChange]) -> IncidentKind:
    """Return the kind with an organisation's own values."""
    fold = timedelta(minutes=change["fold_minutes"]) if "fold_minutes" in change else kind.fold
    return replace(
        kind,
        version=version,
        words=Words(change["name"]["zh"], change["name"]["en"]) if "name" in change else kind.words,
        level=change.get("level", kind.level),
        procedure=change.get("procedure", kind.procedure),
        fold=fold,
        evidence=change.get("evidence", kind.evidence),
        checks=tuple(change.get("checks", kind.checks)),
        raci=_raci(change["raci"]) if "raci" in change else kind.raci,
    )


def kind_names(organisation_id: str) -> Mapping[str, Words]:
    """Return what every kind is called in an organisation, by code."""
    own = KindVersion.objects.filter(organisation_id=organisation_id)
    last = own.order_by("-id").values_list("id", "since").first()
    return _names_at(organisation_id, *last) if last is not None else _shipped_names()


def kind_name(organisation_id: str, code: str) -> Words:
    """Return what one kind is called in an organisation; a code that is no kind is its own name."""
    return kind_names(organisation_id).get(code, Words(code, code))


@cache
def _shipped_names() -> Mapping[str, Words]:
    return {code: each.words for code, each in shipped_kinds().items()}


@lru_cache(maxsize=256)
def _names_at(organisation_id: str, last_id: int, since: datetime) -> Mapping[str, Words]:
    """Return the names as of the version written last: its id and moment tell every other one apart."""
    del since
    rows = KindVersion.objects.filter(organisation_id=organisation_id, id__lte=last_id).order_by("version")
    latest = dict(rows.values_list("kind", "text"))
    named = {code: json.loads(text).get("name") for code, text in latest.items()}
    own = {code: Words(each["zh"], each["en"]) for code, each in named.items() if each}
    return {**_shipped_names(), **own}


def _raci(each: RaciChange) -> Raci:
    return Raci(tuple(each["responsible"]), str(each["accountable"]), tuple(each["consulted"]), tuple(each["informed"]))
