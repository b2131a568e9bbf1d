"""Note where the facts stand before a page is read, so that its stream misses none that comes meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse

from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.live.feed import read_place


class CursorMiddleware:
    """Sets `live_cursor` on a request for a whole page by somebody who is signed in: what its stream starts after."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        desk_request = cast("DeskRequest", request)
        is_page = "text/html" in request.headers.get("Accept", "") and "HX-Request" not in request.headers
        actor = desk_request.find_actor() if is_page and request.method == "GET" else None
        desk_request.live_cursor = None if actor is None else read_place(actor.organisation_id)
        return self._get_response(request)
