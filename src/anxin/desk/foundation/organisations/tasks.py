"""Duties of the worker for people's rights."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.foundation.edge.duties import Duty, one_by_one
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.organisations.rights import expire_rights


def expire_all_rights(*, at: datetime) -> int:
    """End the rights that are over in every organisation; return how many."""
    keys = Organisation.objects.values_list("pk", flat=True)
    return one_by_one(keys, lambda each: expire_rights(organisation_id=each, at=at), at=at)


DUTIES = (Duty("rights.expire", 300, lambda at: expire_all_rights(at=at)),)
