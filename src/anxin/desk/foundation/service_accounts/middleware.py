"""Put the service account behind a token on calls of the API."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from django.http import HttpRequest, HttpResponse

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.service_accounts.tokens import actor_of_token


class TokenMiddleware:
    """A call of the API that brings a token is asked by its account, whatever cookies come with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        header = request.headers.get("Authorization", "")
        if header and request.path.startswith("/api/"):
            desk_request = cast("DeskRequest", request)
            desk_request.find_actor = functools.cache(lambda: _find(desk_request, header))
        return self._get_response(request)


def _find(request: DeskRequest, header: str) -> Actor | None:
    actor = actor_of_token(header, at=request.moment, address=request.META.get("REMOTE_ADDR", ""))
    return replace(actor, request_id=request.request_id) if actor is not None else None
