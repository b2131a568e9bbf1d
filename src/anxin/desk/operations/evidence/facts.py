"""What evidence tells the others: ids, codes and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class EvidenceChanged:
    """Something was done with a piece; `act` as in its custody. Screens of the incident show it anew."""

    kind: ClassVar[str] = "evidence.changed"
    topic: ClassVar[str] = "evidence"
    evidence_id: str
    incident_id: str
    act: str

    @property
    def object_id(self) -> str:
        """The piece."""
        return self.evidence_id


@dataclass(frozen=True)
class EvidenceFileBroken:
    """A stored file is missing or was changed: `state` says which."""

    kind: ClassVar[str] = "evidence.broken"
    topic: ClassVar[str] = "evidence"
    evidence_id: str
    incident_id: str
    state: str

    @property
    def object_id(self) -> str:
        """The piece."""
        return self.evidence_id
