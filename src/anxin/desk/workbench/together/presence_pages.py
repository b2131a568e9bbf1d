"""Say that one is here, see who else is, and keep the lease."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.actions.leases import extend_lease, leave_presence, note_presence
from anxin.desk.operations.incidents.presence import get_presence
from anxin.desk.workbench.together.rendering import render_part

TITLE = Words("谁在处理", "Who is at it")


@require_http_methods(["GET", "POST"])
@page
def panel(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show who is here; posted every few seconds it also says that one is here oneself."""
    if request.method == "POST":
        note_presence(incident_id=incident_id, by=by, at=request.moment)
    return _shown(request, by, incident_id)


@require_POST
@page
def leave(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Say that one closed it."""
    leave_presence(incident_id=incident_id, by=by, at=request.moment)
    return HttpResponse(status=204)


@require_GET
@page
def lease(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Warn the holder alone, when the lease is about to lapse."""
    return _shown(request, by, incident_id, part="lease")


@require_POST
@page
def extend(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Stay on it."""
    extend_lease(incident_id=incident_id, by=by, at=request.moment)
    return _shown(request, by, incident_id, part="lease")


def _shown(request: DeskRequest, by: Actor, incident_id: str, *, part: str = "presence") -> HttpResponse:
    line = get_presence(incident_id=incident_id, by=by, at=request.moment)
    context = {"line": line, "incident_id": incident_id, "is_first": request.method == "GET"}
    return render_part(request, part, TITLE, context)
