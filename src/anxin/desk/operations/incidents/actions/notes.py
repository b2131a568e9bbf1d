"""What people write down: notes, and drafts that survive a dropped connection."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import Conflict, FieldInvalid
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.locking import lock_for
from anxin.desk.operations.incidents.models import Draft, Incident, IncidentEvent
from anxin.desk.operations.incidents.timeline import write

SLOTS = ("note", "reply", "finding", "handover")
LONGEST = 20_000


@transaction.atomic
def add_note(*, incident_id: str, text: str, by: Actor, at: datetime, version: int | None = None) -> IncidentEvent:
    """Write an internal note; the draft it came from is done with. A note stops no clock (C4)."""
    incident = lock_for("note", incident_id=incident_id, by=by, version=version)
    _require_text(text)
    event = write(incident, "note", by=by, at=at, note=text, is_quiet=True)
    _drafts(incident, by).filter(slot="note").update(text_sealed=None, saved_at=at, revision=F("revision") + 1)
    return event


@transaction.atomic
def keep_draft(*, incident_id: str, slot: str, text: str, revision: int, by: Actor, at: datetime) -> Draft:
    """Keep what somebody is typing; an older `revision` than the kept one is refused, the same one is repeated.

    Raise Conflict when another window of the same person was further.
    """
    require(by, "incident.work")
    incident = access_incident(incident_id=incident_id, by=by)
    if slot not in SLOTS:
        raise FieldInvalid(pointer="/slot", field="slot", reason=", ".join(SLOTS))
    if len(text) > LONGEST:
        raise FieldInvalid(pointer="/text", field="text", reason=f"<= {LONGEST}")
    row = _drafts(incident, by).select_for_update().filter(slot=slot).first()
    if row is not None and revision < row.revision:
        raise Conflict(version=row.revision)
    row = row or Draft(
        id=new_id("drf", at=at),
        organisation_id=by.organisation_id,
        incident_id=incident.id,
        person_id=by.person_id or "",
        slot=slot,
    )
    row.text_sealed = seal(by.organisation_id, text, about=f"incident.draft:{row.id}", at=at)
    row.revision, row.saved_at = revision, at
    row.save()
    return row


def _drafts(incident: Incident, by: Actor) -> QuerySet[Draft]:
    return Draft.objects.filter(incident_id=incident.id, person_id=by.person_id or "")


def _require_text(text: str) -> None:
    if not text.strip() or len(text) > LONGEST:
        raise FieldInvalid(pointer="/text", field="text", reason=f"1–{LONGEST}")
