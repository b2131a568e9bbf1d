"""What came in between: for somebody whose command was based on what has changed since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.detail import list_timeline
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.workbench.incident.wording import sentence_of

MOST = 10


@dataclass(frozen=True)
class Change:
    """One thing that somebody did in between."""

    at: datetime
    sentence: str
    by: str


def changes_since(seen: int, *, incident_id: str, by: Actor) -> tuple[Change, ...]:
    """Return what happened after the last happening that somebody saw."""
    found = list_timeline(incident_id=incident_id, by=by, after=seen, limit=MOST)
    kinds = kind_names(by.organisation_id) if found else {}
    return tuple(Change(each.at, sentence_of(each, kinds), each.actor) for each in found if each.source == "incident")
