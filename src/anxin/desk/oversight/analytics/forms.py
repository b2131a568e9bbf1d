"""Which cohort somebody asks for, parsed from the address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from anxin.desk.oversight.analytics.cohorts import SHIFTS, Cohort
from anxin.desk.oversight.analytics.rules import DAYS

LONGEST = timedelta(days=92)
USUAL = timedelta(days=7)


def read_cohort(given: Mapping[str, str], *, at: datetime) -> Cohort:
    """Return the cohort of an address; what cannot be read is as if it were not there. Days are the reader's."""
    today = timezone.localtime(at).date()
    last = _day(given.get("until", "")) or today
    first = _day(given.get("since", "")) or last - USUAL + timedelta(days=1)
    until = _begin(last + timedelta(days=1))
    since = max(_begin(first), until - LONGEST)
    if since >= until:
        since = until - timedelta(days=1)
    level, shift = given.get("level", ""), given.get("shift", "")
    return Cohort(
        since=since,
        until=until,
        level=int(level) if level in ("1", "2", "3") else 0,
        kind=given.get("kind", "")[:32],
        shift=shift if shift in SHIFTS else "",
        site_id=given.get("site", "")[:40],
    )


def read_days(given: Mapping[str, str], usual: int) -> int:
    """Return how many days back a report looks."""
    typed = given.get("days", "")
    return int(typed) if typed in {str(each) for each in DAYS} else usual


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
