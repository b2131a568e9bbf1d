"""Hand over: one incident from its page, or everything one holds at the end of a shift."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import NotFound, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.actions import leases
from anxin.desk.operations.incidents.actions.handing_over import offer_several
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.handovers import (
    NEXT_STEPS,
    compose_handover,
    find_offer,
    list_offers,
    list_takers,
)
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.workbench.together.briefing import read_items, suggest, suggest_for
from anxin.desk.workbench.together.rendering import render_part

TITLE = Words("交接", "Hand over")


@require_GET
@page
def panel(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show the offer of an incident, or make one."""
    return _shown(request, by, incident_id)


@require_GET
@page
def handover(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show what is offered to one, what one offered, and everything one holds."""
    return _page(request, by)


@require_POST
@page
def offer(request: DeskRequest, by: Actor) -> HttpResponse:
    """Offer what was chosen: all of it, or nothing."""
    incident_id = request.POST.get("only", "")
    try:
        items = read_items(request.POST)
        offer_several(items=items, to_id=request.POST.get("to_id", ""), by=by, at=request.moment)
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        if incident_id:
            return _shown(request, by, incident_id, refusal=refusal)
        return _page(request, by, refusal=refusal)
    return _back(request)


@require_POST
@page
def accept(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Take one item over: from now on it is one's own."""
    try:
        leases.accept_handover(incident_id=incident_id, by=by, at=request.moment)
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        return _page(request, by, refusal=refusal)
    return _back(request)


@require_POST
@page
def decline(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Leave one item where it is; who offered it takes the offer back."""
    note = request.POST.get("note", "")[:500]
    try:
        leases.decline_handover(incident_id=incident_id, by=by, at=request.moment, note=note)
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        return _page(request, by, refusal=refusal)
    return _back(request)


def _back(request: DeskRequest) -> HttpResponse:
    """Return to where the form stood: my shift, an incident, or the hand-overs."""
    if request.POST.get("from") == "shift":
        return redirect("shift")
    incident_id = request.POST.get("only", "")
    return redirect("handovers:panel", incident_id) if incident_id else redirect("handovers:page")


def _page(request: DeskRequest, by: Actor, *, refusal: Refusal | None = None) -> HttpResponse:
    at = request.moment
    held = compose_handover(by=by, at=at)
    context = {
        "offered": list_offers(by=by, at=at),
        "waiting": list_offers(by=by, at=at, mine=True),
        "held": [(each, suggest(each)) for each in held if not each.is_offered],
        "takers": list_takers(by=by, at=at),
        "to_id": request.POST.get("to_id", ""),
        "chosen": request.POST.getlist("incident"),
    }
    return render_part(request, "handover", TITLE, context | _words(by), refusal=refusal)


def _shown(request: DeskRequest, by: Actor, incident_id: str, *, refusal: Refusal | None = None) -> HttpResponse:
    incident = access_incident(incident_id=incident_id, by=by, permission="incident.work")
    found = find_offer(incident_id=incident_id, by=by, at=request.moment)
    context = {
        "incident_id": incident.id,
        "offer": found,
        "is_held": incident.holder_id == by.person_id,
        "brief": suggest_for(incident, at=request.moment),
        "takers": list_takers(by=by, at=request.moment),
        "to_id": request.POST.get("to_id", ""),
    }
    return render_part(request, "handover_of", TITLE, context | _words(by), refusal=refusal)


def _words(by: Actor) -> dict[str, object]:
    kinds = kind_names(by.organisation_id)
    return {"stages": choices("stages"), "kinds": kinds, "steps": NEXT_STEPS}
