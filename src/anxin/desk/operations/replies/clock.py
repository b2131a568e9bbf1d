"""The reply clock: how long the party has waited for an answer; a careful check stops it, and nothing else (R111)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

REPLY_WITHIN = timedelta(seconds=30)
"""The promise of a first answer in a conversation (R111; D, 2026-11)."""


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation: `kind` heard, answered, care (until `until`) or care_over."""

    kind: str
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class ReplyClock:
    """Since when an answer is waited for, and when it is due; `paused_until` while it is checked carefully."""

    since: datetime
    due: datetime
    paused_until: datetime | None = None

    def is_late(self, at: datetime) -> bool:
        """Return whether the answer is overdue; a paused clock is not."""
        return self.paused_until is None and at > self.due


def read_reply_clock(turns: Sequence[Turn], *, at: datetime) -> ReplyClock | None:
    """Return the clock of the earliest unanswered message, None when nobody waits. `turns` in order of time."""
    since: datetime | None = None
    checks = list[tuple[datetime, datetime]]()
    for turn in turns:
        if turn.kind == "heard" and since is None:
            since = turn.at
        elif turn.kind == "answered":
            since = None
        elif turn.kind == "care" and turn.until is not None:
            checks.append((turn.at, turn.until))
        if turn.kind in ("answered", "care_over") and checks and checks[-1][1] > turn.at:
            checks[-1] = (checks[-1][0], turn.at)
    if since is None:
        return None
    paused = sum((_waited(since, each, at) for each in checks), timedelta())
    running = next((until for began, until in checks if began <= at < until), None)
    return ReplyClock(since, since + REPLY_WITHIN + paused, running)


def _waited(since: datetime, check: tuple[datetime, datetime], at: datetime) -> timedelta:
    """Return how much of a check lay between the message and this moment."""
    began, until = max(check[0], since), min(check[1], at)
    return max(until - began, timedelta())
