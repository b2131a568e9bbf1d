"""Write into an incident's timeline what became of calls about it, and of notices to its people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.audit.actions import Detail
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.operations.incidents.locking import lock_own
from anxin.desk.operations.incidents.timeline import write

CALL, USER_NOTICE = "page", "user_notice"


@transaction.atomic
def note_call(*, incident_id: str, organisation_id: str, data: Mapping[str, Detail], at: datetime) -> bool:
    """Write that a page was acknowledged or could not be sent; return False when there is no such incident."""
    return _note(CALL, incident_id, organisation_id, data, at)


@transaction.atomic
def note_user_notice(*, incident_id: str, organisation_id: str, data: Mapping[str, Detail], at: datetime) -> bool:
    """Write that the holder of an account was told of a measure, or why not; False when there is no such incident."""
    return _note(USER_NOTICE, incident_id, organisation_id, data, at)


def _note(kind: str, incident_id: str, organisation_id: str, data: Mapping[str, Detail], at: datetime) -> bool:
    incident = lock_own(incident_id, organisation_id=organisation_id)
    if incident is None:
        return False
    write(incident, kind, by=system_actor(organisation_id, "notices"), at=at, data=data, is_quiet=True)
    return True
