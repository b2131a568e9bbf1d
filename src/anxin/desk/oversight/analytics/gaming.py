"""What looks like playing the clock (C21): five lists to look into, told by incident and shift, never by person."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.clocks.state import Standing
from anxin.desk.operations.incidents.models import ClockRow, Incident, IncidentEvent
from anxin.desk.operations.measures.models import ActionRequest
from anxin.desk.oversight.analytics.cohorts import AT_ONCE, PRIMARY, Cohort, count_cohort
from anxin.desk.oversight.analytics.promises import VIEW

REVERTED_WITHIN = timedelta(minutes=15)
NEAR_DUE = timedelta(minutes=10)
ACTIVE_WITHIN = timedelta(minutes=30)
LISTS = ("paused", "reverted", "lowered", "reopened", "idle")
_SILENT = frozenset({"start", "promote", "signal", "escalate", "nudge", "stall", "pass_review"})


@dataclass(frozen=True)
class Finding:
    """One thing to look into: `list` is one of LISTS, `at` when it happened."""

    list: str
    incident_id: str
    number: int
    level: int
    site_id: str
    at: datetime


@dataclass(frozen=True)
class GamingReport:
    """The lists of a cohort, newest first; `incidents` is how many were looked at."""

    findings: tuple[Finding, ...]
    incidents: int
    is_cut: bool


@dataclass(frozen=True)
class _Story:
    """One incident with its events in order, its primary clocks and its measures."""

    row: Incident
    events: Sequence[IncidentEvent]
    clocks: Sequence[ClockRow]
    measures: Sequence[ActionRequest]


def report_gaming(chosen: Cohort, *, by: Actor, at: datetime) -> GamingReport:
    """Return what looks like playing the clock in a cohort; raise Forbidden."""
    require(by, VIEW)
    counted = count_cohort(chosen, by=by)
    found = [each for story in _stories(counted.incidents) for each in _look(story, at)]
    newest = sorted(found, key=lambda each: (each.at, each.incident_id), reverse=True)
    return GamingReport(tuple(newest), len(counted.incidents), counted.is_cut)


def _look(story: _Story, at: datetime) -> Iterable[Finding]:
    lists: Mapping[str, Iterable[datetime]] = {
        "paused": _paused_though_answered(story),
        "reverted": _reverted_soon(story),
        "lowered": _lowered_near_due(story),
        "reopened": _dismissed_then_reopened(story),
        "idle": _started_then_idle(story, at),
    }
    row = story.row
    for name, moments in lists.items():
        yield from (Finding(name, row.id, row.number, row.level, row.site_id, each) for each in moments)


def _paused_though_answered(story: _Story) -> Iterable[datetime]:
    """Return pauses before which the party had had the last word; to be told to wait is no answer."""
    last = ""
    for each in story.events:
        if each.kind == "log_contact":
            last = str(json.loads(each.data).get("outcome", ""))
        elif each.kind == "reply" and json.loads(each.data).get("purpose") == "reply":
            last = "answered"
        elif each.kind == "pause" and last == "inbound":
            yield each.at


def _reverted_soon(story: _Story) -> Iterable[datetime]:
    """Return measures taken back, and contained disposals undone, within a quarter of an hour of their stop."""
    for each in story.measures:
        if each.state != ActionRequest.State.REVERTED or each.accepted_at is None or each.ended_at is None:
            continue
        if each.ended_at - each.accepted_at <= REVERTED_WITHIN:
            yield each.ended_at
    stopped: datetime | None = None
    for event in story.events:
        if event.kind in ("contain", "dismiss"):
            stopped = event.at
        elif event.kind == "reopen" and stopped is not None and event.at - stopped <= REVERTED_WITHIN:
            yield event.at


def _lowered_near_due(story: _Story) -> Iterable[datetime]:
    """Return lowered levels whose replaced promise was due within ten minutes."""
    replaced = [each for each in story.clocks if each.standing == Standing.SUPERSEDED]
    for event in story.events:
        if event.kind == "lower_level" and any(timedelta() <= each.due_at - event.at <= NEAR_DUE for each in replaced):
            yield event.at


def _dismissed_then_reopened(story: _Story) -> Iterable[datetime]:
    was_dismissed = False
    for event in story.events:
        if event.kind == "dismiss":
            was_dismissed = True
        elif event.kind == "reopen":
            if was_dismissed:
                yield event.at
            was_dismissed = False


def _started_then_idle(story: _Story, at: datetime) -> Iterable[datetime]:
    """Return starts after which no person did anything for half an hour."""
    for place, event in enumerate(story.events):
        if event.kind != "start" or at - event.at <= ACTIVE_WITHIN:
            continue
        later = story.events[place + 1 :]
        acts = [each for each in later if each.actor_kind == "person" and each.kind not in _SILENT]
        measures = [each for each in story.measures if each.requested_at >= event.at]
        moments = [*(each.at for each in acts), *(each.requested_at for each in measures)]
        if not any(moment - event.at <= ACTIVE_WITHIN for moment in moments):
            yield event.at


def _stories(rows: Sequence[Incident]) -> Iterable[_Story]:
    for start in range(0, len(rows), AT_ONCE):
        part = {each.id: each for each in rows[start : start + AT_ONCE]}
        events, clocks = defaultdict[str, list[IncidentEvent]](list), defaultdict[str, list[ClockRow]](list)
        measures = defaultdict[str, list[ActionRequest]](list)
        for event in IncidentEvent.objects.filter(incident_id__in=list(part)).order_by("incident_id", "seq"):
            events[event.incident_id].append(event)
        for clock in ClockRow.objects.filter(incident_id__in=list(part), kind__in=PRIMARY):
            clocks[clock.incident_id].append(clock)
        for measure in ActionRequest.objects.filter(incident_id__in=list(part)):
            measures[measure.incident_id].append(measure)
        yield from (_Story(row, events[pk], clocks[pk], measures[pk]) for pk, row in part.items())
