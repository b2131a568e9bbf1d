"""The door of every page: only a signed-in actor comes in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import SignInNeeded
from anxin.desk.foundation.edge.requests import DeskRequest

P = ParamSpec("P")


def page(view: Callable[Concatenate[DeskRequest, Actor, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view its request and actor; without one, refuse with SignInNeeded."""

    @functools.wraps(view)
    def open_page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        desk_request = cast("DeskRequest", request)
        actor = desk_request.find_actor()
        if actor is None:
            raise SignInNeeded
        return view(desk_request, actor, *args, **kwargs)

    return open_page
