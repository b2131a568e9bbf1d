"""The promise: targets, ladders and caps, versioned; a clock keeps the version it started with (C19)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from anxin.desk.foundation.edge.yaml_files import parse_yaml

_FILE = Path(__file__).with_name("policy.yaml")


@dataclass(frozen=True)
class LevelPromise:
    """What is promised at a level: the primary clock's kind and target, when silence is nudged, who is called when."""

    kind: str
    target: timedelta
    nudge: timedelta
    ladder: tuple[tuple[timedelta, str], ...]


@dataclass(frozen=True)
class SlaPolicy:
    """One version of the promise; levels are 1 (most urgent) to 3. `warnings` are shares of the target in percent."""

    version: str
    levels: Mapping[int, LevelPromise]
    triage: timedelta
    pause_cap: timedelta
    lease_grace: timedelta
    warnings: tuple[int, ...]


@cache
def shipped_policy() -> SlaPolicy:
    """Return the promise that Anxin ships with."""
    return parse_policy(shipped_text())


def shipped_text() -> str:
    """Return the shipped promise as it was written."""
    return _FILE.read_text(encoding="utf-8")


def parse_policy(text: str) -> SlaPolicy:
    """Return the policy of a YAML document; raise KeyError or ValueError when it is not whole."""
    document = parse_yaml(text)
    levels = {int(level): _level(each, document["ladder_roles"][level]) for level, each in document["levels"].items()}
    if set(levels) != {1, 2, 3}:
        raise ValueError("a policy has the levels 1, 2 and 3")
    return SlaPolicy(
        version=str(document["version"]),
        levels=levels,
        triage=timedelta(minutes=document["triage"]),
        pause_cap=timedelta(minutes=document["pause_cap"]),
        lease_grace=timedelta(minutes=document["lease_grace"]),
        warnings=tuple(document["warnings"]),
    )


def _level(each: Mapping[str, object], roles: list[str]) -> LevelPromise:
    minutes = each["ladder"]
    assert isinstance(minutes, list)
    steps = tuple((timedelta(minutes=after), role) for after, role in zip(minutes, roles, strict=True))
    return LevelPromise(
        str(each["kind"]),
        timedelta(minutes=int(str(each["target"]))),
        timedelta(minutes=int(str(each["nudge"]))),
        steps,
    )
