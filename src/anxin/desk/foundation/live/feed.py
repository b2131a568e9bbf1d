"""One look at the outbox for all open screens of this process, every quarter of a second."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, close_old_connections, connections

from anxin.desk.foundation.audit.models import AuditHead
from anxin.desk.foundation.live.marks import marks_of
from anxin.desk.foundation.outbox.models import Fact

LOOK_SECONDS = 0.25
LONGEST_QUEUE = 1_000
MOST_MISSED = 500
_LOG = logging.getLogger(__name__)
_READER = ThreadPoolExecutor(1, "live")
"""One thread, so one database connection, however many screens are open."""

Marks = dict[tuple[str, str], int]
P = ParamSpec("P")
T = TypeVar("T")


async def look(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a read of the database beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_READER, partial(read, *args, **kwargs))


@dataclass(frozen=True)
class Change:
    """Something changed: the fact's number, its topic and what it is about; topic "resync": look at everything.

    `is_mark`: no fact of its own, only word that there is something newer; `seq` is then the last fact's.
    """

    seq: int
    topic: str
    object_id: str
    is_mark: bool = False


def _mark(seq: int, topic: str, object_id: str, place: int) -> Change:
    """Return the change that a mark is: about its object, or by its place, which nothing on a screen is called."""
    return Change(seq, topic, object_id or str(place), is_mark=True)


class Subscription:
    """The changes one open screen has not been told yet; one that does not keep up is told to look at everything."""

    def __init__(self, organisation_id: str) -> None:
        self.organisation_id = organisation_id
        self._waiting: asyncio.Queue[Change] = asyncio.Queue(LONGEST_QUEUE)

    def offer(self, change: Change) -> None:
        """Add a change."""
        if self._waiting.full():
            while not self._waiting.empty():
                self._waiting.get_nowait()
            change = Change(change.seq, "resync", "")
        self._waiting.put_nowait(change)

    async def next_change(self, seconds: float) -> Change | None:
        """Wait for the next change; return None when there was none for so long."""
        try:
            return await asyncio.wait_for(self._waiting.get(), seconds)
        except TimeoutError:
            return None


class Feed:
    """Reads new facts of the organisations that have a screen open, and hands them to their subscriptions."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, set[Subscription]] = defaultdict(set)
        self._places: dict[str, int] = {}
        self._marks: dict[str, Marks] = {}
        self._task: asyncio.Task[None] | None = None

    async def subscribe(self, organisation_id: str, cursor: int | None) -> tuple[Subscription, int, list[Change]]:
        """Return a subscription, the place it starts at, and what was missed since `cursor` (None: nothing)."""
        subscription = Subscription(organisation_id)
        self._subscriptions[organisation_id].add(subscription)
        try:
            place, missed = await self._read_missed(organisation_id, cursor)
        except BaseException:  # also a screen that went away while its place was looked up
            self.unsubscribe(subscription)
            raise
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._follow())
        return subscription, place, missed

    async def _read_missed(self, organisation_id: str, cursor: int | None) -> tuple[int, list[Change]]:
        place = await look(_place_of, organisation_id)
        self._places.setdefault(organisation_id, place)
        missed = [] if cursor is None else await look(_missed, organisation_id, cursor)
        if cursor is not None:
            # Whoever lost the connection cannot know which marks moved meanwhile.
            marks = (await look(marks_of, [organisation_id]))[organisation_id]
            missed += [_mark(place, *key, mark) for key, mark in marks.items()]
        return place, missed

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a screen that was closed."""
        listeners = self._subscriptions[subscription.organisation_id]
        listeners.discard(subscription)
        if not listeners:
            del self._subscriptions[subscription.organisation_id]
            self._places.pop(subscription.organisation_id, None)
            self._marks.pop(subscription.organisation_id, None)

    async def _follow(self) -> None:
        try:
            while self._subscriptions:
                await self._look_once()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            _READER.submit(connections.close_all)

    async def _look_once(self) -> None:
        try:
            changes = await look(_changes_after, dict(self._places))
            marks = await look(marks_of, list(self._places))
        except DatabaseError:
            _LOG.warning("live updates cannot reach the database; trying again")
            return
        # Whose last screen was closed meanwhile is forgotten: what is kept of it would be told to its next one.
        for organisation_id in self._subscriptions.keys() & changes.keys():
            self._hand_out(organisation_id, changes[organisation_id])
        for organisation_id in self._subscriptions.keys() & marks.keys():
            self._tell_marks(organisation_id, marks[organisation_id])

    def _tell_marks(self, organisation_id: str, now: Marks) -> None:
        before = self._marks.get(organisation_id)
        self._marks[organisation_id] = now
        for key, place in now.items() if before is not None else ():
            if before is not None and before.get(key) != place:
                change = _mark(self._places.get(organisation_id, 0), *key, place)
                for each in self._subscriptions.get(organisation_id, ()):
                    each.offer(change)

    def _hand_out(self, organisation_id: str, changes: Iterable[Change]) -> None:
        for change in changes:
            self._places[organisation_id] = change.seq
            for each in self._subscriptions.get(organisation_id, ()):
                each.offer(change)


def read_place(organisation_id: str) -> int:
    """Return the number of an organisation's last fact; 0 before the first."""
    head = AuditHead.objects.filter(pk=organisation_id).values_list("fact_seq", flat=True).first()
    return head or 0


def _place_of(organisation_id: str) -> int:
    close_old_connections()
    return read_place(organisation_id)


def _missed(organisation_id: str, cursor: int) -> list[Change]:
    """Return what came after the cursor; one resync when that is too much, or the cursor is not of this history."""
    place = _place_of(organisation_id)
    found = _read(organisation_id, cursor)
    is_whole = len(found) == place - cursor
    return found if 0 <= place - cursor <= MOST_MISSED and is_whole else [Change(place, "resync", "")]


def _changes_after(places: dict[str, int]) -> dict[str, list[Change]]:
    close_old_connections()
    heads = dict(AuditHead.objects.filter(pk__in=places).values_list("organisation_id", "fact_seq"))
    return {each: _read(each, place) for each, place in places.items() if heads.get(each, 0) > place}


def _read(organisation_id: str, after: int) -> list[Change]:
    rows = Fact.objects.filter(organisation_id=organisation_id, seq__gt=after).order_by("seq")[: MOST_MISSED + 1]
    return [Change(*row) for row in rows.values_list("seq", "topic", "object_id")]


FEED = Feed()
