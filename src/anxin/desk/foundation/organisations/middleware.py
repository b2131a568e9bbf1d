"""Put the actor behind the session on every request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.organisations.actors import actor_of
from anxin.desk.foundation.organisations.models import Person


class ActorMiddleware:
    """Sets `request.actor`: lazily, so that a page without people costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        desk_request = cast("DeskRequest", request)
        desk_request.find_actor = _Finder(desk_request)
        return self._get_response(request)


class _Finder:
    def __init__(self, request: DeskRequest) -> None:
        self._request = request
        self._found: Actor | None = None
        self._looked = False

    def __call__(self) -> Actor | None:
        if not self._looked:
            self._looked = True
            self._found = self._find()
        return self._found

    def _find(self) -> Actor | None:
        person = self._request.user
        if not isinstance(person, Person):
            return None
        verified_at = self._request.session.get("verified_at")
        return actor_of(
            person,
            at=self._request.moment,
            session_id=self._request.session.get("session_ref", ""),
            request_id=self._request.request_id,
            is_strong=bool(self._request.session.get("is_strong")),
            verified_at=datetime.fromisoformat(verified_at) if verified_at else None,
        )
