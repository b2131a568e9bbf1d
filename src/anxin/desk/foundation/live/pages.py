"""The stream of changes that every open screen listens to (server-sent events)."""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Protocol, cast

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import SignInNeeded
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.live.feed import FEED, Change, look
from anxin.desk.foundation.live.topics import topics_for

BEAT_SECONDS = 10.0
CHECK_SECONDS = 2.0
RETRY_MS = 1_000
_LOG = logging.getLogger(__name__)


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Stream changes after `cursor` (or Last-Event-ID); `topics` narrows them."""
    desk_request = cast("DeskRequest", request)
    actor = await sync_to_async(_find_actor)(desk_request)
    if actor is None:
        raise SignInNeeded
    asked = [each for each in request.GET.get("topics", "").split(",") if each]
    given = request.headers.get("Last-Event-ID") or request.GET.get("cursor", "")
    cursor = int(given) if given.isascii() and given.isdecimal() else None
    screen = _Screen(actor, topics_for(actor, asked), request.session.session_key or "", _living(request))
    body = _events(screen, cursor)
    answer = StreamingHttpResponse(body, content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


def _find_actor(request: DeskRequest) -> Actor | None:
    """Return who asks, and give the thread's connections back: an open screen holds none, however long it stays."""
    actor = request.find_actor()
    for each in connections.all(initialized_only=True):
        if not each.in_atomic_block:
            each.close()
    return actor


class Living(Protocol):
    """What keeps sessions: which of these still stand; reading it does not count as activity."""

    def __call__(self, session_keys: Iterable[str]) -> frozenset[str]:
        """Return those that stand."""


class _SessionWatch:
    """Asks now and then, once for all open streams of this process, whether their sessions still stand."""

    def __init__(self) -> None:
        self._open = Counter[str]()
        self._ended: frozenset[str] = frozenset()
        self._looked_at = -CHECK_SECONDS
        self._is_looking = False

    def add(self, key: str) -> None:
        """Watch the session of a stream that opens."""
        self._open[key] += 1

    def drop(self, key: str) -> None:
        """Forget the session of a stream that closed."""
        self._open[key] -= 1
        if not self._open[key]:
            del self._open[key]

    async def stands(self, key: str, living: Living) -> bool:
        """Return whether a session stands; a database that is away ends nobody's."""
        if not self._is_looking and time.monotonic() - self._looked_at >= CHECK_SECONDS:
            self._is_looking = True
            try:
                asked = frozenset(self._open)
                self._ended = asked - await look(living, asked)
                self._looked_at = time.monotonic()
            except DatabaseError:
                _LOG.warning("live updates cannot ask for sessions; trying again")
            finally:
                self._is_looking = False
        return key not in self._ended


_WATCH = _SessionWatch()


@dataclass(frozen=True)
class _Screen:
    """One open screen: who looks, at what, and by which session."""

    actor: Actor
    topics: frozenset[str]
    session_key: str
    living: Living


def _living(request: HttpRequest) -> Living:
    return cast("Living", type(request.session).living)  # type: ignore[attr-defined]  # the engine's own


async def _events(screen: _Screen, cursor: int | None) -> AsyncIterator[bytes]:
    topics = screen.topics
    subscription, place, missed = await FEED.subscribe(screen.actor.organisation_id, cursor)
    _WATCH.add(screen.session_key)
    try:
        yield b"retry: %d\n\n" % RETRY_MS
        yield _event(Change(place if cursor is None else cursor, "hello", ""))
        told = place
        for each in missed:
            if each.topic in topics or each.topic == "resync":
                yield _event(each)
        while await _WATCH.stands(screen.session_key, screen.living):
            change = await subscription.next_change(BEAT_SECONDS)
            if change is None:
                yield b": beat\n\n"
            elif (change.is_mark or change.seq > told) and (change.topic in topics or change.topic == "resync"):
                told = max(told, change.seq)
                yield _event(change)
        yield _event(Change(told, "ended", ""))
    finally:
        _WATCH.drop(screen.session_key)
        FEED.unsubscribe(subscription)


def _event(change: Change) -> bytes:
    data = json.dumps({"seq": change.seq, "object_id": change.object_id})
    return f"id: {change.seq}\nevent: {change.topic}\ndata: {data}\n\n".encode()
