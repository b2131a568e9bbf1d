"""From what a clock on the wall shows to the instant; monotone, so that neighbouring shifts stay neighbours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def instant_of(day: date, at: time, zone: str) -> datetime:
    """Return the instant (UTC) at which a clock in the zone first shows the time on the day.

    A time that summer time leaps over means the instant of the leap; one that comes twice means the first.
    """
    local = datetime.combine(day, at)
    there = ZoneInfo(zone)
    before = local.replace(tzinfo=there, fold=0)
    found = before.astimezone(UTC)
    if found.astimezone(there).replace(tzinfo=None) == local:
        return found
    return _leap(local.replace(tzinfo=there, fold=1).astimezone(UTC), found, there)


def _leap(early: datetime, late: datetime, there: ZoneInfo) -> datetime:
    """Return the first instant after a leap that lies between two instants."""
    offset = early.astimezone(there).utcoffset()
    while late - early > _SECOND:
        middle = early + (late - early) / 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(there).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late
