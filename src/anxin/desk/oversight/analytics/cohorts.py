"""Which promises a report counts: by level, kind, shift, site and days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.access import visible_incidents
from anxin.desk.operations.incidents.clocks.attainment import Promise
from anxin.desk.operations.incidents.clocks.state import Clock, Standing
from anxin.desk.operations.incidents.models import ClockRow, Incident
from anxin.desk.operations.incidents.stages import Stage

PRIMARY = ("start", "respond", "handle")
MOST_ROWS = 50_000
AT_ONCE = 500
SHIFTS = {
    "night": (0, Words("夜班 0–8 时", "night, 0–8 h")),
    "day": (8, Words("日班 8–16 时", "day, 8–16 h")),
    "evening": (16, Words("晚班 16–24 时", "evening, 16–24 h")),
}
"""A day's three shifts by local time, as quotas count them; whose shift it was is the rota's to say."""


@dataclass(frozen=True)
class Cohort:
    """Which incidents: those whose zero lies in [since, until); empty fields do not narrow."""

    since: datetime
    until: datetime
    level: int = 0
    kind: str = ""
    shift: str = ""
    site_id: str = ""


@dataclass(frozen=True)
class Counted:
    """The incidents of a cohort with their promises; `is_cut`: more than fit, the oldest are left out."""

    incidents: tuple[Incident, ...]
    promises: tuple[Promise, ...]
    is_cut: bool


def count_cohort(chosen: Cohort, *, by: Actor) -> Counted:
    """Return what a cohort consists of; only what the actor may see."""
    found = list(_rows(chosen, by).order_by("-zero_at")[: MOST_ROWS + 1])
    zone = ZoneInfo(Organisation.objects.values_list("time_zone", flat=True).get(pk=by.organisation_id))
    rows = [each for each in found[:MOST_ROWS] if not chosen.shift or shift_of(each.zero_at, zone) == chosen.shift]
    return Counted(tuple(rows), tuple(_promises(rows, chosen)), len(found) > MOST_ROWS)


def shift_of(at: datetime, zone: ZoneInfo) -> str:
    """Return the shift in which a moment lies."""
    hour = at.astimezone(zone).hour
    return next(name for name, (begin, _) in SHIFTS.items() if begin <= hour < begin + 8)


def is_excluded(incident: Incident) -> bool:
    """Return whether attainment leaves an incident out: merged, a drill, or a test (C20)."""
    return incident.is_drill or incident.stage == Stage.MERGED or incident.dismissed_code == "test"


def _rows(chosen: Cohort, by: Actor) -> QuerySet[Incident]:
    rows = visible_incidents(by).filter(zero_at__gte=chosen.since, zero_at__lt=chosen.until)
    rows = rows.filter(kind=chosen.kind) if chosen.kind else rows
    rows = rows.filter(site_id=chosen.site_id) if chosen.site_id else rows
    return rows.filter(level=chosen.level) if chosen.level else rows


def _promises(rows: list[Incident], chosen: Cohort) -> Iterable[Promise]:
    by_id = {each.id: each for each in rows}
    ids = list(by_id)
    for start in range(0, len(ids), AT_ONCE):
        clocks = ClockRow.objects.filter(incident_id__in=ids[start : start + AT_ONCE], kind__in=PRIMARY)
        for each in clocks:
            yield Promise(_clock(each), is_excluded(by_id[each.incident_id]))


def _clock(row: ClockRow) -> Clock:
    """Return the clock as attainment reads it; its pauses are in its due time already."""
    return Clock(
        kind=row.kind,
        generation=row.generation,
        policy_version="",
        zero=row.zero_at,
        level=row.level,
        base_due=row.due_at,
        target=row.due_at - row.zero_at,
        standing=Standing(row.standing),
        stopped_at=row.stopped_at,
        late_at=row.late_at,
        is_waived=row.is_waived,
    )


def days_of(chosen: Cohort) -> tuple[datetime, ...]:
    """Return the beginnings of the days of a cohort."""
    count = max((chosen.until - chosen.since).days, 1)
    return tuple(chosen.since + timedelta(days=each) for each in range(count))
