"""The door to incidents: what lies outside of organisation, sites or confidence is not there."""

from __future__ import annotations

from django.db.models import QuerySet

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.models import Consult, Incident, Task

CONFIDENTIAL = "incident.confidential"


def access_incident(*, incident_id: str, by: Actor, permission: str = "incident.view") -> Incident:
    """Return an incident that the actor may see; raise Forbidden or NotFound."""
    require(by, permission)
    found = visible_incidents(by).filter(pk=incident_id).first()
    if found is None:
        raise NotFound
    return found


def named_incident(incident_id: str, *, by: Actor) -> str:
    """Return the id of an incident that a form or body names, "" for none; raise Forbidden or NotFound."""
    return access_incident(incident_id=incident_id, by=by).id if incident_id else ""


def visible_incidents(by: Actor) -> QuerySet[Incident]:
    """Return the incidents within the actor's organisation, sites and confidence."""
    rows = Incident.objects.filter(organisation_id=by.organisation_id)
    if by.sites is not None:
        rows = rows.filter(site_id__in=by.sites)
    return rows if by.grant(CONFIDENTIAL) is not None else rows.filter(is_confidential=False)


def access_task(*, task_id: str, by: Actor, permission: str = "incident.task") -> Task:
    """Return a department's task; raise Forbidden or NotFound."""
    require(by, permission)
    found = Task.objects.filter(pk=task_id, organisation_id=by.organisation_id).first()
    if found is None or not visible_incidents(by).filter(pk=found.incident_id).exists():
        raise NotFound
    return found


def access_consult(*, consult_id: str, by: Actor) -> Consult:
    """Return a consultation to the two people in it, and to everybody who may answer one; raise NotFound."""
    found = Consult.objects.filter(pk=consult_id, organisation_id=by.organisation_id).first()
    if found is None or (by.person_id not in (found.asker_id, found.mentor_id) and by.grant("consult.answer") is None):
        raise NotFound
    return found
