"""Reads of the case library: search in both languages, one case, cases like an incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from anxin.checkers.personal_data.text import find
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.access import access_incident, visible_incidents
from anxin.desk.operations.incidents.choices import choices as incident_choices
from anxin.desk.operations.incidents.decided import rules_of
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.oversight.reviews.access import access_case, visible_cases
from anxin.desk.oversight.reviews.actions.remembering import CONFIRM, read_draft
from anxin.desk.oversight.reviews.choices import choices
from anxin.desk.oversight.reviews.models import Case

VIEW = "case.view"
MOST_ROWS, MOST_WORDS, CANDIDATES, LIKE = 50, 8, 200, 5


@dataclass(frozen=True)
class CaseFilter:
    """What to look for: words (all of them), and kind, factor and rule, each "" for any."""

    text: str = ""
    kind: str = ""
    factor: str = ""
    rule: str = ""


@dataclass(frozen=True)
class CaseLine:
    """One case; `text` is its draft as long as nobody confirmed it."""

    id: str
    kind: str
    level: int
    cause: str
    factors: tuple[str, ...]
    rules: tuple[str, ...]
    title: str
    text: str
    month: str
    is_confirmed: bool


@dataclass(frozen=True)
class CaseView:
    """One case; `guesses` are parts of the draft that look like names or addresses, for the one who reads it."""

    line: CaseLine
    incident_id: str
    guesses: tuple[str, ...]
    can_confirm: bool


def search_cases(chosen: CaseFilter, *, by: Actor, after: str = "") -> tuple[tuple[CaseLine, ...], str]:
    """Return confirmed cases that hold every word, newest first, and where the next page begins ("": nowhere)."""
    require(by, VIEW)
    rows = _narrowed(visible_cases(by).filter(confirmed_at__isnull=False), chosen, by)
    rows = rows.filter(id__lt=after) if after else rows
    found = list(rows.order_by("-id")[: MOST_ROWS + 1])
    return tuple(_line(each) for each in found[:MOST_ROWS]), found[MOST_ROWS - 1].id if len(found) > MOST_ROWS else ""


def list_drafts(*, by: Actor) -> tuple[CaseLine, ...]:
    """Return drafts that wait for a person, oldest first; only of incidents that the actor may see."""
    if by.grant(CONFIRM) is None:
        return ()
    rows = visible_cases(by).filter(confirmed_at=None, incident_id__in=visible_incidents(by).values("id"))
    return tuple(_line(each) for each in rows.order_by("id")[:MOST_ROWS])


def get_case(*, case_id: str, by: Actor) -> CaseView:
    """Return one case; its incident is named only to those who may see it."""
    row = access_case(case_id=case_id, by=by)
    is_seen = by.grant("incident.view") is not None and visible_incidents(by).filter(pk=row.incident_id).exists()
    line = _line(row)
    can_confirm = row.confirmed_at is None and by.grant(CONFIRM) is not None
    guesses = tuple(line.text[each.start : each.end] for each in find(line.text)) if can_confirm else ()
    return CaseView(line, row.incident_id if is_seen else "", guesses, can_confirm)


def cases_like(*, incident_id: str, by: Actor) -> tuple[CaseLine, ...]:
    """Return cases like an incident, the likest first: same kind, cause, rules, factors."""
    require(by, VIEW)
    incident = access_incident(incident_id=incident_id, by=by)
    rules = set(rules_of((incident,))[incident.id])
    rows = visible_cases(by).filter(confirmed_at__isnull=False).exclude(incident_id=incident.id)
    near = rows.filter(Q(kind=incident.kind) | Q(cause=incident.cause or "-")).order_by("-id")[:CANDIDATES]

    def likeness(case: Case) -> tuple[int, str]:
        same = 3 * (case.kind == incident.kind) + 2 * (case.cause == incident.cause)
        shared = len(rules & set(case.rules.split())) + len(set(incident.factors.split()) & set(case.factors.split()))
        return same + 2 * shared, case.id

    return tuple(_line(each) for each in sorted(near, key=likeness, reverse=True)[:LIKE])


def _narrowed(rows: QuerySet[Case], chosen: CaseFilter, by: Actor) -> QuerySet[Case]:
    rows = rows.filter(kind=chosen.kind) if chosen.kind else rows
    rows = rows.filter(factors__contains=f" {chosen.factor} ") if chosen.factor else rows
    rows = rows.filter(rules__contains=f" {chosen.rule} ") if chosen.rule else rows
    kinds = kind_names(by.organisation_id) if chosen.text else {}
    for word in chosen.text.split()[:MOST_WORDS]:
        wanted = Q(title__icontains=word) | Q(text__icontains=word) | Q(rules__icontains=word)
        for code in _named(word, kinds):
            wanted |= Q(kind=code) | Q(cause=code) | Q(factors__contains=f" {code} ")
        rows = rows.filter(wanted)
    return rows


def _named(word: str, kinds: Mapping[str, Words]) -> tuple[str, ...]:
    """Return the codes of kinds, causes and factors whose words, in either language, hold the word."""
    lowered = word.casefold()
    named = dict(kinds) | dict(incident_choices("causes"))
    named |= dict(choices("factors"))
    return tuple(code for code, each in named.items() if lowered in f"{each.zh}\n{each.en}".casefold())


def _line(row: Case) -> CaseLine:
    return CaseLine(
        id=row.id,
        kind=row.kind,
        level=row.level,
        cause=row.cause,
        factors=tuple(row.factors.split()),
        rules=tuple(row.rules.split()),
        title=row.title,
        text=row.text or read_draft(row),
        month=row.month,
        is_confirmed=row.confirmed_at is not None,
    )
