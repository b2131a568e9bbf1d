"""Who may be the second person."""

from __future__ import annotations

from collections.abc import Iterable

from anxin.desk.foundation.edge.actor import Actor, Grade
from anxin.desk.foundation.permissions.catalogue import permissions


def can_approve(by: Actor, permission: str) -> bool:
    """Return whether the actor holds the permission at least as a second person."""
    grant = by.grant(permission)
    return by.person_id is not None and grant is not None and grant.grade.rank >= Grade.SECOND.rank


def able_roles(roles: Iterable[str], permission: str) -> frozenset[str]:
    """Return which of these roles may at least be a second person for the permission."""
    grants = permissions()[permission].grants
    return frozenset(role for role in roles if role in grants and grants[role].grade.rank >= Grade.SECOND.rank)


def is_of_other_role(requested_roles: Iterable[str], by: Actor, permission: str) -> bool:
    """Return whether the approver acts in another role than the requester.

    A requester who could only ask has no role of their own in it. Where a single role holds the permission, two people
    of that role do.
    """
    every = able_roles(permissions()[permission].grants, permission)
    mine, theirs = able_roles(by.roles, permission), able_roles(requested_roles, permission)
    return len(every) == 1 or not theirs or bool(mine - theirs) or bool(mine and theirs - mine)
