"""What the holder would be told, beside the measure one is about to order."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.operations.measures.catalogue import reasons
from anxin.desk.operations.user_notices.queries import preview_notice


@require_GET
@page
def preview(request: DeskRequest, by: Actor, measure: str) -> HttpResponse:
    """Show the notice of a measure for a reason; without one, for the first."""
    reason = request.GET.get("reason") or next(iter(reasons()))
    text, why = preview_notice(measure=measure, reason=reason, by=by, at=request.moment)
    context = {"text": text, "why": why, "reason": reasons().get(reason)}
    return render(request, "user_notices/preview.html", context)
