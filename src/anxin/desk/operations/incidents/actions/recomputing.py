"""Compute running promises anew by the version in force: previewed, approved by a second person, superseding (C19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.approvals.actions import request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.refusals import Conflict, FieldInvalid
from anxin.desk.foundation.organisations.duty import duty_of
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.access import visible_incidents
from anxin.desk.operations.incidents.clocks.happenings import Recomputed
from anxin.desk.operations.incidents.clocks.policy import SlaPolicy
from anxin.desk.operations.incidents.clocks.state import IncidentClocks
from anxin.desk.operations.incidents.clockwork import current_policy, fold, read_many_clocks
from anxin.desk.operations.incidents.locking import lock_own
from anxin.desk.operations.incidents.models import ClockBook, Incident
from anxin.desk.operations.incidents.stages import OPEN
from anxin.desk.operations.incidents.timeline import write

CONFIGURE = "incident.configure"
MOST = 1_000
"""How many incidents one recompute may touch: more are an operation of their own."""


@dataclass(frozen=True)
class Moved:
    """One incident whose promise would move; `is_late`: it would be late at once."""

    incident_id: str
    number: int
    level: int
    old_due: datetime
    new_due: datetime
    is_late: bool


def preview_recompute(*, by: Actor, at: datetime) -> tuple[Moved, ...]:
    """Return what computing anew would move, the next due first; nothing changes. Raise Forbidden."""
    require(by, CONFIGURE)
    policy = current_policy(by.organisation_id, at=at)
    rows = visible_incidents(by).filter(pk__in=_behind(by.organisation_id, policy)).order_by("due_at", "id")
    found = list(rows[: MOST + 1])
    clocks = read_many_clocks(found)
    return tuple(_moved(each, clocks[each.pk], policy, at) for each in found)


@transaction.atomic
def ask_to_recompute(*, by: Actor, at: datetime) -> Approval:
    """Ask a second person; what is approved is the version in force now. Raise FieldInvalid when nothing would move."""
    moved = preview_recompute(by=by, at=at)
    if not 0 < len(moved) <= MOST:
        raise FieldInvalid(pointer="", field="incidents", field_zh="事件数", reason=f"1–{MOST}")
    version = current_policy(by.organisation_id, at=at).version
    return request_approval(
        "incident.recompute",
        on=("promise", version),
        by=by,
        at=at,
        arguments={"policy": version, "n": len(moved)},
        duty=duty_of(by=by, permission=CONFIGURE, at=at),
    )


def recompute_approved(act: ApprovedAct, at: datetime) -> None:
    """Supersede the running promises; raise Conflict when another version is in force by now."""
    policy = current_policy(act.organisation_id, at=at)
    if policy.version != act.arguments["policy"]:
        raise Conflict(version=policy.version)
    by = act.second or system_actor(act.organisation_id, "incidents")
    for incident_id in _behind(act.organisation_id, policy):
        incident = lock_own(incident_id, organisation_id=act.organisation_id)
        assert incident is not None
        data = {"policy": policy.version, "approval": act.approval_id}
        write(incident, "recompute", by=by, at=at, told=Recomputed(at), data=data, is_quiet=True)


def _behind(organisation_id: str, policy: SlaPolicy) -> list[str]:
    """Return the open incidents with a running promise of another version."""
    running = Incident.objects.filter(organisation_id=organisation_id, stage__in=OPEN, due_at__isnull=False)
    books = ClockBook.objects.filter(incident__in=running).exclude(policy_version=policy.version)
    return list(books.order_by("pk").values_list("pk", flat=True)[: MOST + 1])


def _moved(incident: Incident, before: IncidentClocks, policy: SlaPolicy, at: datetime) -> Moved:
    after, _ = fold(before, Recomputed(at), policy)
    due = after.primary.due
    return Moved(incident.id, incident.number, incident.level, before.primary.due, due, due < at)
