"""Work for departments: each task has a clock of its own, and is accepted or declined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.duties import one_by_one, resting
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import Conflict, FieldInvalid
from anxin.desk.foundation.organisations.models import Department
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.operations.incidents.access import access_task
from anxin.desk.operations.incidents.errors import WrongStage
from anxin.desk.operations.incidents.facts import TaskChanged
from anxin.desk.operations.incidents.locking import lock_for, lock_own
from anxin.desk.operations.incidents.models import Task
from anxin.desk.operations.incidents.timeline import Data, write

LONGEST = timedelta(days=30)


@dataclass(frozen=True)
class NewTask:
    """What a department is asked to do, and within which time; `blocked_by` another task, "" for none."""

    department_id: str
    title: str
    within: timedelta
    blocked_by: str = ""


@transaction.atomic
def open_task(*, incident_id: str, task: NewTask, by: Actor, at: datetime, version: int | None = None) -> Task:
    """Ask a department; its clock starts now."""
    incident = lock_for("open_task", incident_id=incident_id, by=by, version=version)
    _require_valid(task, incident.id, by)
    row = Task(
        id=new_id("tsk", at=at),
        organisation_id=by.organisation_id,
        incident_id=incident.id,
        department_id=task.department_id,
        state="open",
        blocked_by=task.blocked_by,
        opened_by=by.person_id or "",
        opened_at=at,
        due_at=at + task.within,
    )
    row.title_sealed = seal(by.organisation_id, task.title, about=f"incident.task:{row.id}", at=at)
    row.save(force_insert=True)
    data: Data = {"task": row.id, "department": row.department_id}
    write(incident, "open_task", by=by, at=at, data=data, is_quiet=True)
    _publish(row, at)
    return row


def _require_valid(task: NewTask, incident_id: str, by: Actor) -> None:
    departments = Department.objects.filter(organisation_id=by.organisation_id, closed_at=None)
    if not departments.filter(pk=task.department_id).exists():
        raise FieldInvalid(pointer="/department_id", field="department_id", reason="unknown", reason_zh="没有这个部门")
    if not task.title.strip() or not timedelta() < task.within <= LONGEST:
        raise FieldInvalid(pointer="/within", field="within", reason="title, and up to 30 days")
    blockers = Task.objects.filter(incident_id=incident_id, pk=task.blocked_by)
    if task.blocked_by and not blockers.exists():
        raise FieldInvalid(pointer="/blocked_by", field="blocked_by", reason="not a task of this incident")


def accept_task(*, task_id: str, by: Actor, at: datetime, version: int | None = None) -> Task:
    """Take the task on: the taker owns it."""
    return _answer(task_id, ("open",), "accepted", by=by, at=at, version=version)


def decline_task(*, task_id: str, answer: str, by: Actor, at: datetime, version: int | None = None) -> Task:
    """Say no, with the reason: the incident's team has to look for another way."""
    return _answer(task_id, ("open", "accepted"), "declined", by=by, at=at, version=version, answer=answer)


def finish_task(*, task_id: str, answer: str, by: Actor, at: datetime, version: int | None = None) -> Task:
    """Say that it is done, and what came of it."""
    return _answer(task_id, ("accepted",), "done", by=by, at=at, version=version, answer=answer)


@transaction.atomic
def _answer(
    task_id: str, states: tuple[str, ...], to: str, *, by: Actor, at: datetime, version: int | None, answer: str = ""
) -> Task:
    lock_head(by.organisation_id)
    row = access_task(task_id=task_id, by=by)
    if version is not None and row.version != version:
        raise Conflict(version=row.version)
    is_blocked = (
        to == "done" and Task.objects.filter(pk=row.blocked_by).exclude(state__in=("done", "declined")).exists()
    )
    if row.state not in states or is_blocked:
        raise WrongStage(unmet=(f"task.{'blocked' if is_blocked else row.state}",), stage=row.state)
    if to != "accepted":
        if not answer.strip():
            raise FieldInvalid(pointer="/answer", field="answer", reason="empty", reason_zh="为空")
        row.answer_sealed = seal(by.organisation_id, answer, about=f"incident.answer:{row.id}", at=at)
        row.ended_at = at
    else:
        row.owner_id, row.accepted_at = by.person_id or "", at
    row.state = to
    row.version += 1
    row.save()
    _tell_incident(row, f"{to}_task", by, at)
    return row


def _tell_incident(row: Task, kind: str, by: Actor, at: datetime) -> None:
    incident = lock_own(row.incident_id, organisation_id=row.organisation_id)
    assert incident is not None
    data: Data = {"task": row.id, "department": row.department_id}
    write(incident, kind, by=by, at=at, data=data, is_quiet=True)
    _publish(row, at)


def _publish(row: Task, at: datetime) -> None:
    fact = TaskChanged(row.id, row.incident_id, row.department_id, row.state)
    publish_fact(fact, organisation_id=row.organisation_id, at=at)


def mark_late_tasks(*, at: datetime, limit: int = 100) -> int:
    """Mark tasks whose time is over, each once; return how many."""
    rows = Task.objects.filter(state__in=("open", "accepted"), due_at__lt=at, late_at=None).order_by("due_at")
    late = dict(rows.exclude(pk__in=resting(at)).values_list("id", "organisation_id")[:limit])
    return one_by_one(late, lambda each: _mark_late(each, late[each], at), at=at)


@transaction.atomic
def _mark_late(task_id: str, organisation_id: str, at: datetime) -> int:
    lock_head(organisation_id)
    row = Task.objects.filter(pk=task_id, state__in=("open", "accepted"), late_at=None).first()
    if row is None:
        return 0
    row.late_at = row.due_at
    row.save(update_fields=("late_at",))
    by = system_actor(organisation_id, "incidents")
    record_entry("incident.task_late", by=by, at=at, on=("task", row.id), details={"incident": row.incident_id})
    publish_fact(
        TaskChanged(row.id, row.incident_id, row.department_id, "late"), organisation_id=organisation_id, at=at
    )
    return 1
