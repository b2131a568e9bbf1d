"""The door to checks that were run."""

from __future__ import annotations

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.checks.models import CheckRun


def access_check(*, check_id: str, by: Actor, permission: str) -> CheckRun:
    """Return a check of the actor's organisation; raise Forbidden, NotFound."""
    require(by, permission)
    found = CheckRun.objects.filter(pk=check_id, organisation_id=by.organisation_id).first()
    if found is None:
        raise NotFound
    return found
