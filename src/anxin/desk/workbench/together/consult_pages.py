"""Ask a mentor and decide; the mentors' page; questions of colleagues."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import NotFound, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import Forbidden, require
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.actions import consults
from anxin.desk.operations.incidents.advice import list_consults, list_consults_of
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.workbench.together.deeds import DEEDS
from anxin.desk.workbench.together.marks import CONSULT_STATES
from anxin.desk.workbench.together.rendering import render_part

TITLE = Words("请教导师", "Ask a mentor")
PAGE_TITLE = Words("咨询", "Advice")


@require_GET
@page
def panel(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show what was asked about an incident, and ask."""
    return _shown(request, by, incident_id)


@require_POST
@page
def ask(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Ask; the brief makes itself."""
    topic, question = request.POST.get("topic", ""), request.POST.get("question", "")
    try:
        consults.ask_mentor(incident_id=incident_id, topic=topic, question=question, by=by, at=request.moment)
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        return _shown(request, by, incident_id, refusal=refusal)
    return redirect("consults:panel", incident_id)


@require_GET
@page
def advice(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show what waits for a mentor, what one asked, and what one answered."""
    require(by, "consult.ask")
    return _advice(request, by)


@require_POST
@page
def ask_for_help(request: DeskRequest, by: Actor) -> HttpResponse:
    """Ask without an incident."""
    topic, question = request.POST.get("topic", ""), request.POST.get("question", "")
    return _done(request, by, lambda: consults.ask_for_help(topic=topic, question=question, by=by, at=request.moment))


@require_POST
@page
def answer(request: DeskRequest, by: Actor, consult_id: str) -> HttpResponse:
    """Answer; whoever asked decides."""
    text = request.POST.get("text", "")
    return _done(request, by, lambda: consults.answer(consult_id=consult_id, text=text, by=by, at=request.moment))


@require_POST
@page
def rate(request: DeskRequest, by: Actor, consult_id: str) -> HttpResponse:
    """Rate the other side."""
    stars = request.POST.get("stars", "")
    number = int(stars) if stars.isdecimal() and len(stars) < 3 else 0
    consults.rate(consult_id=consult_id, stars=number, by=by, at=request.moment)
    incident_id = request.POST.get("incident", "")
    return redirect("consults:panel", incident_id) if incident_id else redirect("consults:advice")


def _done(request: DeskRequest, by: Actor, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        return _advice(request, by, refusal=refusal)
    return redirect("consults:advice")


def _advice(request: DeskRequest, by: Actor, *, refusal: Refusal | None = None) -> HttpResponse:
    is_mentor = by.grant("consult.answer") is not None
    context = {
        "is_mentor": is_mentor,
        "waiting": list_consults(by=by, which="open") if is_mentor else (),
        "mine": list_consults(by=by, which="mine"),
        "answered": list_consults(by=by, which="answered") if is_mentor else (),
        "typed": request.POST,
    }
    return render_part(request, "advice", PAGE_TITLE, context | _words(by), refusal=refusal)


def _shown(request: DeskRequest, by: Actor, incident_id: str, *, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "consults": list_consults_of(incident_id=incident_id, by=by),
        "incident_id": incident_id,
        "can_ask": by.grant("incident.work") is not None,
        "typed": request.POST,
    }
    return render_part(request, "consults", TITLE, context | _words(by), refusal=refusal)


def _words(by: Actor) -> dict[str, object]:
    kinds = kind_names(by.organisation_id)
    return {
        "topics": choices("topics").items(),
        "topic_words": choices("topics"),
        "stages": choices("stages"),
        "kinds": kinds,
        "deeds": DEEDS,
        "states": CONSULT_STATES,
        "stars": range(1, 6),
    }
