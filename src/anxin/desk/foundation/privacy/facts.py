"""What this package tells others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldRevealed:
    """A field was shown in clear to one person; `object_id` whose it is."""

    kind: ClassVar[str] = "field.revealed"
    topic: ClassVar[str] = "privacy"
    object_id: str
    field: str
    person_id: str


@dataclass(frozen=True)
class PersonErased:
    """Everything sealed about a person is gone; `object_id` is the person's token."""

    kind: ClassVar[str] = "person.erased"
    topic: ClassVar[str] = "privacy"
    object_id: str
