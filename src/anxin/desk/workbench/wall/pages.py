"""The supervisor's wall: for a big screen, and for a phone."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.workbench.wall.queries import get_wall


@require_GET
@page
def wall(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show what runs out, what nobody has, who is waited for; the tiles alone when the page asks for them again."""
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "wall/tiles.html" if is_fragment else "wall/wall.html"
    return render(request, template, {"wall": get_wall(by=by, at=request.moment)})
