"""Whether a session still stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from anxin.desk.foundation.sign_in.models import Session

_SKEW = timedelta(minutes=1)
"""Clocks of two machines may differ by this much; a session from further in the future is none."""


def why_ended(row: Session, *, at: datetime) -> str:
    """Return why a signed-in session may not go on at this moment, "" when it may."""
    if row.ended_at is not None:
        return row.ended_because
    if row.started_at is None or row.seen_at is None:
        return "expired"
    if max(row.started_at, row.seen_at) > at + _SKEW:
        return "clock"
    if at - row.started_at >= timedelta(seconds=settings.ANXIN.session_seconds):
        return "expired"
    if at - row.seen_at >= timedelta(seconds=settings.ANXIN.idle_seconds):
        return "idle"
    return ""
