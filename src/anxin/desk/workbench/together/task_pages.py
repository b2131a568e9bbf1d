"""Ask departments, and the departments' own queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import NotFound, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.organisations.queries import list_departments
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.actions import department_tasks
from anxin.desk.operations.incidents.actions.department_tasks import NewTask
from anxin.desk.operations.incidents.department_queues import department_of, list_tasks
from anxin.desk.workbench.together.marks import TASK_STATES
from anxin.desk.workbench.together.rendering import render_part

TITLE = Words("部门任务", "Department tasks")
MINUTES = (15, 30, 60, 120, 240, 1440)
TITLE_LENGTH = 500


@require_GET
@page
def panel(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show the tasks of an incident, and ask another department."""
    return _shown(request, by, incident_id)


@require_POST
@page
def ask(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Ask a department; its clock starts now."""
    given = request.POST
    minutes = given.get("minutes", "")
    within = timedelta(minutes=int(minutes) if minutes.isdecimal() and len(minutes) < 6 else 0)
    title = given.get("title", "")[:TITLE_LENGTH]
    task = NewTask(given.get("department_id", ""), title, within, given.get("blocked_by", ""))
    try:
        department_tasks.open_task(incident_id=incident_id, task=task, by=by, at=request.moment)
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        return _shown(request, by, incident_id, refusal=refusal)
    return redirect("department_tasks:panel", incident_id)


@require_GET
@page
def queue(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show a department's queue, one's own unless another is chosen."""
    return _queue(request, by, request.GET.get("department", department_of(by)))


@require_POST
@page
def accept(request: DeskRequest, by: Actor, task_id: str) -> HttpResponse:
    """Take a task on."""
    return _answered(request, by, lambda: department_tasks.accept_task(task_id=task_id, by=by, at=request.moment))


@require_POST
@page
def decline(request: DeskRequest, by: Actor, task_id: str) -> HttpResponse:
    """Say no, with the reason."""
    text = request.POST.get("answer", "")
    return _answered(
        request, by, lambda: department_tasks.decline_task(task_id=task_id, answer=text, by=by, at=request.moment)
    )


@require_POST
@page
def finish(request: DeskRequest, by: Actor, task_id: str) -> HttpResponse:
    """Say that it is done, and what came of it."""
    text = request.POST.get("answer", "")
    return _answered(
        request, by, lambda: department_tasks.finish_task(task_id=task_id, answer=text, by=by, at=request.moment)
    )


def _answered(request: DeskRequest, by: Actor, answer: Callable[[], object]) -> HttpResponse:
    department = request.POST.get("department", "")
    try:
        answer()
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        return _queue(request, by, department, refusal=refusal)
    return redirect(f"{reverse('department_tasks:queue')}?{urlencode({'department': department})}")


def _queue(request: DeskRequest, by: Actor, department_id: str, *, refusal: Refusal | None = None) -> HttpResponse:
    is_ended = request.GET.get("ended") == "1"
    context = {
        "tasks": list_tasks(by=by, at=request.moment, department_id=department_id, is_ended=is_ended),
        "departments": list_departments(by=by),
        "chosen": department_id,
        "is_ended": is_ended,
        "states": TASK_STATES,
        "is_queue": True,
    }
    return render_part(request, "queue", TITLE, context, refusal=refusal)


def _shown(request: DeskRequest, by: Actor, incident_id: str, *, refusal: Refusal | None = None) -> HttpResponse:
    incident = access_incident(incident_id=incident_id, by=by)
    context = {
        "tasks": list_tasks(by=by, at=request.moment, incident_id=incident.id),
        "departments": list_departments(by=by),
        "incident_id": incident.id,
        "minutes": MINUTES,
        "typed": request.POST,
        "states": TASK_STATES,
        "can_ask": by.grant("incident.work") is not None,
    }
    return render_part(request, "tasks", TITLE, context, refusal=refusal)
