"""The door to evidence: it is where its incident is, for those who may see that."""

from __future__ import annotations

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.evidence.models import Evidence, EvidencePack
from anxin.desk.operations.incidents.access import visible_incidents

VIEW = "evidence.view"


def access_evidence(*, evidence_id: str, by: Actor, permission: str = VIEW) -> Evidence:
    """Return a piece of an incident that the actor may see; raise Forbidden or NotFound."""
    require(by, permission)
    found = Evidence.objects.filter(pk=evidence_id, organisation_id=by.organisation_id).first()
    if found is None or not visible_incidents(by).filter(pk=found.incident_id).exists():
        raise NotFound
    return found


def access_pack(*, pack_id: str, by: Actor, permission: str = "evidence.export") -> EvidencePack:
    """Return a pack; one with originals only to whoever made it. Raise Forbidden or NotFound."""
    require(by, permission)
    found = EvidencePack.objects.filter(pk=pack_id, organisation_id=by.organisation_id).first()
    if found is None or not visible_incidents(by).filter(pk=found.incident_id).exists():
        raise NotFound
    if found.with_originals and found.made_by != (by.person_id or ""):
        raise NotFound
    return found
