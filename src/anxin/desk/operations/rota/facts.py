"""What the rota tells others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class RotaChanged:
    """Somebody was planned, stands in, took over, or no longer does; `why` says which."""

    kind: ClassVar[str] = "rota.changed"
    topic: ClassVar[str] = "rota"
    object_id: str
    role: str
    person_id: str
    why: str
