"""Incidents, and the people of the night, as the tests of incidents have them."""

from __future__ import annotations

from anxin.desk.operations.incidents.tests.conftest import agent, around, lead, seen

__all__ = ["agent", "around", "lead", "seen"]
