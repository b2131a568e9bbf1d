"""Group commit: one thread a log, one sync a batch, and word to the event loop of how far it got."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from anxin.engine.log.errors import DiskFull, LogFailed
from anxin.engine.log.writer import LogWriter
from anxin.gateway.journal import JOURNAL

_RETRY_SECONDS = 0.25


class Committer:
    """Commits whenever something was appended; all callbacks run on the event loop.

    `on_durable` hears the durable seq after each commit, `on_full` that the disk has no room (the records wait and the
    commit is tried again), `on_failed` that the disk failed: nothing after it is durable.
    """

    def __init__(
        self,
        writer: LogWriter,
        *,
        loop: asyncio.AbstractEventLoop,
        on_durable: Callable[[int], None],
        on_full: Callable[[], None],
        on_failed: Callable[[LogFailed], None],
    ) -> None:
        self._writer = writer
        self._loop = loop
        self._on_durable = on_durable
        self._on_full = on_full
        self._on_failed = on_failed
        self._wake = threading.Event()
        self._is_stopping = False
        self._is_due = False
        self._thread = threading.Thread(target=self._run, name="commit", daemon=True)
        self.commits = 0

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def kick(self) -> None:
        """Ask for a commit of all that is appended up to the end of this turn of the event loop."""
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._wake_up)

    def _wake_up(self) -> None:
        self._is_due = False
        self._wake.set()

    def stop(self) -> None:
        """Commit once more and end the thread; returns when it has ended."""
        self._is_stopping = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_stopping:
            self._wake.wait()
            self._wake.clear()
            if not self._commit():
                return

    def _commit(self) -> bool:
        try:
            durable = self._writer.commit()
        except DiskFull:
            self._tell(self._on_full)
            self._wake.set()
            threading.Event().wait(_RETRY_SECONDS)
        except LogFailed as failure:
            self._tell(self._on_failed, failure)
            return False
        except Exception as fault:  # noqa: BLE001 answers would wait for ever for a thread that is gone
            JOURNAL.error("fault", exc_info=fault)
            self._tell(self._on_failed, LogFailed(reason=type(fault).__name__))
            return False
        else:
            self.commits += 1
            self._tell(self._on_durable, durable)
        return True

    def _tell(self, callback: Callable[..., None], *heard: object) -> None:
        self._loop.call_soon_threadsafe(callback, *heard)
