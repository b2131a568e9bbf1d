"""Duties of the worker for the rota: requests that nobody answers."""

from __future__ import annotations

from anxin.desk.foundation.edge.duties import Duty
from anxin.desk.operations.rota.asking import chase

DUTIES: tuple[Duty, ...] = (Duty("approvals.chase", 5.0, chase),)
