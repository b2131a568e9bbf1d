"""Events wait here until the check worker has filled their fields, and those behind them on one connection, too."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from anxin.checkers.events.fields import TEXT, left_out
from anxin.engine.schema.decoder import Received
from anxin.gateway.check_messages import Answered, FillFields
from anxin.gateway.check_process import CheckProcess
from anxin.gateway.metrics import Counts

PART = "checks"
# What starting the worker may add to the first answers.
_START_SECONDS = 10.0
_NUMBER = "conv_message_no"

# Called once an event may be decided: with the filled members, or with None when the checks are late or cannot run.
Decide = Callable[[bytes | None], None]


class _Place:
    """One event in its lane."""

    __slots__ = ("decide", "fragment", "is_ready", "timer")

    def __init__(self, decide: Decide) -> None:
        self.decide = decide
        self.fragment: bytes | None = b""
        self.is_ready = True
        self.timer: asyncio.TimerHandle | None = None


class EventChecks:
    """The lanes of one organisation: events of one connection are decided in the order in which they came.

    `seconds` is what a check may take before the event is decided without it. `met` hears the signatures that were hit.
    """

    def __init__(
        self,
        organisation: str,
        process: CheckProcess,
        *,
        loop: asyncio.AbstractEventLoop,
        seconds: float,
        counts: Counts,
        met: Callable[[tuple[str, ...]], None],
    ) -> None:
        self._organisation = organisation
        self._process = process
        self._loop = loop
        self._seconds = seconds
        self._counts = counts
        self._met = met
        self._lanes: dict[object, deque[_Place]] = {}
        self.waiting = 0

    def must_wait(self, received: Received, connection: object) -> bool:
        """Return whether an event needs a check, or comes behind one that does."""
        return connection in self._lanes or bool(left_out(received.event_type, received.event))

    def wait(self, received: Received, connection: object, now: int, decide: Decide) -> None:
        """Call `decide` when the event's turn has come and its fields are known; `now` is ms UTC."""
        lane = self._lanes.setdefault(connection, deque())
        place = _Place(decide)
        lane.append(place)
        self.waiting += 1
        names = left_out(received.event_type, received.event)
        if names:
            place.is_ready = False
            seconds = self._seconds * len(lane)
            if self._process.standing != "ready":
                seconds += _START_SECONDS
            place.timer = self._loop.call_later(seconds, self._filled, connection, place, None)
            self._process.ask_event(
                FillFields(
                    self._process.new_number(),
                    self._organisation,
                    received.event_type,
                    getattr(received.event, TEXT),
                    names,
                    now,
                    getattr(received.event, _NUMBER, None),
                ),
                lambda answer: self._filled(connection, place, answer),
            )

    def _filled(self, connection: object, place: _Place, answer: Answered | None) -> None:
        if place.is_ready:
            return
        place.is_ready = True
        if place.timer is not None:
            place.timer.cancel()
        if answer is None:
            place.fragment = None
            self._counts.unchecked += 1
        else:
            place.fragment = answer.body
            self._counts.filled += 1
            self._met(answer.met)
        self._decide_ready(connection)

    def _decide_ready(self, connection: object) -> None:
        lane = self._lanes.get(connection)
        while lane and lane[0].is_ready:
            place = lane.popleft()
            self.waiting -= 1
            if not lane:
                # Deciding may answer, and the answer may bring the connection's next event.
                del self._lanes[connection]
            place.decide(place.fragment)
            lane = self._lanes.get(connection)
