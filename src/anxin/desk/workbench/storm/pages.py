"""The page of a storm's victims: who was reached, who is protected, one measure for many, and its trial first."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.operations.incidents.actions.contacts import Contact, log_contact
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.kinds import kind_name
from anxin.desk.operations.measures.batches.actions import ALONE, Many, order_batch
from anxin.desk.operations.measures.catalogue import reasons
from anxin.desk.workbench.storm.forms import Chosen, read_chosen
from anxin.desk.workbench.storm.panels import offers, preview
from anxin.desk.workbench.storm.queries import Storm, get_storm, list_targets


@require_GET
@page
def victims(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show a page of the victims."""
    return _show(request, by, incident_id)


@require_GET
@page
def panel(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show the counts alone, for the incident's own page."""
    storm = get_storm(incident_id=incident_id, by=by, limit=1)
    return render(request, "storm/counts.html", {"storm": storm, "is_panel": True})


@require_POST
@page
def protect(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show what a measure for the chosen ones would come to, and with `go` order it; a refusal is said in its place."""
    try:
        chosen = read_chosen(request.POST)
        found = list_targets(incident_id=incident_id, party_ids=chosen.party_ids, by=by)
        many = Many(chosen.kind, chosen.reason, tuple(target for _, target in found), incident_id, None, chosen.note)
        if not chosen.is_go:
            return _preview(request, by, many, chosen)
        batch = order_batch(many, by=by, at=request.moment)
    except Refusal as refusal:
        return _show(request, by, incident_id, refusal)
    return redirect("measure_batch", batch.id)


@require_POST
@page
def contact(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Log that the chosen ones were reached."""
    try:
        chosen = read_chosen(request.POST)
        found = list_targets(incident_id=incident_id, party_ids=chosen.party_ids, by=by)
        made = Contact(
            chosen.channel,
            "delivered",
            is_informing=chosen.is_informing,
            party_ids=tuple(party_id for party_id, _ in found),
        )
        log_contact(incident_id=incident_id, contact=made, by=by, at=request.moment, note=chosen.note)
    except Refusal as refusal:
        return _show(request, by, incident_id, refusal)
    return redirect("storm_victims", incident_id)


def _show(request: DeskRequest, by: Actor, incident_id: str, refusal: Refusal | None = None) -> HttpResponse:
    storm = get_storm(incident_id=incident_id, by=by, after=request.GET.get("after", "")[:64])
    context = {
        **_words(storm, by),
        "offers": offers(by),
        "reasons": reasons().items(),
        "channels": [(code, words) for code, words in choices("channels").items() if code != "step"],
        "may_contact": storm.is_open and by.grant("incident.work") is not None,
        "refusal": refusal.sentence(get_language() or "zh") if refusal else "",
        "alone": ALONE,
    }
    return render(request, "storm/victims.html", context, status=refusal.status if refusal else 200)


def _preview(request: DeskRequest, by: Actor, many: Many, chosen: Chosen) -> HttpResponse:
    storm = get_storm(incident_id=many.incident_id, by=by, limit=1)
    context = {**_words(storm, by), "chosen": chosen, "preview": preview(many, by=by, at=request.moment)}
    return render(request, "storm/preview.html", context)


def _words(storm: Storm, by: Actor) -> dict[str, object]:
    return {"storm": storm, "kind_words": kind_name(by.organisation_id, storm.kind)}
