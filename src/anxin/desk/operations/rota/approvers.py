"""Whom a request for approval is pushed to: two people who may decide, those on call first, never the asker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from anxin.desk.foundation.approvals.acts import acts
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.approvals.rules import able_roles, is_of_other_role
from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.organisations.models import RoleGrant
from anxin.desk.foundation.permissions.catalogue import permissions
from anxin.desk.operations.rota.queries import people_on_call

AT_ONCE = 2


def choose_approvers(approval: Approval, *, at: datetime, besides: Iterable[str] = ()) -> tuple[str, ...]:
    """Return up to two people able to decide, the best first; `besides` were asked before.

    On call before others, those on call for the higher roles first; then who was here last.
    """
    able = _able(approval, at)
    for person_id in (approval.requested_by, *besides):
        able.pop(person_id, None)
    order = people_on_call(organisation_id=approval.organisation_id, at=at, roles=("lead", "duty_manager", "mentor"))
    on_call = [each for each in order if each in able]
    rest = sorted((each for each in able if each not in on_call), key=lambda each: (able[each], each), reverse=True)
    return tuple((on_call + rest)[:AT_ONCE])


def choose_managers(approval: Approval, *, at: datetime) -> tuple[str, ...]:
    """Return the duty managers on call, other than the asker: they are told even when they may only see to it."""
    found = people_on_call(organisation_id=approval.organisation_id, at=at, roles=("duty_manager", "head"))
    return tuple(each for each in found if each != approval.requested_by)


def _able(approval: Approval, at: datetime) -> dict[str, str]:
    """Return who may decide, each with the instant they were last here ("" never)."""
    permission = acts()[approval.act].permission
    able = able_roles(permissions()[permission].grants, permission)
    current = Q(until=None) | Q(until__gt=at)
    rows = RoleGrant.objects.filter(
        current, organisation_id=approval.organisation_id, role__in=able, revoked_at=None, person__is_active=True
    ).select_related("person")
    held: dict[str, set[str]] = {}
    seen: dict[str, str] = {}
    for row in rows:
        held.setdefault(row.person_id, set()).add(row.role)
        seen[row.person_id] = row.person.active_at.isoformat() if row.person.active_at else ""
    asked = approval.requested_roles.split(",")
    return {
        each: seen[each]
        for each, roles in held.items()
        if approval.is_small_team or is_of_other_role(asked, _as_actor(approval, each, roles), permission)
    }


def _as_actor(approval: Approval, person_id: str, roles: Iterable[str]) -> Actor:
    return Actor(approval.organisation_id, ActorKind.PERSON, "", person_id=person_id, roles=frozenset(roles))
