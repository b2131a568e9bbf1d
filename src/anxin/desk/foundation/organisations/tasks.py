"""Duties of the worker for people's rights."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.foundation.edge.duties import Duty
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.organisations.rights import expire_rights


def expire_all_rights(*, at: datetime) -> int:
    """End the rights that are over in every organisation; return how many."""
    keys = Organisation.objects.values_list("pk", flat=True)
    return sum(expire_rights(organisation_id=key, at=at) for key in keys)


DUTIES = (Duty("rights.expire", 300, lambda at: expire_all_rights(at=at)),)
