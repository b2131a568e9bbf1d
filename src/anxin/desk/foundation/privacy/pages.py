"""How personal data is kept, on the screen."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.privacy.actions import place_hold, request_erasure, request_release, rotate_keys
from anxin.desk.foundation.privacy.queries import get_overview


@require_GET
@page
def overview(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show classes, purposes, retention, keys, erasures and holds."""
    return render(request, "privacy/overview.html", {"overview": get_overview(by=by), "by": by})


@require_POST
@page
def rotate(request: DeskRequest, by: Actor) -> HttpResponse:
    """Rotate the keys."""
    rotate_keys(by=by, at=request.moment)
    return redirect("privacy")


@require_POST
@page
def erase(request: DeskRequest, by: Actor) -> HttpResponse:
    """Ask for an erasure."""
    subject, reason = request.POST.get("subject", "").strip(), request.POST.get("reason", "")
    request_erasure(subject=subject, reason=reason, by=by, at=request.moment)
    return redirect("privacy")


@require_POST
@page
def hold(request: DeskRequest, by: Actor) -> HttpResponse:
    """Place a legal hold."""
    subject, reason = request.POST.get("subject", "").strip(), request.POST.get("reason", "")
    place_hold(subject=subject, reason=reason, by=by, at=request.moment)
    return redirect("privacy")


@require_POST
@page
def release(request: DeskRequest, by: Actor, hold_id: str) -> HttpResponse:
    """Ask for the end of a legal hold."""
    request_release(hold_id=hold_id, reason=request.POST.get("reason", ""), by=by, at=request.moment)
    return redirect("privacy")
