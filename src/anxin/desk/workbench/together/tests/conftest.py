"""An incident in the hands of an agent."""

from __future__ import annotations

from anxin.desk.operations.incidents.tests.conftest import agent, lead, seen

__all__ = ["agent", "lead", "seen"]
