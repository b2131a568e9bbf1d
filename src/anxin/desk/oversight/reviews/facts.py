"""What reviews tell the others: ids and codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ReviewChanged:
    """A review was opened, scheduled, written to or published; `state` says how far it is."""

    kind: ClassVar[str] = "review.changed"
    topic: ClassVar[str] = "reviews"
    object_id: str
    incident_id: str
    state: str
    why: str


@dataclass(frozen=True)
class ActionChanged:
    """A corrective action was opened, proven, or its risk accepted; `late` says that it is past its date."""

    kind: ClassVar[str] = "review.action"
    topic: ClassVar[str] = "reviews"
    object_id: str
    incident_id: str
    action_kind: str
    state: str
