"""Watch over sessions: end what is idle or too old, say why, and let nobody work without the factor they need."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from anxin.desk.foundation.edge.answers import render_refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import SecondFactorNeeded, needs_second_factor
from anxin.desk.foundation.sign_in.actions import end_session, note_seen
from anxin.desk.foundation.sign_in.phrases import ENDED
from anxin.desk.foundation.sign_in.standing import why_ended
from anxin.desk.foundation.sign_in.store import SessionStore
from anxin.desk.foundation.ui.words import say

_OPEN_PATHS = ("/accounts/", "/look/", "/static/", "/live/")
"""What a person may reach before the second factor their roles ask for."""


class SignInMiddleware:
    """Stands behind the actor's middleware: checks the session of every request that brings one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        desk_request = cast("DeskRequest", request)
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self._get_response(request)
        is_signed_in = _check_session(desk_request)
        refusal = _demand_factor(desk_request) if is_signed_in else None
        return refusal or self._get_response(request)


def is_background(request: HttpRequest) -> bool:
    """Return whether the browser asks by itself: that is no sign of life of the person before it."""
    return request.headers.get("Accept", "") == "text/event-stream" or "X-Background" in request.headers


def _check_session(request: DeskRequest) -> bool:
    store = cast("SessionStore", request.session)
    is_signed_in = bool(store.get("session_ref"))
    if store.row is None or store.row.person_id is None:
        return False
    because = why_ended(store.row, at=request.moment)
    if not because:
        if is_signed_in and not is_background(request):
            note_seen(store.row, at=request.moment)
        return is_signed_in
    end_session(row=store.row, because=because, at=request.moment)
    store.flush()
    if because != "signed_out" and not is_background(request) and "HX-Request" not in request.headers:
        messages.warning(request, say(ENDED[because]))
    return False


def _demand_factor(request: DeskRequest) -> HttpResponse | None:
    # A demonstration runs on loopback only, with invented people: a newcomer looks around before setting up a factor.
    if settings.ANXIN.demo or request.session.get("is_strong") or request.path.startswith(_OPEN_PATHS):
        return None
    actor = request.find_actor()
    if actor is None or not needs_second_factor(actor):
        return None
    if request.method == "GET" and not request.path.startswith("/api/") and "HX-Request" not in request.headers:
        return redirect("mfa_index")
    return render_refusal(request, SecondFactorNeeded())
