"""The door to notices: the platform's service account settles them."""

from __future__ import annotations

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.user_notices.models import UserNotice


def access_notice(*, notice_id: str, by: Actor, permission: str = "event.send") -> UserNotice:
    """Return a notice of the actor's organisation; raise Forbidden, NotFound."""
    require(by, permission)
    found = UserNotice.objects.filter(pk=notice_id, organisation_id=by.organisation_id).first()
    if found is None:
        raise NotFound
    return found
