"""What people do with decisions: they look, and they take pseudonymous rows away. Both stand in the audit trail."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from anxin.desk.decisioning.decisions.export import ExportRow, pseudonymous_rows
from anxin.desk.decisioning.decisions.queries import DecisionFilter
from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require


@transaction.atomic
def note_view(*, seq: int, event_id: str, by: Actor, at: datetime, case_id: str = "") -> None:
    """Record that somebody looked at a decision; `case_id` "" means outside of a case."""
    record_entry("decision.view", by=by, at=at, on=("decision", event_id), details={"seq": seq, "case": case_id})


@transaction.atomic
def export_pseudonyms(
    chosen: DecisionFilter, *, by: Actor, at: datetime, secret: bytes | None = None
) -> tuple[ExportRow, ...]:
    """Return the chosen decisions without anything that names a person, and record how many.

    Pseudonyms hold within this export only: their key (`secret`, None draws one) is forgotten with it.
    """
    require(by, "data.export_pseudonyms")
    rows = pseudonymous_rows(chosen, by=by, secret=secret or secrets.token_bytes(32))
    record_entry("data.export_pseudonyms", by=by, at=at, on=("decisions", "list"), details={"n": len(rows)})
    return rows
