"""What training tells the others: ids and scopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class CertificationChanged:
    """A certificate was granted or revoked."""

    kind: ClassVar[str] = "training.certificate"
    topic: ClassVar[str] = "training"
    object_id: str
    person_id: str
    scopes: str
    change: str
