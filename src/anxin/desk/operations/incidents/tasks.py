"""Duties of the worker for incidents; each may be repeated, and run by two workers at once."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.foundation.edge.duties import Duty
from anxin.desk.operations.incidents.actions.consults import call_for_unanswered
from anxin.desk.operations.incidents.actions.decisions import BATCH, take_decisions
from anxin.desk.operations.incidents.actions.department_tasks import mark_late_tasks
from anxin.desk.operations.incidents.actions.ticking import tick


def tick_clocks(at: datetime) -> int:
    """Settle what fell due."""
    return tick(at=at)


def watch_decisions(at: datetime) -> int:
    """Open incidents for what the gateway decided."""
    return take_decisions(at=at)


def watch_tasks(at: datetime) -> int:
    """Mark tasks that are late."""
    return mark_late_tasks(at=at)


def watch_consults(at: datetime) -> int:
    """Call others for questions that nobody answered."""
    return call_for_unanswered(at=at)


DUTIES: tuple[Duty, ...] = (
    Duty("incidents.tick", 1.0, tick_clocks),
    Duty("incidents.decisions", 0.2, watch_decisions, BATCH),
    Duty("incidents.tasks", 5.0, watch_tasks),
    Duty("incidents.consults", 2.0, watch_consults),
)
