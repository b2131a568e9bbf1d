"""The road from the platform to the gateway: delays, and retries of what was already sent."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

SECOND_MS, MINUTE_MS = 1_000, 60_000


@dataclass(frozen=True, slots=True)
class Transport:
    """Shares of deliveries in 1/1000: prompt within 2 s, late up to 5 min, later up to 10 min; the rest up to 1 h.

    `retries_permille` of all events are sent twice, with the same id and body.
    """

    prompt_permille: float = 950
    late_permille: float = 45
    later_permille: float = 4
    retries_permille: float = 3

    def delay_ms(self, rng: Random) -> int:
        """Draw how long a delivery takes, in ms."""
        lot = rng.random() * 1000
        if lot < self.prompt_permille:
            return 20 + int(1_980 * rng.random() ** 4)
        lot -= self.prompt_permille
        if lot < self.late_permille:
            return 2 * SECOND_MS + int((5 * MINUTE_MS - 2 * SECOND_MS) * rng.random() ** 2)
        lot -= self.late_permille
        if lot < self.later_permille:
            return 5 * MINUTE_MS + int(5 * MINUTE_MS * rng.random())
        return 10 * MINUTE_MS + 1 + int(50 * MINUTE_MS * rng.random())

    def retry_ms(self, rng: Random) -> int | None:
        """Draw how long after the first delivery the same body comes again, in ms; None when it does not."""
        if rng.random() * 1000 >= self.retries_permille:
            return None
        return 200 + int(30 * SECOND_MS * rng.random())


USUAL = Transport()
PERFECT = Transport(prompt_permille=1000, late_permille=0, later_permille=0, retries_permille=0)
