"""Note who looks at an incident: seen by others at once, and once for each sitting kept in the trail."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.actions.leases import note_presence
from anxin.desk.operations.incidents.models import Presence
from anxin.desk.operations.incidents.queries import list_present

SITTING = timedelta(minutes=30)
"""Somebody who was away for so long looks anew."""


@transaction.atomic
def note_viewing(*, incident_id: str, by: Actor, at: datetime) -> tuple[str, ...]:
    """Note that somebody has it open, and return who else has; raise Forbidden or NotFound."""
    incident = access_incident(incident_id=incident_id, by=by)
    before = Presence.objects.filter(incident_id=incident_id, person_id=by.person_id or "").first()
    if before is None or at - before.seen_at > SITTING:
        record_entry(
            "workbench.view_incident",
            by=by,
            at=at,
            on=("incident", incident_id),
            site_id=incident.site_id,
            details={"number": incident.number},
        )
    note_presence(incident_id=incident_id, by=by, at=at)
    return list_present(incident, by=by, at=at)
