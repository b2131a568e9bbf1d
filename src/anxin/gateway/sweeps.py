"""What the gateway looks after twice a second: a fault in one thing stops neither the others nor decisions."""

from __future__ import annotations

from collections.abc import Callable

from anxin.gateway.journal import JOURNAL

UPKEEP_FAILED = "upkeep_failed"
REST_MS = 10_000


class Sweep:
    """One thing to look after; after a fault, such as a disk without room for a draft, it rests for ten seconds."""

    def __init__(self, name: str, tick: Callable[[], None], *, clock: Callable[[], int]) -> None:
        """`clock` gives ms UTC."""
        self._name = name
        self._tick = tick
        self._clock = clock
        self._failed_at: int | None = None

    @property
    def has_failed(self) -> bool:
        """Tell whether it went wrong the last time."""
        return self._failed_at is not None

    def run(self) -> None:
        """Look after it, unless it rests."""
        at = self._clock()
        if self._failed_at is not None and 0 <= at - self._failed_at < REST_MS:
            return
        try:
            self._tick()
        except Exception as fault:  # noqa: BLE001 upkeep comes again, while nobody would take in what was not decided
            JOURNAL.error("upkeep.failed", exc_info=fault, extra={"facts": {"of": self._name}})
            self._failed_at = at
        else:
            self._failed_at = None
