"""Reads of departments' tasks: each department sees its own queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Department, Person
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words
from anxin.desk.foundation.vault.sealing import unseal_to_show
from anxin.desk.operations.incidents.access import visible_incidents
from anxin.desk.operations.incidents.models import Incident, Task
from anxin.desk.operations.incidents.queries import names_of

MOST_TASKS = 200
OPEN_STATES = ("open", "accepted")
ENDED_STATES = ("done", "declined")


@dataclass(frozen=True)
class QueuedTask:
    """One task as its department sees it; `is_blocked`: another task has to be done first."""

    id: str
    incident_id: str
    number: int
    level: int
    department: Words
    state: str
    title: str
    answer: str
    asked_by: str
    owner: str
    is_mine: bool
    is_blocked: bool
    opened_at: datetime
    due_at: datetime
    is_late: bool
    ended_at: datetime | None
    version: int


def list_tasks(
    *, by: Actor, at: datetime, department_id: str = "", incident_id: str = "", is_ended: bool = False
) -> tuple[QueuedTask, ...]:
    """Return tasks, the next due first, at most 200; ended ones newest first. Raise Forbidden."""
    require(by, "incident.view" if incident_id else "incident.task")
    rows = Task.objects.filter(organisation_id=by.organisation_id)
    rows = rows.filter(state__in=ENDED_STATES if is_ended else OPEN_STATES) if not incident_id else rows
    rows = rows.filter(department_id=department_id) if department_id else rows
    rows = rows.filter(incident_id=incident_id) if incident_id else rows
    found = list(rows.order_by("-ended_at" if is_ended else "due_at", "id")[:MOST_TASKS])
    incidents = visible_incidents(by).in_bulk([each.incident_id for each in found])
    known = _known(found, by)
    return tuple(
        _queued(each, incidents[each.incident_id], known, by, at) for each in found if each.incident_id in incidents
    )


def count_tasks(*, by: Actor, department_id: str) -> int:
    """Return how many tasks a department has open in incidents that the actor may see; raise Forbidden."""
    require(by, "incident.task")
    rows = Task.objects.filter(
        organisation_id=by.organisation_id, department_id=department_id, state__in=OPEN_STATES
    ).values("incident_id")
    seen = set(visible_incidents(by).filter(pk__in=rows).values_list("pk", flat=True))
    return sum(1 for each in rows if each["incident_id"] in seen)


def department_of(by: Actor) -> str:
    """Return the id of the actor's own department, "" when they have none."""
    found = Person.objects.filter(pk=by.person_id or "").values_list("department_id", flat=True).first()
    return found or ""


@dataclass(frozen=True)
class _Known:
    """What the rows name: people, departments, and which of the tasks in the way are open."""

    names: Mapping[str, str]
    departments: Mapping[str, Words]
    in_the_way: frozenset[str]


def _known(found: list[Task], by: Actor) -> _Known:
    departments = Department.objects.filter(organisation_id=by.organisation_id)
    blockers = Task.objects.filter(pk__in=[each.blocked_by for each in found], state__in=OPEN_STATES)
    return _Known(
        names_of({each for row in found for each in (row.opened_by, row.owner_id)}),
        {each.id: Words(each.name_zh, each.name_en) for each in departments},
        frozenset(blockers.values_list("id", flat=True)),
    )


def _queued(row: Task, incident: Incident, known: _Known, by: Actor, at: datetime) -> QueuedTask:
    answer = ""
    if row.answer_sealed is not None:
        answer = unseal_to_show(row.organisation_id, bytes(row.answer_sealed), about=f"incident.answer:{row.id}")
    return QueuedTask(
        id=row.id,
        incident_id=row.incident_id,
        number=incident.number,
        level=incident.level,
        department=known.departments.get(row.department_id, Words("", "")),
        state=row.state,
        title=unseal_to_show(row.organisation_id, bytes(row.title_sealed), about=f"incident.task:{row.id}"),
        answer=answer,
        asked_by=known.names.get(row.opened_by, ""),
        owner=known.names.get(row.owner_id, ""),
        is_mine=bool(row.owner_id) and row.owner_id == by.person_id,
        is_blocked=row.blocked_by in known.in_the_way,
        opened_at=row.opened_at,
        due_at=row.due_at,
        is_late=row.late_at is not None or (row.ended_at is None and row.due_at < at),
        ended_at=row.ended_at,
        version=row.version,
    )
