"""My shift, and the breath after an L1."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.workbench.shift.queries import get_shift

RESTED = "anxin_rested"
_HOUR_SECONDS = 3600


@require_GET
@page
def shift(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show what is mine now; the parts alone when the page asks for them again."""
    shown = get_shift(by=by, at=request.moment, rested=request.COOKIES.get(RESTED, "")[:64])
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "shift/parts.html" if is_fragment else "shift/shift.html"
    return render(request, template, {"shift": shown, "moment_now": request.moment})


@require_POST
@page
def rested(request: DeskRequest, _by: Actor) -> HttpResponse:
    """Put the card away in this browser."""
    response = redirect("shift")
    named = request.POST.get("incident", "")[:64]
    if named.isascii() and named.replace("_", "").isalnum():
        is_secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(RESTED, named, max_age=_HOUR_SECONDS, samesite="Lax", secure=is_secure, httponly=True)
    return response
