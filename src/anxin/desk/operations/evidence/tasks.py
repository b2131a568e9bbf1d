"""What the worker does for evidence: look at the store again, let go what is over, sweep up after it."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.foundation.edge.duties import Duty
from anxin.desk.operations.evidence.actions import letting_go
from anxin.desk.operations.evidence.actions.verifying import verify_store


def verify(at: datetime) -> int:
    """Re-hash what was not looked at for a day."""
    return verify_store(at)


def let_go(at: datetime) -> int:
    """Erase pieces and packs after their time."""
    return letting_go.let_go(at) + letting_go.let_go_packs(at)


def sweep(at: datetime) -> int:
    """Remove files whose keys are gone."""
    return letting_go.sweep_erased(at)


DUTIES: tuple[Duty, ...] = (
    Duty("evidence.verify", 60.0, verify),
    Duty("evidence.retention", 3600.0, let_go),
    Duty("evidence.sweep", 3600.0, sweep),
)
