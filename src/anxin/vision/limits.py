"""How much a worker may take."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one worker process.

    `backlog` counts pictures that wait beside the one being read. `memory_bytes` is address space, of which the models
    reserve more than half. After `pictures_per_process` a fresh process takes over, so that no leak lasts.
    """

    seconds_per_picture: float = 20.0
    seconds_to_start: float = 60.0
    backlog: int = 16
    memory_bytes: int = 3 << 30
    pictures_per_process: int = 1000
