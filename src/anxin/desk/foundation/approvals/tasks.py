"""Duties of the worker for approvals; each may be repeated."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.foundation.approvals.actions import expire
from anxin.desk.foundation.approvals.queries import list_overdue
from anxin.desk.foundation.edge.duties import Duty


def expire_overdue(*, at: datetime) -> int:
    """End every approval whose time is over; return how many."""
    ended = [expire(approval_id=each, organisation_id=where, at=at) for where, each in list_overdue(at=at)]
    return sum(1 for approval in ended if approval is not None)


DUTIES = (Duty("approvals.expire", 30, lambda at: expire_overdue(at=at)),)
