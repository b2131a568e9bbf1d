"""The worker: runs every duty again and again, each in a thread of its own, until told to stop."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Sequence

from django.db import DatabaseError, connections

from anxin.desk.foundation.edge.clock import now
from anxin.desk.foundation.edge.duties import Duty, Sickroom, sickroom
from anxin.desk.foundation.edge.models import Heartbeat

_LOG = logging.getLogger(__name__)
LONGEST_PAUSE = 30.0
STOP_SECONDS = 7.0
BEAT_SECONDS = 5.0


class Pulse:
    """The pulse of all duties, written together: one write for all of them now and then, and one for each failure."""

    def __init__(self, seconds: float = BEAT_SECONDS) -> None:
        self._seconds = seconds
        self._fresh: dict[str, Heartbeat] = {}
        self._due_at = 0.0

    def note(self, beat: Heartbeat) -> None:
        """Keep how a duty's last run went."""
        self._fresh[beat.duty] = beat

    def write(self) -> None:
        """Write what is due; a database that is away is the duties' own failure, not the pulse's."""
        fresh = sorted(self._fresh.copy().values(), key=lambda beat: beat.duty)
        if time.monotonic() < self._due_at:
            fresh = [beat for beat in fresh if beat.failure]
        else:
            self._due_at = time.monotonic() + self._seconds
        if not fresh:
            return
        try:
            Heartbeat.objects.bulk_create(
                fresh,
                update_conflicts=True,
                unique_fields=("duty",),
                update_fields=("ran_at", "took_ms", "did", "failure"),
            )
        except DatabaseError:
            _LOG.warning("the pulse of the worker could not be written")
            connections.close_all()
            return
        for beat in fresh:
            if self._fresh.get(beat.duty) is beat:
                del self._fresh[beat.duty]


class Round:
    """One duty in its thread: run, rest, and after a failure rest longer each time; single items rest by themselves."""

    def __init__(self, duty: Duty, stopping: threading.Event, pulse: Pulse) -> None:
        self._duty = duty
        self._stopping = stopping
        self._pulse = pulse
        self._failures = 0
        self._room = Sickroom()
        self.thread = threading.Thread(target=self._go_on, name=duty.name, daemon=True)

    def _go_on(self) -> None:
        while not self._stopping.is_set():
            if self.run_once() < self._duty.batch:
                self._stopping.wait(self._pause())
        connections.close_all()

    def run_once(self) -> int:
        """Run the duty once; return how much it did, 0 when it failed."""
        started, at, did = time.monotonic(), now(), 0
        try:
            with sickroom(self._room):
                did = self._duty.run(at)
            self._failures = 0
            self._room.clear(at)
            failure = self._room.word
        except Exception as fault:  # noqa: BLE001 a duty that fails must not take the others with it; it is tried again
            self._failures += 1
            failure = type(fault).__name__
            _LOG.exception("duty %s failed, try %d", self._duty.name, self._failures)
            connections.close_all()
        took_ms = int((time.monotonic() - started) * 1000)
        self._pulse.note(Heartbeat(self._duty.name, now(), took_ms, did, failure[:120]))
        return did

    def _pause(self) -> float:
        return min(self._duty.seconds * float(2**self._failures), max(LONGEST_PAUSE, self._duty.seconds))


class Worker:
    """All duties together."""

    def __init__(self, duties: Sequence[Duty]) -> None:
        self._stopping = threading.Event()
        self._pulse = Pulse()
        self._rounds = [Round(each, self._stopping, self._pulse) for each in duties]

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; a duty in the middle of its work may finish it."""
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        for each in self._rounds:
            each.thread.start()
        while not self._stopping.wait(1.0):
            self._pulse.write()
        deadline = time.monotonic() + STOP_SECONDS
        for each in self._rounds:
            each.thread.join(max(0.0, deadline - time.monotonic()))

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._stopping.set()
