"""The door of every page: only a signed-in actor comes in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import SignInNeeded
from anxin.desk.foundation.edge.requests import DeskRequest

P = ParamSpec("P")
_LOOKING: ContextVar[bool] = ContextVar("looking", default=False)


def is_looked_at() -> bool:
    """Return whether a page is being made that is only looked at: what it holds is neither kept nor sent on."""
    return _LOOKING.get()


def page(view: Callable[Concatenate[DeskRequest, Actor, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view its request and actor; without one, refuse with SignInNeeded."""

    @functools.wraps(view)
    def open_page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        desk_request = cast("DeskRequest", request)
        actor = desk_request.find_actor()
        if actor is None:
            raise SignInNeeded
        token = _LOOKING.set(request.method in ("GET", "HEAD"))
        try:
            return view(desk_request, actor, *args, **kwargs)
        finally:
            _LOOKING.reset(token)

    return open_page
