"""My shift: what is mine, what is promised, what is offered to me, who else is here, and what I have left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.quotas import Quota, quotas_of
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.permissions.catalogue import permissions
from anxin.desk.foundation.sign_in.models import Session
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.access import visible_incidents
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.operations.incidents.models import Consult, Incident, Task
from anxin.desk.operations.incidents.queries import IncidentLine, incident_line, list_offered, names_of
from anxin.desk.operations.incidents.stages import OPEN
from anxin.desk.workbench.shift.breath import Breath, find_breath

HERE = timedelta(minutes=10)
"""Whoever did something within this time counts as here."""
LINES = 50
COLLEAGUES = 30


@dataclass(frozen=True)
class MyLine:
    """One of my incidents; `is_leading`: I am its commander, else I only hold it."""

    line: IncidentLine
    words: Words
    is_leading: bool


@dataclass(frozen=True)
class Promise:
    """Something I owe by a time; `href` leads there."""

    words: Words
    href: str
    begun_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Offered:
    """An incident somebody offers to hand over."""

    incident_id: str
    number: int
    level: int
    words: Words
    from_label: str
    is_to_me: bool
    offered_at: datetime
    due_at: datetime | None
    is_drill: bool


@dataclass(frozen=True)
class QuotaLeft:
    """What is left of one limit."""

    code: str
    words: Words
    quota: Quota
    per: str


@dataclass(frozen=True)
class MyShift:
    """The shift at one moment."""

    mine: tuple[MyLine, ...]
    promises: tuple[Promise, ...]
    offered: tuple[Offered, ...]
    colleagues: tuple[str, ...]
    quotas: tuple[QuotaLeft, ...]
    breath: Breath | None

    @property
    def critical(self) -> str:
        """Return the ids of my L1 incidents, for the sound of a new one."""
        return " ".join(sorted(each.line.id for each in self.mine if each.line.level == 1))


def get_shift(*, by: Actor, at: datetime, rested: str = "") -> MyShift:
    """Return the actor's shift; `rested` names the incident after which they took a breath already."""
    require(by, "desk.open")
    rows = visible_incidents(by).filter(_mine(by), stage__in=OPEN).order_by("due_at", "id")
    mine = list(rows[:LINES]) if by.grant("incident.view") is not None else []
    names = names_of({each for row in mine for each in (row.commander_id, row.holder_id)})
    kinds = kind_names(by.organisation_id) if mine else {}
    return MyShift(
        mine=tuple(_my_line(row, names, kinds, by) for row in mine),
        promises=tuple(sorted(_promises(mine, by), key=lambda each: each.due_at)),
        offered=_offered(by),
        colleagues=_colleagues(by, at),
        quotas=_quotas(by, at),
        breath=find_breath(by=by, at=at, rested=rested),
    )


def _mine(by: Actor) -> Q:
    person_id = by.person_id or "-"
    return Q(holder_id=person_id) | Q(commander_id=person_id)


def _my_line(row: Incident, names: Mapping[str, str], kinds: Mapping[str, Words], by: Actor) -> MyLine:
    line = incident_line(row, names, kinds, by)
    return MyLine(line, line.kind_words, row.commander_id == by.person_id)


def _promises(mine: Iterable[Incident], by: Actor) -> Iterable[Promise]:
    """Yield what I owe: careful checks to end, tasks I accepted, questions I answer."""
    for row in mine:
        if row.care_until is not None:
            words = Words(f"事件 #{row.number}：核实须结束", f"Incident #{row.number}: the careful check ends")
            yield Promise(words, f"/incidents/{row.id}/", row.care_until - timedelta(minutes=30), row.care_until)
        if row.review_due_at is not None:
            words = Words(f"事件 #{row.number}：复盘", f"Incident #{row.number}: review")
            yield Promise(words, f"/incidents/{row.id}/", row.opened_at, row.review_due_at)
    person_id = by.person_id or "-"
    for task in Task.objects.filter(organisation_id=by.organisation_id, owner_id=person_id, state="accepted")[:LINES]:
        words = Words("我接受的部门任务", "A department's task I accepted")
        yield Promise(words, f"/incidents/{task.incident_id}/", task.opened_at, task.due_at)
    consults = Consult.objects.filter(organisation_id=by.organisation_id, mentor_id=person_id, state="open")
    for consult in consults[:LINES]:
        href = f"/incidents/{consult.incident_id}/" if consult.incident_id else "/"
        yield Promise(Words("我答应解答的咨询", "Advice I owe"), href, consult.opened_at, consult.due_at)


def _offered(by: Actor) -> tuple[Offered, ...]:
    if by.grant("incident.view") is None:
        return ()
    rows = list_offered(by=by)
    if not rows:
        return ()
    incidents = {each.id: each for each in visible_incidents(by).filter(pk__in={row.incident_id for row in rows})}
    names, kinds = names_of({row.from_id for row in rows}), kind_names(by.organisation_id)
    found = ((row, incidents[row.incident_id]) for row in rows if row.incident_id in incidents)
    return tuple(
        Offered(
            incident_id=each.id,
            number=each.number,
            level=each.level,
            words=kinds.get(each.kind, Words(each.kind, each.kind)),
            from_label=names.get(row.from_id, ""),
            is_to_me=row.to_id == by.person_id,
            offered_at=row.offered_at,
            due_at=each.due_at,
            is_drill=each.is_drill,
        )
        for row, each in found
    )


def _colleagues(by: Actor, at: datetime) -> tuple[str, ...]:
    rows = Session.objects.filter(organisation_id=by.organisation_id, ended_at=None, seen_at__gt=at - HERE)
    rows = rows.exclude(person_id=by.person_id).order_by("person__username")
    return tuple(rows.values_list("person__username", flat=True)[:COLLEAGUES])


def _quotas(by: Actor, at: datetime) -> tuple[QuotaLeft, ...]:
    known = permissions()
    return tuple(
        QuotaLeft(code, known[code].words, quota, by.grants[code].per)
        for code, quota in quotas_of(by=by, at=at).items()
    )
