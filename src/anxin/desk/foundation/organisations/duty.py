"""Under which circumstances somebody of this organisation asks for a second person."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from anxin.desk.foundation.approvals.actions import Duty
from anxin.desk.foundation.approvals.rules import able_roles
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation, RoleGrant
from anxin.desk.foundation.permissions.catalogue import permissions


def duty_of(*, by: Actor, permission: str, at: datetime, shift: str = "") -> Duty:
    """Return whether the team is small, and whether nobody else could be the second person.

    An organisation in which one single person holds the permission counts as a small team, else it could never begin.
    """
    able = able_roles(permissions()[permission].grants, permission)
    others = RoleGrant.objects.filter(
        Q(until=None) | Q(until__gt=at),
        organisation_id=by.organisation_id,
        role__in=able,
        revoked_at=None,
        person__is_active=True,
    ).exclude(person_id=by.person_id)
    is_alone = not others.exists()
    is_small_team = Organisation.objects.values_list("is_small_team", flat=True).get(pk=by.organisation_id)
    return Duty(shift=shift, is_small_team=is_small_team or is_alone, is_alone=is_alone)
