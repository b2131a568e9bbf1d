"""What replies tell the others: the platform delivers what it hears of here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ReplySent:
    """A reply waits to be delivered; its text and `attachments` are fetched by calls, never sent along."""

    kind: ClassVar[str] = "reply.sent"
    topic: ClassVar[str] = "incidents"
    reply_id: str
    incident_id: str
    channel: str
    purpose: str
    recipients: int
    attachments: int

    @property
    def object_id(self) -> str:
        """The incident."""
        return self.incident_id


@dataclass(frozen=True)
class ReplySettled:
    """The platform said what came of a reply: `state` delivered or failed."""

    kind: ClassVar[str] = "reply.settled"
    topic: ClassVar[str] = "incidents"
    reply_id: str
    incident_id: str
    state: str

    @property
    def object_id(self) -> str:
        """The incident."""
        return self.incident_id
