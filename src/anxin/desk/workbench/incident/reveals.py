"""Reveal one value of somebody in an incident for a minute: the incident is the case that the trail names."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from anxin.desk.decisioning.decisions.reveals import purpose_choices
from anxin.desk.decisioning.entities.fields import read_sealed_name
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import NotFound, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.privacy.actions import Sealed, reveal_field
from anxin.desk.workbench.incident.contacts import MaskedContact, masked_contact, read_contact


@require_POST
@page
def reveal(request: DeskRequest, by: Actor, incident_id: str, party_id: str) -> HttpResponse:
    """Show the value in its place, or why not."""
    field = masked_contact(incident_id=incident_id, party_id=party_id, by=by)
    context: dict[str, object] = {"field": field, "purposes": purpose_choices()}
    try:
        sealed = _sealed(field, incident_id, party_id, request, by)
        purpose = request.POST.get("purpose", "")
        context["revealed"] = reveal_field(sealed, purpose=purpose, case_id=incident_id, by=by, at=request.moment)
    except NotFound:
        raise
    except Refusal as refusal:
        context["sentence"] = refusal.sentence(get_language() or "zh")
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "decisions/reveal.html" if is_fragment else "decisions/reveal_page.html"
    response = render(request, template, context, status=200 if "revealed" in context else 422)
    response["Cache-Control"] = "no-store"
    return response


def _sealed(field: MaskedContact, incident_id: str, party_id: str, request: DeskRequest, by: Actor) -> Sealed:
    if field.is_contact:
        return read_contact(incident_id=incident_id, party_id=party_id, by=by)
    return read_sealed_name(kind=field.entity[0], key=field.entity[1], by=by, at=request.moment)
