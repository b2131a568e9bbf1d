"""What the worker does again and again; each package's `tasks.py` lists its own as `DUTIES`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Duty:
    """One thing to do every `seconds`; `run` gets the moment (UTC), is safe to repeat, and returns how much it did.

    A duty that did as much as a `batch` is run again at once, so that a backlog goes down without waiting.
    """

    name: str
    seconds: float
    run: Callable[[datetime], int]
    batch: int = 1
