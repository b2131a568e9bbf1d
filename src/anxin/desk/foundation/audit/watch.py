"""Patterns of access in the trail that an auditor should ask about (domain RI01–RI05)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words

_FILE = Path(__file__).with_name("watch.yaml")


@dataclass(frozen=True)
class Pattern:
    """One pattern; `at_least` acts a day must be reached, and each other condition that is set must hold.

    `times_median` compares with the median of the other actors of the day. `rows_at_least` adds up the exported rows.
    """

    rule: str
    acts: frozenset[str]
    at_least: int
    without_case: bool = False
    times_median: int = 0
    rows_at_least: int = 0
    night: bool = False
    places_at_least: int = 0


@dataclass(frozen=True)
class Act:
    """One entry of the trail, as far as patterns look at it."""

    actor_id: str
    act: str
    at: datetime
    details: Mapping[str, object]
    session_id: str


@dataclass(frozen=True)
class Finding:
    """A pattern met by one actor: what was measured, and what would have been usual."""

    rule: str
    actor_id: str
    measured: int
    expected: int


@cache
def patterns() -> tuple[Pattern, ...]:
    """Return the shipped patterns."""
    names = Pattern.__dataclass_fields__
    return tuple(
        Pattern(rule=rule, **({k: v for k, v in each.items() if k in names} | {"acts": frozenset(each["acts"])}))
        for rule, each in read_yaml(_FILE)["patterns"].items()
    )


@cache
def pattern_words() -> Mapping[str, tuple[Words, Words]]:
    """Return what each pattern is called, and what to do first, by rule."""
    shipped = read_yaml(_FILE)["patterns"]
    return {
        rule: (Words(each["zh"], each["en"]), Words(each["advice_zh"], each["advice_en"]))
        for rule, each in shipped.items()
    }


@cache
def _night() -> tuple[int, int]:
    hours = read_yaml(_FILE)["night"]
    return hours["from_hour"], hours["until_hour"]


def find_patterns(acts: Iterable[Act], zone: ZoneInfo) -> list[Finding]:
    """Return what one day's acts show, by rule and actor."""
    by_actor: dict[str, list[Act]] = defaultdict(list)
    for each in acts:
        by_actor[each.actor_id].append(each)
    found = []
    for pattern in patterns():
        measured = {actor: _measure(pattern, theirs, zone) for actor, theirs in sorted(by_actor.items())}
        found += [
            Finding(pattern.rule, actor, count, expected)
            for actor, count in measured.items()
            if count and count >= (expected := _expected(pattern, actor, measured))
        ]
    return found


def _measure(pattern: Pattern, acts: Sequence[Act], zone: ZoneInfo) -> int:
    counted = [each for each in acts if each.act in pattern.acts]
    if pattern.without_case:
        return len({str(each.details.get("entity", each.at)) for each in counted if not each.details.get("case")})
    if pattern.rows_at_least:
        rows = sum(int(str(each.details.get("n", 0))) for each in counted)
        is_late = pattern.night and any(_is_night(each.at.astimezone(zone)) for each in counted)
        return max(rows, pattern.rows_at_least) if is_late else rows
    if pattern.places_at_least:
        return _most_places(counted)
    return len(counted)


def _expected(pattern: Pattern, actor: str, measured: Mapping[str, int]) -> int:
    if pattern.rows_at_least:
        return pattern.rows_at_least
    if pattern.times_median:
        peers = [count for other, count in measured.items() if other != actor and count]
        return max(pattern.at_least, int(pattern.times_median * median(peers)) if peers else 0)
    return pattern.at_least


def _is_night(at: datetime) -> bool:
    start, end = _night()
    return at.hour >= start or at.hour < end


def _most_places(opened: Sequence[Act]) -> int:
    """Return from how many places the actor signed in within the busiest hour."""
    times = sorted((each.at, str(each.details.get("place", ""))) for each in opened)
    most = 0
    for at, _ in times:
        within = Counter(place for other, place in times if at <= other < at + timedelta(hours=1) and place)
        most = max(most, len(within))
    return most
