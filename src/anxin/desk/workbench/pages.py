"""The first page after signing in, and the choice of how it looks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.workbench.look import ALLOWED, keep_look


@page
def home(request: DeskRequest, _by: Actor) -> HttpResponse:
    """Show where to go from here."""
    return render(request, "workbench/home.html")


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Keep theme, language or single keys as chosen in this browser, and go back to where that was."""
    onward = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        onward, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        onward = "/"
    response = redirect(onward)
    keep_look(response, {name: request.POST[name] for name in ALLOWED if name in request.POST})
    return response
