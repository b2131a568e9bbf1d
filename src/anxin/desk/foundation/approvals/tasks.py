"""Duties of the worker for approvals; each may be repeated."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.foundation.approvals.actions import expire
from anxin.desk.foundation.approvals.queries import list_overdue
from anxin.desk.foundation.edge.duties import Duty, one_by_one, resting


def expire_overdue(*, at: datetime) -> int:
    """End every approval whose time is over; return how many."""
    overdue = dict(list_overdue(at=at, besides=resting(at)))
    return one_by_one(overdue, lambda each: _expire(each, overdue[each], at), at=at)


def _expire(approval_id: str, organisation_id: str, at: datetime) -> bool:
    return expire(approval_id=approval_id, organisation_id=organisation_id, at=at) is not None


DUTIES = (Duty("approvals.expire", 30, lambda at: expire_overdue(at=at)),)
