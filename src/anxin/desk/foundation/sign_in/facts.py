"""What the way in tells the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class SessionEnded:
    """A session is over: its live screens close."""

    kind: ClassVar[str] = "session.ended"
    topic: ClassVar[str] = "sessions"
    session_id: str
    person_id: str
    because: str

    @property
    def object_id(self) -> str:
        """The session."""
        return self.session_id


@dataclass(frozen=True)
class SignInLocked:
    """Somebody guessed at a person's password or second factor until it was locked."""

    kind: ClassVar[str] = "sign_in.locked"
    topic: ClassVar[str] = "sessions"
    person_id: str
    what: str

    @property
    def object_id(self) -> str:
        """The person."""
        return self.person_id


@dataclass(frozen=True)
class FactorsReset:
    """Two colleagues ended a person's second factors; she is told, for it may not have been her who asked."""

    kind: ClassVar[str] = "sign_in.factors_reset"
    topic: ClassVar[str] = "sessions"
    person_id: str
    reenrolment_id: str

    @property
    def object_id(self) -> str:
        """The person."""
        return self.person_id


@dataclass(frozen=True)
class PasswordLinkOpened:
    """A colleague made a link to a new password for a person; she is told, for it may not have been her who asked."""

    kind: ClassVar[str] = "sign_in.password_link_opened"
    topic: ClassVar[str] = "sessions"
    person_id: str
    reenrolment_id: str

    @property
    def object_id(self) -> str:
        """The person."""
        return self.person_id
