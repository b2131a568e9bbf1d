"""Token buckets that keep one caller from using up everybody's time."""

from __future__ import annotations

from collections.abc import Callable


class TokenBucket:
    """Lets `rate` calls a second through, and `burst` at once; a rate of 0 means no limit.

    `clock` returns integer milliseconds.
    """

    __slots__ = ("_at", "_burst", "_clock", "_rate", "_tokens")

    def __init__(self, *, rate: int, burst: int, clock: Callable[[], int]) -> None:
        self._rate = rate
        self._burst = max(burst, 1) * 1000
        self._clock = clock
        self._tokens = self._burst
        self._at = clock()

    def take(self, count: int) -> int:
        """Take `count` calls; return 0, or the seconds (≥ 1) to wait when there are not enough."""
        if not self._rate:
            return 0
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + max(0, now - self._at) * self._rate)
        self._at = now
        # A batch larger than the whole burst would never pass, so it may overdraw a full bucket.
        needed = min(count * 1000, self._burst)
        if self._tokens < needed:
            return max(1, -(-(needed - self._tokens) // (self._rate * 1000)))
        self._tokens -= count * 1000
        return 0
