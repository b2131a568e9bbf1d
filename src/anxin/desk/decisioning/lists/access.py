"""The door to one change of a list."""

from __future__ import annotations

from anxin.desk.decisioning.lists.models import ListChange
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require


def access_change(*, change_id: str, by: Actor, permission: str = "list.view") -> ListChange:
    """Return a change of the actor's organisation; raise Forbidden, NotFound."""
    require(by, permission)
    change = ListChange.objects.filter(pk=change_id, organisation_id=by.organisation_id).first()
    if change is None:
        raise NotFound
    return change
