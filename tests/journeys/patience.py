"""How long a journey waits for what must come: minutes, as other work may keep the machine busy."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_SECONDS = 300.0


def wait_until(condition: Callable[[], object]) -> None:
    """Return once the condition holds."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)
