"""The first page after signing in: what waits, and where to go from here."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.workbench.start.queries import get_start


@require_GET
@page
def home(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show what waits for the reader, and where to go from here."""
    return render(request, "start/start.html", {"start": get_start(by=by, at=request.moment)})


@require_GET
@page
def waiting(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show what waits alone, for a page that asks again."""
    return render(request, "start/waiting.html", {"start": get_start(by=by, at=request.moment)})
