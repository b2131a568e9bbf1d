"""What the queue and the list of all are narrowed by, as it comes with a request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.organisations.queries import list_sites
from anxin.desk.foundation.ui.shapes import Choice, Filter
from anxin.desk.foundation.ui.vocabulary import LEVELS
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.kinds import kind_names, shipped_kinds
from anxin.desk.operations.incidents.queries import QueueFilter
from anxin.desk.operations.incidents.reports import PERSONAL, keys_of_value
from anxin.desk.operations.incidents.stages import Stage

Given = Mapping[str, str]
NAMES = ("whose", "level", "kind", "stage", "site", "drill", "q")
WHOSE = (
    Choice("mine", Words("我的", "Mine")),
    Choice("free", Words("无人持有", "Free")),
    Choice("stalled", Words("停滞", "Stalled")),
    Choice("late", Words("已超时", "Overdue")),
)
_DRILLS = (Choice("1", Words("演练", "Drills")),)
_NUMBER = re.compile(r"[#＃]?(\d{1,12})")
_LONGEST = 200
NOTHING = frozenset({"nothing is called so"})


def parse_queue_filter(given: Given, *, by: Actor) -> QueueFilter:
    """Return the filter of the queue; raise FieldInvalid for what none of its lists holds."""
    return _narrow(given, by, QueueFilter())


def parse_all_filter(given: Given, *, by: Actor) -> QueueFilter:
    """Return the filter of the list of all: open and closed, drills too unless a choice says otherwise."""
    every = QueueFilter(stages=frozenset(Stage), is_drill=None)
    return _narrow(given, by, every)


def queue_filters(given: Given, *, by: Actor, has_stages: bool = False) -> tuple[Filter, ...]:
    """Return the fields of the filter bar."""
    kinds = [Choice(code, words) for code, words in kind_names(by.organisation_id).items()]
    levels = [Choice(str(level), mark.words) for level, mark in LEVELS.items()]
    sites = [Choice(each.id, Words(each.name, each.name)) for each in list_sites(by=by)]
    stages = [Choice(code, words) for code, words in choices("stages").items()]
    search = Words("编号、类型、用户或对象", "Number, kind, person or thing")
    fields: Sequence[Filter | None] = (
        Filter("q", search, given.get("q", "")[:_LONGEST], kind="search"),
        Filter("whose", Words("归属", "Whose"), given.get("whose", ""), WHOSE),
        Filter("level", Words("级别", "Level"), given.get("level", ""), levels),
        Filter("stage", Words("阶段", "Stage"), given.get("stage", ""), stages) if has_stages else None,
        Filter("kind", Words("类型", "Kind"), given.get("kind", ""), kinds),
        Filter("site", Words("站点", "Site"), given.get("site", ""), sites) if len(sites) > 1 else None,
        Filter("drill", Words("演练", "Drills"), given.get("drill", ""), _DRILLS),
    )
    return tuple(each for each in fields if each is not None)


def kept(given: Given) -> dict[str, str]:
    """Return what of a query narrows: to be carried along."""
    return {name: given[name] for name in NAMES if given.get(name)}


def _narrow(given: Given, by: Actor, chosen: QueueFilter) -> QueueFilter:
    whose = _one_of(given, "whose", {each.value for each in WHOSE})
    level = _one_of(given, "level", {"1", "2", "3"})
    stage = _one_of(given, "stage", set(Stage))
    kind = _one_of(given, "kind", set(shipped_kinds()))
    chosen = replace(
        chosen,
        whose="" if whose == "late" else whose,
        is_late=whose == "late",
        levels=frozenset({int(level)}) if level else frozenset(),
        stages=frozenset({stage}) if stage else chosen.stages,
        kind=kind,
        site_id=given.get("site", "")[:40],
        is_drill=True if given.get("drill") else chosen.is_drill,
    )
    return _search(given.get("q", "").strip()[:_LONGEST], chosen, by)


def _one_of(given: Given, name: str, known: set[str]) -> str:
    value = given.get(name, "")
    if value and value not in known:
        raise FieldInvalid(pointer=f"/{name}", field=name, reason=", ".join(sorted(known)))
    return value


def _search(asked: str, chosen: QueueFilter, by: Actor) -> QueueFilter:
    """Narrow to a number, to kinds that are called so, or to what the organisation's keys make of a typed value."""
    if not asked:
        return chosen
    number = _NUMBER.fullmatch(asked)
    if number is not None and len(number[1]) < 11:
        return replace(chosen, number=int(number[1]))
    wanted = asked.casefold()
    names = kind_names(by.organisation_id)
    kinds = {code for code, words in names.items() if wanted in f"{code} {words.zh} {words.en}".casefold()}
    if kinds:
        return replace(chosen, family_kinds=frozenset(kinds))
    found = keys_of_value(asked, organisation_id=by.organisation_id, kinds=("", *PERSONAL))
    return replace(chosen, named=frozenset(found) or NOTHING)
