"""Legal holds: one person sets a hold, two lift it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.approvals.actions import request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.operations.evidence.access import access_evidence
from anxin.desk.operations.evidence.custody import write_custody
from anxin.desk.operations.evidence.errors import NotHeld
from anxin.desk.operations.evidence.facts import EvidenceChanged
from anxin.desk.operations.evidence.models import Evidence
from anxin.desk.operations.incidents.locking import lock_own, lock_visible
from anxin.desk.operations.incidents.timeline import write

HOLD, LIFT = "evidence.hold", "evidence.lift_hold"


@transaction.atomic
def hold_evidence(*, evidence_id: str, reason: str, by: Actor, at: datetime) -> Evidence:
    """Keep a piece whatever retention says; holding twice is the same hold. Raise Forbidden, NotFound."""
    piece = access_evidence(evidence_id=evidence_id, by=by, permission=HOLD)
    incident = lock_visible(piece.incident_id, by=by)
    piece = Evidence.objects.select_for_update().get(pk=piece.pk)
    if piece.held_at is not None:
        return piece
    write(incident, "evidence_held", by=by, at=at, data={"evidence": piece.id}, is_quiet=True)
    write_custody(piece, "hold", by=by, at=at, reason=reason)
    piece.held_at, piece.held_by = at, by.person_id or ""
    _save(piece, at)
    return piece


def ask_to_lift(*, evidence_id: str, reason: str, by: Actor, at: datetime) -> str:
    """Ask a second person to lift the hold; return the approval's id. Raise Forbidden, NotFound, NotHeld."""
    piece = access_evidence(evidence_id=evidence_id, by=by)
    if piece.held_at is None:
        raise NotHeld
    return request_approval(LIFT, on=("evidence", piece.id), by=by, at=at, reason=reason).id


@transaction.atomic
def lift_approved(approved: ApprovedAct, at: datetime) -> None:
    """Lift the hold: what the approval of `evidence.lift_hold` does."""
    by = approved.second or system_actor(approved.organisation_id, "evidence")
    found = Evidence.objects.filter(pk=approved.on[1], organisation_id=approved.organisation_id).first()
    incident = lock_own(found.incident_id, organisation_id=approved.organisation_id) if found else None
    if found is None or incident is None or found.held_at is None:
        raise NotHeld
    write(incident, "evidence_lifted", by=by, at=at, data={"evidence": found.id}, is_quiet=True)
    write_custody(found, "lift", by=by, at=at, details={"requested_by": approved.requested_by})
    found.held_at, found.held_by = None, ""
    _save(found, at)


def _save(piece: Evidence, at: datetime) -> None:
    piece.version += 1
    piece.save(update_fields=("held_at", "held_by", "version"))
    act = "hold" if piece.held_at else "lift"
    fact = EvidenceChanged(piece.id, piece.incident_id, act)
    publish_fact(fact, organisation_id=piece.organisation_id, at=at)
