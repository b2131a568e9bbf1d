"""What waits for a second person, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from anxin.desk.foundation.approvals.acts import acts
from anxin.desk.foundation.approvals.models import OPEN_STATES, Approval, State
from anxin.desk.foundation.approvals.rules import can_approve
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.words import Words
from anxin.desk.foundation.vault.sealing import unseal

LIMIT = 100


@dataclass(frozen=True)
class ApprovalLine:
    """One approval as its reader sees it; `reason` is opened only for the two people of an open one."""

    id: str
    words: Words
    permission: str
    object_kind: str
    object_id: str
    arguments: str
    reason: str
    requested_label: str
    requested_at: datetime
    until: datetime
    state: str
    decided_label: str
    is_mine: bool
    can_decide: bool


@dataclass(frozen=True)
class Inbox:
    """What waits for this person, what they asked for, and what was decided lately."""

    waiting: tuple[ApprovalLine, ...]
    asked: tuple[ApprovalLine, ...]
    decided: tuple[ApprovalLine, ...]


def get_inbox(*, by: Actor, at: datetime) -> Inbox:
    """Return the approvals that concern this person, newest first."""
    table = acts()
    mine = [name for name, line in table.items() if can_approve(by, line.permission)]
    rows = Approval.objects.filter(organisation_id=by.organisation_id, act__in=table).order_by("-id")
    open_rows = rows.filter(state__in=OPEN_STATES, until__gt=at)
    waiting = open_rows.filter(act__in=mine).exclude(requested_by=by.person_id)[:LIMIT]
    asked = open_rows.filter(requested_by=by.person_id)[:LIMIT]
    decided = (rows.filter(requested_by=by.person_id) | rows.filter(decided_by=by.person_id)).exclude(
        state__in=OPEN_STATES
    )[:20]
    return Inbox(_lines(waiting, by), _lines(asked, by), _lines(decided, by))


def count_waiting(*, by: Actor, at: datetime) -> int:
    """Return how many approvals wait for this person."""
    mine = [name for name, line in acts().items() if can_approve(by, line.permission)]
    rows = Approval.objects.filter(organisation_id=by.organisation_id, state__in=OPEN_STATES, until__gt=at)
    return rows.filter(act__in=mine).exclude(requested_by=by.person_id).count()


def list_overdue(*, at: datetime, limit: int = 100) -> tuple[tuple[str, str], ...]:
    """Return (organisation, approval) of those whose time is over."""
    found = Approval.objects.filter(state__in=OPEN_STATES, until__lte=at).order_by("until")[:limit]
    return tuple((each.organisation_id, each.id) for each in found)


def _lines(rows: Iterable[Approval], by: Actor) -> tuple[ApprovalLine, ...]:
    return tuple(_line(row, by) for row in rows)


def _line(row: Approval, by: Actor) -> ApprovalLine:
    line = acts()[row.act]
    is_mine = row.requested_by == by.person_id
    is_open = row.state in OPEN_STATES
    reason = ""
    if is_open and row.reason_sealed is not None:
        reason = unseal(row.organisation_id, bytes(row.reason_sealed), about=f"approval.reason:{row.id}")
    return ApprovalLine(
        id=row.id,
        words=line.words,
        permission=line.permission,
        object_kind=row.object_kind,
        object_id=row.object_id,
        arguments=row.arguments,
        reason=reason,
        requested_label=row.requested_label,
        requested_at=row.requested_at,
        until=row.until,
        state=str(State(row.state)),
        decided_label=row.decided_label,
        is_mine=is_mine,
        can_decide=is_open and not is_mine,
    )
