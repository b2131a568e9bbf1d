"""The choice of how the desk looks."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.organisations.actions import prefer
from anxin.desk.workbench.look import ALLOWED, keep_look


@require_POST
def look(request: DeskRequest) -> HttpResponse:
    """Keep theme, language or single keys as chosen in this browser, and go back to where that was.

    Language and theme are kept with the person too, for browsers that have chosen none.
    """
    onward = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        onward, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        onward = "/"
    response = redirect(onward)
    chosen = {name: request.POST[name] for name in ALLOWED if name in request.POST}
    keep_look(response, chosen)
    actor = request.find_actor()
    fitting = {name: chosen[name] for name in ("language", "theme") if chosen.get(name) in ALLOWED[name]}
    if actor is not None and fitting:
        prefer(by=actor, at=request.moment, **fitting)
    return response
