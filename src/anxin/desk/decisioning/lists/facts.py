"""What this package tells others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ListChanged:
    """A change of a list was ordered of the gateway or taken back; `state` says which."""

    kind: ClassVar[str] = "list.changed"
    topic: ClassVar[str] = "lists"
    object_id: str
    list_name: str
    act: str
    state: str
    count: int
