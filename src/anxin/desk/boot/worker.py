"""The worker: runs every duty again and again, each in a thread of its own, until told to stop."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Sequence

from django.db import DatabaseError, connections

from anxin.desk.foundation.edge.clock import now
from anxin.desk.foundation.edge.duties import Duty
from anxin.desk.foundation.edge.models import Heartbeat

_LOG = logging.getLogger(__name__)
LONGEST_PAUSE = 30.0
STOP_SECONDS = 7.0
BEAT_SECONDS = 5.0


class Round:
    """One duty in its thread: run, rest, and after a failure rest longer each time."""

    def __init__(self, duty: Duty, stopping: threading.Event) -> None:
        self._duty = duty
        self._stopping = stopping
        self._failures = 0
        self._beat_at = 0.0
        self.thread = threading.Thread(target=self._go_on, name=duty.name, daemon=True)

    def _go_on(self) -> None:
        while not self._stopping.is_set():
            did = self.run_once()
            if not did:
                self._stopping.wait(self._pause())
        connections.close_all()

    def run_once(self) -> int:
        """Run the duty once; return how much it did, 0 when it failed."""
        started, did, failure = time.monotonic(), 0, ""
        try:
            did = self._duty.run(now())
            self._failures = 0
        except Exception as fault:  # noqa: BLE001 a duty that fails must not take the others with it; it is tried again
            self._failures += 1
            failure = type(fault).__name__
            _LOG.exception("duty %s failed, try %d", self._duty.name, self._failures)
            connections.close_all()
        self._beat(int((time.monotonic() - started) * 1000), did, failure)
        return did

    def _pause(self) -> float:
        return min(self._duty.seconds * float(2**self._failures), max(LONGEST_PAUSE, self._duty.seconds))

    def _beat(self, took_ms: int, did: int, failure: str) -> None:
        """Write the pulse now and then; a database that is away is the duty's own failure, not the pulse's."""
        if time.monotonic() - self._beat_at < BEAT_SECONDS and not failure:
            return
        values = {"ran_at": now(), "took_ms": took_ms, "did": did, "failure": failure[:120]}
        try:
            Heartbeat.objects.update_or_create(duty=self._duty.name, defaults=values)
            self._beat_at = time.monotonic()
        except DatabaseError:
            _LOG.warning("the pulse of %s could not be written", self._duty.name)


class Worker:
    """All duties together."""

    def __init__(self, duties: Sequence[Duty]) -> None:
        self._stopping = threading.Event()
        self._rounds = [Round(each, self._stopping) for each in duties]

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; a duty in the middle of its work may finish it."""
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        for each in self._rounds:
            each.thread.start()
        while not self._stopping.wait(1.0):
            continue
        deadline = time.monotonic() + STOP_SECONDS
        for each in self._rounds:
            each.thread.join(max(0.0, deadline - time.monotonic()))

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._stopping.set()
