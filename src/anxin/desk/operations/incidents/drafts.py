"""Reads of drafts: one's own, with the revision the next save has to reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.vault.sealing import unseal
from anxin.desk.operations.incidents.models import Draft, Incident


@dataclass(frozen=True)
class DraftLine:
    """What is kept in one slot; `text` is "" after it was sent."""

    text: str
    revision: int
    saved_at: datetime


def read_drafts(incident: Incident, *, by: Actor) -> Mapping[str, DraftLine]:
    """Return one's own drafts about an incident that one may see, by slot."""
    rows = Draft.objects.filter(incident_id=incident.id, person_id=by.person_id or "")
    return {each.slot: DraftLine(_text(each), each.revision, each.saved_at) for each in rows}


def _text(row: Draft) -> str:
    if row.text_sealed is None:
        return ""
    return unseal(row.organisation_id, bytes(row.text_sealed), about=f"incident.draft:{row.id}")
