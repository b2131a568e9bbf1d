"""What this package tells others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FactDropped:
    """What a reader could not react to was given up by whoever holds the machine; `object_id` is `reader:number`."""

    kind: ClassVar[str] = "fact.dropped"
    topic: ClassVar[str] = "outbox"
    object_id: str
    reader: str
    number: int


@dataclass(frozen=True)
class FactRetried:
    """What a reader could not react to is tried again at once; `object_id` is `reader:number`."""

    kind: ClassVar[str] = "fact.retried"
    topic: ClassVar[str] = "outbox"
    object_id: str
    reader: str
    number: int
