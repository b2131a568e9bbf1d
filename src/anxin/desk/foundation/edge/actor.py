"""Who acts: a person, a service account or the system itself, with what it may do at this moment."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


class ActorKind(enum.StrEnum):
    """What kind of actor it is."""

    PERSON = "person"
    SERVICE = "service"
    SYSTEM = "system"


class Grade(enum.StrEnum):
    """How far a grant reaches, weakest first (domain §9.2: Q, 2, 1L, 1)."""

    REQUEST = "request"
    SECOND = "second"
    LIMITED = "limited"
    ALONE = "alone"

    @property
    def rank(self) -> int:
        """Return 0 for the weakest."""
        return list(Grade).index(self)


@dataclass(frozen=True)
class Grant:
    """One permission as one actor holds it; `limit` counts acts a `per` ("day" or "shift"), None means no cap."""

    grade: Grade
    limit: int | None = None
    per: str = "day"


@dataclass(frozen=True)
class Actor:
    """The one who asks. Every access and every action takes it as `by`.

    `person_id` is None for the system. `sites` None means every site of the organisation. `label` is the sign-in name,
    never a person's real name. `is_strong`: a second factor was shown in this session, `verified_at` when last.
    """

    organisation_id: str
    kind: ActorKind
    label: str
    person_id: str | None = None
    roles: frozenset[str] = frozenset()
    grants: Mapping[str, Grant] = field(default_factory=dict)
    sites: frozenset[str] | None = None
    session_id: str = ""
    request_id: str = ""
    is_strong: bool = False
    verified_at: datetime | None = None

    def grant(self, permission: str) -> Grant | None:
        """Return the grant of a permission, or None when the actor does not hold it."""
        return self.grants.get(permission)


def system_actor(organisation_id: str, label: str) -> Actor:
    """Return the system acting by itself, e.g. a duty of the worker named `label`; it holds no permission."""
    return Actor(organisation_id=organisation_id, kind=ActorKind.SYSTEM, label=label)
