"""When a delivery is tried again."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

_PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Pauses after the first, second … attempt (Standard Webhooks' example schedule)."""

JITTER = 0.2
GIVE_UP_AFTER = timedelta(days=5)
"""An endpoint that failed for so long is disabled."""


def next_attempt(attempts: int, *, at: datetime, chance: random.Random) -> datetime | None:
    """Return when to try again after `attempts` failed ones, up to a fifth later than planned; None: give up."""
    if attempts > len(_PAUSES):
        return None
    return at + _PAUSES[attempts - 1] * (1 + JITTER * chance.random())
