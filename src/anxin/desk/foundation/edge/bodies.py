"""How large a body may be: counted while it is read, whatever length it claims to have or does not claim."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from anxin.desk.foundation.edge.answers import render_refusal
from anxin.desk.foundation.edge.refusals import BodyTooLarge
from anxin.desk.foundation.edge.requests import DeskRequest

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
_MARK = "anxin.body_limit"
_END: Message = {"type": "http.request", "body": b"", "more_body": False}


def body_limit(path: str) -> int:
    """Return how many bytes the body of a request to this path may have."""
    try:
        name = resolve(path).view_name
    except Resolver404:
        name = ""
    return settings.BODY_BYTES + settings.UPLOAD_BYTES.get(name, 0)


class BoundedReceive:
    """Hands on a body up to its limit; beyond it the body ends, the scope is marked, and the rest is thrown away."""

    def __init__(self, scope: MutableMapping[str, Any], receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._taken = 0
        self._limit: int = settings.BODY_BYTES
        self._is_over = False

    async def __call__(self) -> Message:
        """Return the next message."""
        if self._is_over:
            return await self._swallow()
        if self._taken == 0 and self._exceeds(_claimed(self._scope)):
            return self._end()
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        return self._end() if self._exceeds(self._taken) else message

    def _exceeds(self, size: int) -> bool:
        """Return whether this is too much; the path is looked at only when it is more than a plain body may have."""
        if size > self._limit:
            self._limit = body_limit(self._scope["path"])
        return size > self._limit

    def _end(self) -> Message:
        self._is_over = True
        self._scope[_MARK] = self._limit
        return _END

    async def _swallow(self) -> Message:
        if _is_waiting(self._scope):
            # To receive would ask for the body: the answer comes first, and ends this wait.
            await asyncio.get_running_loop().create_future()
        while (message := await self._receive())["type"] != "http.disconnect":
            pass
        return message


class BodyLimitMiddleware:
    """Refuses a request whose body was cut, before anything reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = getattr(request, "scope", {}).get(_MARK)
        if limit is None:
            return self._get_response(request)
        answer = render_refusal(cast("DeskRequest", request), BodyTooLarge(limit=limit // 1024))
        if _is_waiting(cast("Any", request).scope):
            answer["Connection"] = "close"
        return answer


def _header(scope: Mapping[str, Any], name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


def _claimed(scope: Mapping[str, Any]) -> int:
    length = _header(scope, b"content-length")
    return int(length) if length.isdigit() else 0


def _is_waiting(scope: Mapping[str, Any]) -> bool:
    """Return whether the caller holds its body back until it is asked for it."""
    return _header(scope, b"expect").lower() == b"100-continue"
