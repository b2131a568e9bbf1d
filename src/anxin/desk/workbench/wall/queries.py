"""What the wall shows, in one set of queries: promises, who holds what, who is waited for, what ends soon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from anxin.desk.foundation.approvals.acts import acts
from anxin.desk.foundation.approvals.models import OPEN_STATES, Approval
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.notifications.models import Page
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.access import visible_incidents
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.operations.incidents.models import Incident, Task
from anxin.desk.operations.incidents.queries import IncidentLine, incident_line, names_of
from anxin.desk.operations.incidents.stages import OPEN, URGENT
from anxin.desk.operations.measures.catalogue import measures
from anxin.desk.operations.measures.models import ActionRequest
from anxin.desk.workbench.wall.coverage import Coverage, read_coverage

LINES = 8
CLOCKS = 12
FRESH = timedelta(hours=1)
ENDING = timedelta(hours=2)
APPROVAL_TARGET = timedelta(minutes=5)
"""How soon somebody should answer when a colleague asks for a second person (D, 2026-11)."""


@dataclass(frozen=True)
class WallLine:
    """An incident on the wall."""

    line: IncidentLine
    words: Words


@dataclass(frozen=True)
class Ending:
    """A measure that ends soon."""

    id: str
    words: Words
    entity_kind: str
    entity_key: str
    requested_at: datetime
    expires_at: datetime
    is_reviewed: bool


@dataclass(frozen=True)
class Waiting:
    """An approval that somebody waits for; it should be answered by `due_at`."""

    id: str
    words: Words
    label: str
    requested_at: datetime
    due_at: datetime
    is_late: bool


@dataclass(frozen=True)
class LateTask:
    """A department's task that is overdue."""

    id: str
    incident_id: str
    number: int
    department_id: str
    opened_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class FailedCall:
    """A call that reached nobody over one channel; `outcome` is the code of its last attempt."""

    path: str
    outcome: str
    attempts: int
    is_urgent: bool
    failed_at: datetime | None


@dataclass(frozen=True)
class Counts:
    """How many open incidents there are, drills apart."""

    open: int
    l1: int
    late: int
    free: int
    drills: int


@dataclass(frozen=True)
class Wall:
    """Everything on the wall at one moment."""

    counts: Counts
    by_due: tuple[WallLine, ...]
    unclaimed: tuple[WallLine, ...]
    silent: tuple[WallLine, ...]
    breached: tuple[WallLine, ...]
    ending: tuple[Ending, ...]
    waiting: tuple[Waiting, ...]
    tasks: tuple[LateTask, ...]
    failed: tuple[FailedCall, ...]
    coverage: Coverage

    @property
    def critical(self) -> str:
        """Return the ids of the L1 promises that run, for the sound of a new one."""
        shown = {each.line.id for each in (*self.by_due, *self.unclaimed) if each.line.level == 1}
        return " ".join(sorted(shown))


def get_wall(*, by: Actor, at: datetime) -> Wall:
    """Return the wall; raise Forbidden."""
    require(by, "incident.view")
    rows = visible_incidents(by).filter(stage__in=OPEN)
    urgent = rows.filter(stage__in=URGENT, due_at__isnull=False).order_by("due_at", "id")
    parts = {
        "by_due": list(urgent[:CLOCKS]),
        "unclaimed": list(urgent.filter(holder_id="", commander_id="")[:LINES]),
        "silent": list(_silent(rows)[:LINES]),
        "breached": list(rows.filter(due_at__gt=at - FRESH, due_at__lte=at).order_by("-due_at", "id")[:LINES]),
    }
    people = {each for part in parts.values() for row in part for each in (row.commander_id, row.holder_id)}
    names, kinds = names_of(people), kind_names(by.organisation_id)
    lines = {name: tuple(_line(row, names, kinds, by) for row in part) for name, part in parts.items()}
    return Wall(
        counts=_counts(rows, at),
        ending=_ending(by, at),
        waiting=_waiting(by, at),
        tasks=_late_tasks(by, at),
        failed=_failed_calls(by, at),
        coverage=read_coverage(by=by, at=at),
        **lines,
    )


def _counts(rows: QuerySet[Incident], at: datetime) -> Counts:
    real = Q(is_drill=False)
    found = rows.aggregate(
        open=Count("id", filter=real),
        l1=Count("id", filter=real & Q(level=1)),
        late=Count("id", filter=real & Q(due_at__lt=at)),
        free=Count("id", filter=real & Q(holder_id="", stage__in=URGENT)),
        drills=Count("id", filter=~real),
    )
    return Counts(**found)


def _silent(rows: QuerySet[Incident]) -> QuerySet[Incident]:
    """Return those whose holder was nudged and said nothing, and those that were let go while somebody leads them."""
    is_nudged = Q(nudged_at__isnull=False) & ~Q(holder_id="")
    is_let_go = Q(holder_id="", stage__in=URGENT) & ~Q(commander_id="")
    return rows.filter(is_nudged | is_let_go).order_by("due_at", "id")


def _line(row: Incident, names: Mapping[str, str], kinds: Mapping[str, Words], by: Actor) -> WallLine:
    line = incident_line(row, names, kinds, by)
    return WallLine(line, line.kind_words)


def _ending(by: Actor, at: datetime) -> tuple[Ending, ...]:
    if by.grant("entity.view") is None:
        return ()
    rows = ActionRequest.objects.filter(
        organisation_id=by.organisation_id, ended_at=None, expires_at__lte=at + ENDING
    ).exclude(state=ActionRequest.State.WAITING)
    return tuple(
        Ending(
            row.id,
            measures()[row.kind].words,
            row.entity_kind,
            row.entity_key,
            row.requested_at,
            row.expires_at,
            bool(row.reviewed_by),
        )
        for row in rows.order_by("expires_at")[:LINES]
    )


def _waiting(by: Actor, at: datetime) -> tuple[Waiting, ...]:
    rows = Approval.objects.filter(
        organisation_id=by.organisation_id, state__in=OPEN_STATES, until__gt=at, act__in=list(acts())
    )
    return tuple(
        Waiting(
            row.id,
            acts()[row.act].words,
            row.requested_label,
            row.requested_at,
            row.requested_at + APPROVAL_TARGET,
            at - row.requested_at > APPROVAL_TARGET,
        )
        for row in rows.order_by("id")[:LINES]
    )


def _late_tasks(by: Actor, at: datetime) -> tuple[LateTask, ...]:
    seen = visible_incidents(by)
    rows = Task.objects.filter(
        organisation_id=by.organisation_id,
        state__in=("open", "accepted"),
        due_at__lt=at,
        incident_id__in=seen.values("id"),
    )
    found = list(rows.order_by("due_at")[:LINES])
    numbers = dict(seen.filter(pk__in={each.incident_id for each in found}).values_list("id", "number"))
    return tuple(
        LateTask(each.id, each.incident_id, numbers[each.incident_id], each.department_id, each.opened_at, each.due_at)
        for each in found
    )


def _failed_calls(by: Actor, at: datetime) -> tuple[FailedCall, ...]:
    rows = Page.objects.filter(
        organisation_id=by.organisation_id, state=Page.State.FAILED, failed_at__gt=at - FRESH, failed_at__lte=at
    )
    found = rows.order_by("-failed_at").values_list("path", "outcome", "attempts", "is_urgent", "failed_at")
    return tuple(FailedCall(*each) for each in found[:LINES])
