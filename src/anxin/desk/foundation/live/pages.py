"""The stream of changes that every open screen listens to (server-sent events)."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from typing import cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import SignInNeeded
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.live.feed import FEED, Change, look
from anxin.desk.foundation.live.topics import topics_for

BEAT_SECONDS = 10.0
CHECK_SECONDS = 2.0
RETRY_MS = 1_000


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Stream changes after `cursor` (or Last-Event-ID); `topics` narrows them."""
    desk_request = cast("DeskRequest", request)
    actor = await sync_to_async(desk_request.find_actor)()
    if actor is None:
        raise SignInNeeded
    asked = [each for each in request.GET.get("topics", "").split(",") if each]
    given = request.headers.get("Last-Event-ID") or request.GET.get("cursor", "")
    cursor = int(given) if given.isascii() and given.isdecimal() else None
    still_valid = _SessionCheck(request)
    body = _events(actor, topics_for(actor, asked), cursor, still_valid)
    answer = StreamingHttpResponse(body, content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


class _SessionCheck:
    """Whether the session that opened the stream still stands; reading it does not count as activity."""

    def __init__(self, request: HttpRequest) -> None:
        self._key = request.session.session_key or ""
        self._exists: Callable[[str], bool] = request.session.exists
        self._is_valid = True
        self._looked_at = -CHECK_SECONDS

    async def __call__(self) -> bool:
        if self._is_valid and time.monotonic() - self._looked_at >= CHECK_SECONDS:
            self._looked_at = time.monotonic()
            self._is_valid = bool(self._key) and await look(self._exists, self._key)
        return self._is_valid


async def _events(
    actor: Actor, topics: frozenset[str], cursor: int | None, is_valid: _SessionCheck
) -> AsyncIterator[bytes]:
    subscription, place, missed = await FEED.subscribe(actor.organisation_id, cursor)
    try:
        yield b"retry: %d\n\n" % RETRY_MS
        yield _event(Change(place if cursor is None else cursor, "hello", ""))
        told = place
        for each in missed:
            if each.topic in topics or each.topic == "resync":
                yield _event(each)
        while await is_valid():
            change = await subscription.next_change(BEAT_SECONDS)
            if change is None:
                yield b": beat\n\n"
            elif change.seq > told and (change.topic in topics or change.topic == "resync"):
                told = change.seq
                yield _event(change)
        yield _event(Change(told, "ended", ""))
    finally:
        FEED.unsubscribe(subscription)


def _event(change: Change) -> bytes:
    data = json.dumps({"seq": change.seq, "object_id": change.object_id})
    return f"id: {change.seq}\nevent: {change.topic}\ndata: {data}\n\n".encode()
