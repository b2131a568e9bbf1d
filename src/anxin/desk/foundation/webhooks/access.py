"""The door to endpoints."""

from __future__ import annotations

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.webhooks.models import Endpoint


def access_endpoint(*, endpoint_id: str, by: Actor) -> Endpoint:
    """Return an endpoint of the actor's organisation; raise Forbidden, NotFound."""
    require(by, "webhook.configure")
    found = Endpoint.objects.filter(pk=endpoint_id, organisation_id=by.organisation_id).first()
    if found is None:
        raise NotFound
    return found
