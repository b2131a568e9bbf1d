"""Calls about approvals."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.approvals import actions
from anxin.desk.foundation.approvals.queries import AnswerTimes, ApprovalLine, get_inbox, list_answer_times
from anxin.desk.foundation.ui.words import say

router = Router(tags=["approvals"])


class ApprovalOut(Schema):
    """Something that waits for a second person.

    `about`, `follows` and `stake` are sentences: what is asked, what happens after a yes, what is at stake; "" where
    the caller may not see it.
    """

    id: str
    act: str
    permission: str
    object_kind: str
    object_id: str
    about: str
    follows: str
    stake: str
    requested_label: str
    requested_at: datetime
    until: datetime
    state: str
    can_decide: bool


class InboxOut(Schema):
    """What waits for the caller, and what the caller asked for."""

    waiting: list[ApprovalOut]
    asked: list[ApprovalOut]


class AnswerTimesOut(Schema):
    """How fast requests of one act were answered; seconds; `target_seconds` None: it has hours."""

    act: str
    target_seconds: float | None
    n: int
    median_seconds: float
    p95_seconds: float
    longest_seconds: float
    late: int


class AnswerTimesList(Schema):
    """Answer times by act, those with a target first."""

    items: list[AnswerTimesOut]


class DeclineIn(Given):
    """Why not."""

    reason: str = ""


class DecidedOut(Schema):
    """What became of it."""

    id: str
    state: str


@router.get("/approvals", response=InboxOut)
def inbox(request: HttpRequest) -> dict[str, object]:
    """List what waits."""
    by, at = caller(request)
    found = get_inbox(by=by, at=at)
    return {"waiting": [_out(each) for each in found.waiting], "asked": [_out(each) for each in found.asked]}


@router.get("/approvals/answer-times", response=AnswerTimesList)
def answer_times(request: HttpRequest) -> dict[str, object]:
    """Tell how fast requests were answered in the last 30 days, in seconds."""
    by, at = caller(request)
    return {"items": [_times_out(each) for each in list_answer_times(by=by, at=at)]}


@router.post("/approvals/{slug:approval_id}:approve", response=DecidedOut)
def approve(request: HttpRequest, approval_id: str) -> dict[str, str]:
    """Say yes; the act is carried out in the same transaction."""
    by, at = caller(request)
    done = actions.approve(approval_id=approval_id, by=by, at=at)
    return {"id": done.id, "state": str(done.state)}


@router.post("/approvals/{slug:approval_id}:decline", response=DecidedOut)
def decline(request: HttpRequest, approval_id: str, body: DeclineIn) -> dict[str, str]:
    """Say no, or take one's own request back."""
    by, at = caller(request)
    done = actions.decline(approval_id=approval_id, by=by, at=at, reason=body.reason)
    return {"id": done.id, "state": str(done.state)}


def _times_out(each: AnswerTimes) -> dict[str, object]:
    return {
        "act": say(each.words),
        "target_seconds": each.target.total_seconds() if each.target is not None else None,
        "n": each.n,
        "median_seconds": each.median.total_seconds(),
        "p95_seconds": each.p95.total_seconds(),
        "longest_seconds": each.longest.total_seconds(),
        "late": each.late,
    }


def _out(line: ApprovalLine) -> dict[str, object]:
    return {
        "id": line.id,
        "act": say(line.words),
        "permission": line.permission,
        "object_kind": line.object_kind,
        "object_id": line.object_id,
        "about": say(line.about.words) if line.about is not None else "",
        "follows": say(line.about.follows) if line.about is not None else "",
        "stake": say(line.about.stake) if line.about is not None and line.about.stake is not None else "",
        "requested_label": line.requested_label,
        "requested_at": line.requested_at,
        "until": line.until,
        "state": line.state,
        "can_decide": line.can_decide,
    }
