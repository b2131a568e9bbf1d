"""How promises were kept (C18, C20): gross and net, by level, day by day, with the times behind the share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.clocks.attainment import Attainment, attainment
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.desk.operations.measures.models import ActionRequest
from anxin.desk.oversight.analytics.cohorts import AT_ONCE, Cohort, Counted, count_cohort, days_of, is_excluded
from anxin.desk.oversight.analytics.shares import Share, share_of

VIEW = "report.view"


@dataclass(frozen=True)
class Times:
    """One of the loop's times: how many had it, the median, the 90th percentile, the longest."""

    name: str
    n: int
    p50: timedelta | None
    p90: timedelta | None
    longest: timedelta | None


@dataclass(frozen=True)
class PromiseReport:
    """A cohort: `whole` all levels together, `by_level` each, `days` the gross share day by day."""

    chosen: Cohort
    whole: Attainment
    by_level: tuple[tuple[int, Attainment], ...]
    days: tuple[tuple[datetime, Attainment], ...]
    times: tuple[Times, ...]
    reopened: Share
    failed: Share
    wrong_freezes: Share
    stopped_minor: int
    is_cut: bool


_TIMES: dict[str, Callable[[Incident], tuple[datetime | None, datetime | None]]] = {
    "detection": lambda each: (each.occurred_at, each.zero_at),
    "start": lambda each: (each.zero_at, each.started_at),
    "contact": lambda each: (each.zero_at, each.contacted_at),
    "contain": lambda each: (each.zero_at, each.contained_at),
    "dispose": lambda each: (each.zero_at, each.submitted_at),
    "verify": lambda each: (each.zero_at, each.verified_at),
}


def report_promises(chosen: Cohort, *, by: Actor, at: datetime) -> PromiseReport:
    """Return how the promises of a cohort were kept; raise Forbidden."""
    require(by, VIEW)
    counted = count_cohort(chosen, by=by)
    real = [each for each in counted.incidents if not is_excluded(each)]
    levels = sorted({each.clock.level for each in counted.promises})
    return PromiseReport(
        chosen=chosen,
        whole=_kept(counted, chosen.since, chosen.until, at),
        by_level=tuple((level, _of_level(counted, level, chosen, at)) for level in levels),
        days=tuple((day, _kept(counted, day, day + timedelta(days=1), at)) for day in days_of(chosen)),
        times=tuple(_times(name, real) for name in _TIMES),
        reopened=share_of(sum(1 for each in real if each.reopen_count), len(real)),
        failed=_failed(real),
        wrong_freezes=_wrong(real),
        stopped_minor=sum(_stopped(each) for each in real),
        is_cut=counted.is_cut,
    )


def _kept(counted: Counted, since: datetime, until: datetime, at: datetime) -> Attainment:
    return attainment(counted.promises, since=since, until=until, now=at)


def _of_level(counted: Counted, level: int, chosen: Cohort, at: datetime) -> Attainment:
    promises = [each for each in counted.promises if each.clock.level == level]
    return attainment(promises, since=chosen.since, until=chosen.until, now=at)


def _times(name: str, rows: Iterable[Incident]) -> Times:
    ends = (_TIMES[name](each) for each in rows)
    taken = sorted(end - start for start, end in ends if start is not None and end is not None and end >= start)
    return Times(name, len(taken), _rank(taken, 0.5), _rank(taken, 0.9), taken[-1] if taken else None)


def _rank(ordered: Sequence[timedelta], share: float) -> timedelta | None:
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else None


def _failed(rows: Sequence[Incident]) -> Share:
    """Return how many of those handed in for verification were sent back at least once."""
    ids = [each.id for each in rows if each.submitted_at is not None]
    failed = {
        incident
        for start in range(0, len(ids), AT_ONCE)
        for incident in IncidentEvent.objects.filter(
            incident_id__in=ids[start : start + AT_ONCE], kind="fail_verify"
        ).values_list("incident_id", flat=True)
    }
    return share_of(len(failed), len(ids))


def _wrong(rows: Sequence[Incident]) -> Share:
    """Return how many of the reviewed measures were found wrong, in good faith or not."""
    ids = [each.id for each in rows]
    found = [
        finding
        for start in range(0, len(ids), AT_ONCE)
        for finding in ActionRequest.objects.filter(incident_id__in=ids[start : start + AT_ONCE])
        .exclude(finding="")
        .values_list("finding", flat=True)
    ]
    return share_of(sum(1 for each in found if each != "right"), len(found))


def _stopped(row: Incident) -> int:
    if row.currency != "CNY" or row.at_risk_minor is None or row.confirmed_minor is None:
        return 0
    return row.at_risk_minor - row.confirmed_minor
