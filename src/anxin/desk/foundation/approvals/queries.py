"""What waits for a second person, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from anxin.desk.foundation.approvals.acts import Act, Asked, Description, acts
from anxin.desk.foundation.approvals.models import OPEN_STATES, Approval, State
from anxin.desk.foundation.approvals.rules import can_approve
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words
from anxin.desk.foundation.vault.sealing import unseal_to_show

LIMIT = 100


@dataclass(frozen=True)
class ApprovalLine:
    """One approval as its reader sees it; `reason` is opened only for the two people of an open one.

    `about` is None where the reader may not see what it is about, or it is gone.
    """

    id: str
    words: Words
    permission: str
    object_kind: str
    object_id: str
    reason: str
    requested_label: str
    requested_at: datetime
    until: datetime
    state: str
    decided_label: str
    is_mine: bool
    can_decide: bool
    about: Description | None = None
    answer_by: datetime | None = None


@dataclass(frozen=True)
class Inbox:
    """What waits for this person, what they asked for, and what was decided lately."""

    waiting: tuple[ApprovalLine, ...]
    asked: tuple[ApprovalLine, ...]
    decided: tuple[ApprovalLine, ...]


def get_inbox(*, by: Actor, at: datetime) -> Inbox:
    """Return the approvals that concern this person, newest first."""
    rows = Approval.objects.filter(organisation_id=by.organisation_id, act__in=acts()).order_by("-id")
    open_rows = rows.filter(state__in=OPEN_STATES, until__gt=at)
    asked = open_rows.filter(requested_by=by.person_id)[:LIMIT]
    decided = (rows.filter(requested_by=by.person_id) | rows.filter(decided_by=by.person_id)).exclude(
        state__in=OPEN_STATES
    )[:20]
    seen = tuple(line for line in _lines(_waiting(by, at), by, at) if line.about is not None)
    return Inbox(seen, _lines(asked, by, at), _lines(decided, by, at))


def count_waiting(*, by: Actor, at: datetime) -> int:
    """Return how many approvals wait for this person, at most 100; those they may not see are not counted."""
    return len(describe_rows(_waiting(by, at), by=by, at=at))


def _waiting(by: Actor, at: datetime) -> Sequence[Approval]:
    """Return what others asked for and this person could decide, newest first, seen or not."""
    mine = [name for name, line in acts().items() if can_approve(by, line.permission)]
    rows = Approval.objects.filter(organisation_id=by.organisation_id, act__in=mine, state__in=OPEN_STATES)
    return list(rows.filter(until__gt=at).exclude(requested_by=by.person_id).order_by("-id")[:LIMIT])


def list_overdue(*, at: datetime, limit: int = 100, besides: Iterable[object] = ()) -> tuple[tuple[str, str], ...]:
    """Return (approval, organisation) of those whose time is over."""
    found = Approval.objects.filter(state__in=OPEN_STATES, until__lte=at).exclude(pk__in=list(besides))
    return tuple(found.order_by("until").values_list("id", "organisation_id")[:limit])


@dataclass(frozen=True)
class AnswerTimes:
    """How long requests of one act waited for their answer; `target` None: it has hours. `late` took longer than it."""

    words: Words
    target: timedelta | None
    n: int
    median: timedelta
    p95: timedelta
    longest: timedelta
    late: int

    @property
    def in_time_percent(self) -> int | None:
        """Return the share that was answered within the target, None without one."""
        return None if self.target is None else (self.n - self.late) * 100 // self.n


def list_answer_times(*, by: Actor, at: datetime, within: timedelta = timedelta(days=30)) -> tuple[AnswerTimes, ...]:
    """Return how fast requests were answered lately, those with a target first; only what a person answered counts."""
    require(by, "desk.open")
    rows = Approval.objects.filter(
        organisation_id=by.organisation_id,
        act__in=acts(),
        state__in=(State.APPROVED, State.DECLINED),
        decided_at__gt=at - within,
    ).exclude(decided_by="")
    waits: dict[str, list[timedelta]] = {}
    for name, asked_at, decided_at in rows.values_list("act", "requested_at", "decided_at"):
        if decided_at is not None:
            waits.setdefault(name, []).append(decided_at - asked_at)
    found = [_times(acts()[name], sorted(each)) for name, each in waits.items()]
    return tuple(sorted(found, key=lambda each: (each.target is None, each.target or timedelta(), each.words.en)))


def _times(line: Act, waits: list[timedelta]) -> AnswerTimes:
    late = 0 if line.answer_within is None else sum(1 for each in waits if each > line.answer_within)
    return AnswerTimes(
        words=line.words,
        target=line.answer_within,
        n=len(waits),
        median=_rank(waits, 50),
        p95=_rank(waits, 95),
        longest=waits[-1],
        late=late,
    )


def _rank(waits: list[timedelta], percent: int) -> timedelta:
    """Return the nearest-rank percentile of sorted times."""
    return waits[max(0, -(-len(waits) * percent // 100) - 1)]


def _lines(rows: Iterable[Approval], by: Actor, at: datetime) -> tuple[ApprovalLine, ...]:
    found = list(rows)
    described = describe_rows(found, by=by, at=at)
    return tuple(_line(row, by, described.get(row.id)) for row in found)


def describe_rows(rows: Sequence[Approval], *, by: Actor, at: datetime) -> Mapping[str, Description]:
    """Return what is asked, by the approval's id; one question for each way to describe."""
    found: dict[str, Description] = {}
    table = acts()
    for describe in {table[row.act].describe for row in rows}:
        asked = [_asked(row) for row in rows if table[row.act].describe is describe]
        found |= describe(asked, by, at)
    return found


def _asked(row: Approval) -> Asked:
    return Asked(row.id, row.object_id, json.loads(row.arguments), row.requested_by)


def _line(row: Approval, by: Actor, about: Description | None) -> ApprovalLine:
    line = acts()[row.act]
    is_mine = row.requested_by == by.person_id
    is_open = row.state in OPEN_STATES
    reason = ""
    if is_open and row.reason_sealed is not None:
        reason = unseal_to_show(row.organisation_id, bytes(row.reason_sealed), about=f"approval.reason:{row.id}")
    return ApprovalLine(
        id=row.id,
        words=line.words,
        permission=line.permission,
        object_kind=row.object_kind,
        object_id=row.object_id,
        reason=reason,
        requested_label=row.requested_label,
        requested_at=row.requested_at,
        until=row.until,
        state=str(State(row.state)),
        decided_label=row.decided_label,
        is_mine=is_mine,
        can_decide=is_open and not is_mine and about is not None,
        about=about,
        answer_by=row.requested_at + line.answer_within if line.answer_within is not None and is_open else None,
    )
