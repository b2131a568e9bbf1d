"""The war room on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import NotFound, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.detail import TimelineLine
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.operations.rooms import actions
from anxin.desk.operations.rooms.queries import FeedLine, get_room
from anxin.desk.workbench.incident.wording import actor_words, sentence_of
from anxin.desk.workbench.room.marks import ROLES, TASKS


@require_GET
@page
def room(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show the room; its live parts alone when the page asks for them again."""
    return _show(request, by, incident_id)


@require_GET
@page
def panel(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show in two lines how the room stands, for the incident's own page."""
    view = get_room(incident_id=incident_id, by=by, at=request.moment)
    return render(request, "room/panel.html", {"room": view})


@require_POST
@page
def join(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Come in."""
    return _do(request, by, incident_id, lambda: actions.join(incident_id=incident_id, by=by, at=request.moment))


@require_POST
@page
def leave(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Go out."""
    return _do(request, by, incident_id, lambda: actions.leave(incident_id=incident_id, by=by, at=request.moment))


@require_POST
@page
def role(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Ask somebody to take a role, or take it."""
    given = {"person_id": request.POST.get("person", ""), "role": request.POST.get("role", "")}
    return _do(
        request,
        by,
        incident_id,
        lambda: actions.ask_for_role(incident_id=incident_id, **given, by=by, at=request.moment),
    )


@require_POST
@page
def accept(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Accept the role one was asked to take."""
    return _do(request, by, incident_id, lambda: actions.accept_role(incident_id=incident_id, by=by, at=request.moment))


@require_POST
@page
def decide(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Write a decision down."""
    given = {"what": request.POST.get("what", ""), "why": request.POST.get("why", "")}
    return _do(
        request, by, incident_id, lambda: actions.decide(incident_id=incident_id, **given, by=by, at=request.moment)
    )


@require_POST
@page
def status(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Say what customers are told."""
    text = request.POST.get("text", "")
    return _do(
        request,
        by,
        incident_id,
        lambda: actions.set_status(incident_id=incident_id, text=text, by=by, at=request.moment),
    )


@require_POST
@page
def close(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Close the room with a summary."""
    text = request.POST.get("summary", "")
    return _do(
        request, by, incident_id, lambda: actions.close(incident_id=incident_id, summary=text, by=by, at=request.moment)
    )


def _do(request: DeskRequest, by: Actor, incident_id: str, act: Callable[[], object]) -> HttpResponse:
    """Do it and show the room; a refusal is said in its place, with what was typed."""
    try:
        act()
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        return _show(request, by, incident_id, refusal)
    return redirect("room", incident_id)


def _told(line: FeedLine, kinds: Mapping[str, Words]) -> tuple[FeedLine, str, str]:
    """Return a line of the feed with its sentence and who it was, codes in words."""
    told = TimelineLine("incident", line.seq, line.kind, line.at, line.actor, line.data, line.note)
    return line, sentence_of(told, kinds), actor_words(line.actor)


def _show(request: DeskRequest, by: Actor, incident_id: str, refusal: Refusal | None = None) -> HttpResponse:
    view, kinds = get_room(incident_id=incident_id, by=by, at=request.moment), kind_names(by.organisation_id)
    context = {
        "room": view,
        "feed": [_told(each, kinds) for each in view.feed],
        "kind_words": kinds.get(view.kind, Words(view.kind, view.kind)),
        "roles": ROLES.items(),
        "task_marks": TASKS.items(),
        "refusal": refusal.sentence(get_language() or "zh") if refusal is not None else "",
        "typed": request.POST.dict() if refusal is not None else {},
    }
    is_fragment = request.headers.get("HX-Request") == "true" and refusal is None
    template = "room/parts.html" if is_fragment else "room/room.html"
    return render(request, template, context, status=refusal.status if refusal is not None else 200)
