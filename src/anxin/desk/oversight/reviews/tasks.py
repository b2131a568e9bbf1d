"""Duties of the worker for reviews; each may be repeated."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.foundation.edge.duties import Duty
from anxin.desk.oversight.reviews.actions.improving import let_risks_lapse
from anxin.desk.oversight.reviews.actions.opening import open_reviews
from anxin.desk.oversight.reviews.actions.remembering import draft_cases


def open_what_is_due(at: datetime) -> int:
    """Open the reviews that incidents ask for."""
    return open_reviews(at=at)


def lapse_risks(at: datetime) -> int:
    """Open again what was accepted until now."""
    return let_risks_lapse(at=at)


def remember_cases(at: datetime) -> int:
    """Draft cases of what is closed."""
    return draft_cases(at=at)


DUTIES: tuple[Duty, ...] = (
    Duty("reviews.open", 1.0, open_what_is_due),
    Duty("reviews.risks", 30.0, lapse_risks),
    Duty("reviews.cases", 10.0, remember_cases),
)
