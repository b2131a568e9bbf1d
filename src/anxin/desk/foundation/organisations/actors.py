"""The actor behind a signed-in person."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.prepared import Prepared
from anxin.desk.foundation.organisations.models import Person, RoleGrant
from anxin.desk.foundation.permissions.authority import grants_of

_HELD = Prepared(lambda person_id: RoleGrant.objects.filter(person=person_id, revoked_at=None))


def actor_of(
    person: Person,
    *,
    at: datetime,
    session_id: str = "",
    request_id: str = "",
    is_strong: bool = False,
    verified_at: datetime | None = None,
) -> Actor:
    """Return what the person is and may do at this moment."""
    held = [each for each in _HELD.all(person.id) if each.until is None or at < each.until]
    roles = frozenset(each.role for each in held)
    everywhere = any(each.site_id is None for each in held)
    return Actor(
        organisation_id=person.organisation_id,
        kind=ActorKind.PERSON,
        label=person.username,
        person_id=person.id,
        roles=roles,
        grants=grants_of(roles),
        sites=None if everywhere else frozenset(each.site_id for each in held if each.site_id),
        session_id=session_id,
        request_id=request_id,
        is_strong=is_strong,
        verified_at=verified_at,
    )
