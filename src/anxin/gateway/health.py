"""Whether the gateway takes events in, and what is not as it should be."""

from __future__ import annotations

from collections.abc import Callable

import msgspec


class Readiness(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `/readyz` says: `status` is starting, ready, disk_full or draining; `degraded` names what works in part.

    `replayed` is the share (0–1) of the log read again, by organisation, while starting.
    """

    status: str
    degraded: tuple[str, ...] = ()
    replayed: dict[str, float] = {}

    @property
    def is_ready(self) -> bool:
        """Return whether events are taken in."""
        return self.status == "ready"

    def encode(self) -> bytes:
        """Return the report as JSON."""
        return msgspec.json.encode(self)


class Health:
    """Collects the states; `is_full` tells whether any log cannot grow."""

    def __init__(self) -> None:
        self.is_draining = False
        self.is_full: Callable[[], bool] = bool
        self.replayed: dict[str, float] = {}
        self.degraded: set[str] = set()

    def report(self) -> Readiness:
        """Return the present state."""
        if self.is_draining:
            status = "draining"
        elif self.replayed:
            status = "starting"
        else:
            status = "disk_full" if self.is_full() else "ready"
        return Readiness(status, tuple(sorted(self.degraded)), dict(self.replayed))
