"""The doors to replies: the platform's, to deliver; staff see them with the incident."""

from __future__ import annotations

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.replies.models import Reply

DELIVER = "reply.deliver"


def access_outgoing(*, reply_id: str, by: Actor) -> Reply:
    """Return a reply of the organisation for whoever delivers it; raise Forbidden or NotFound."""
    require(by, DELIVER)
    found = Reply.objects.select_for_update().filter(pk=reply_id, organisation_id=by.organisation_id).first()
    if found is None:
        raise NotFound
    return found
