"""The door to measures."""

from __future__ import annotations

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.measures.models import ActionRequest


def access_measure(*, measure_id: str, by: Actor, permission: str = "entity.view") -> ActionRequest:
    """Return a measure of the actor's organisation; raise Forbidden, NotFound."""
    require(by, permission)
    found = ActionRequest.objects.filter(pk=measure_id, organisation_id=by.organisation_id).first()
    if found is None:
        raise NotFound
    return found
