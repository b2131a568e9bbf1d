"""The door to batches of measures."""

from __future__ import annotations

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.measures.models import Batch


def access_batch(*, batch_id: str, by: Actor, permission: str = "entity.view") -> Batch:
    """Return a batch of the actor's organisation; raise Forbidden, NotFound."""
    require(by, permission)
    found = Batch.objects.filter(pk=batch_id, organisation_id=by.organisation_id).first()
    if found is None:
        raise NotFound
    return found
