"""What organisations tell the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class RightsChanged:
    """A person got or lost roles, came or left; the auditor is told. `change` is grant, revoke, join or leave."""

    kind: ClassVar[str] = "person.rights_changed"
    topic: ClassVar[str] = "people"
    person_id: str
    change: str
    roles: str

    @property
    def object_id(self) -> str:
        """The person."""
        return self.person_id


@dataclass(frozen=True)
class PersonInvited:
    """Somebody was invited with roles; the auditor is told."""

    kind: ClassVar[str] = "person.invited"
    topic: ClassVar[str] = "people"
    invitation_id: str
    roles: str
    invited_by: str

    @property
    def object_id(self) -> str:
        """The invitation."""
        return self.invitation_id


@dataclass(frozen=True)
class OrganisationConfigured:
    """Settings, sites or departments changed; `what` names which."""

    kind: ClassVar[str] = "organisation.configured"
    topic: ClassVar[str] = "organisation"
    organisation_id: str
    what: str

    @property
    def object_id(self) -> str:
        """The organisation."""
        return self.organisation_id
