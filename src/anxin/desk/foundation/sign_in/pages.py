"""Pages about sessions, and the way back to what asked for a factor."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.sign_in import actions
from anxin.desk.foundation.sign_in.queries import list_my_sessions, list_sessions


@page
def my_sessions(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show where the person is signed in."""
    context = {"lines": list_my_sessions(by=by, at=request.moment), "is_mine": True}
    return render(request, "sign_in/sessions.html", context)


@page
def sessions(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show every live session of the organisation."""
    context = {"lines": list_sessions(by=by, at=request.moment), "is_mine": False}
    return render(request, "sign_in/sessions.html", context)


@require_POST
@page
def revoke_session(request: DeskRequest, by: Actor, ref: str) -> HttpResponse:
    """End a session."""
    actions.revoke_session(ref=ref, by=by, at=request.moment)
    return redirect("sessions" if request.POST.get("from") == "all" else "my_sessions")


@page
def step_up(request: DeskRequest, _by: Actor) -> HttpResponse:
    """Lead to the person's own way of showing a factor, and back; without a factor, to where one is set up."""
    ways = [each for each in get_adapter().get_reauthentication_methods(request.user) if each["id"].startswith("mfa")]
    back = urlencode({"next": request.GET.get("next", "/")})
    if not ways and settings.ANXIN.demo:
        return redirect(f"{reverse('account_reauthenticate')}?{back}")
    return redirect(f"{ways[0]['url']}?{back}" if ways else "mfa_index")
