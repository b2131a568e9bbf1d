"""Work in a thread beside the event loop: whoever waits for it is answered, whatever happens to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from anxin.engine.errors import EngineError
from anxin.gateway.journal import JOURNAL
from anxin.gateway.problems import CallFailed

Result = TypeVar("Result")


class Aside:
    """Hands work to a thread, and what came of it back to the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, executor: Executor) -> None:
        self._loop = loop
        self._executor = executor

    def submit(
        self, work: Callable[[], Result], done: Callable[[Result], None], failed: Callable[[EngineError], None]
    ) -> None:
        """Call `done` with what `work` returns, or `failed` with the refusal that it raises; CallFailed for a fault."""
        self._executor.submit(self._work, work, done, failed)

    def _work(
        self, work: Callable[[], Result], done: Callable[[Result], None], failed: Callable[[EngineError], None]
    ) -> None:
        try:
            result = work()
        except EngineError as refusal:
            self._loop.call_soon_threadsafe(failed, refusal)
        except Exception as fault:  # noqa: BLE001 the caller would wait for ever
            JOURNAL.error("fault", exc_info=fault)
            self._loop.call_soon_threadsafe(failed, CallFailed())
        else:
            self._loop.call_soon_threadsafe(done, result)
