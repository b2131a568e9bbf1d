"""The processes that `anxin up` starts and stops."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

READY_SECONDS = 120.0
STOP_SECONDS = 20.0
LAST_WORDS = 4


class Program:
    """One process, with its journal in a file of the data folder; `ready` tells whether it can be used."""

    def __init__(
        self, name: str, arguments: Sequence[str], journal: Path, *, ready: Callable[[], bool] | None = None
    ) -> None:
        self.name = name
        self.journal = journal
        self._command = (sys.executable, "-m", "anxin.cli", *arguments)
        self._ready = ready
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches only its parent."""
        with self.journal.open("ab") as out:
            self._process = subprocess.Popen(
                self._command, stdout=out, stderr=out, start_new_session=True, env=dict(environment)
            )

    def has_ended(self) -> bool:
        """Return whether it ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def is_ready(self) -> bool:
        """Return whether it can be used."""
        return self._ready is None or self._ready()

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def wait(self) -> None:
        """Wait until it ended, and end it by force after a while."""
        if self._process is None:
            return
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def last_words(self) -> list[str]:
        """Return the last lines of its journal."""
        return self.journal.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_WORDS:]


def wait_until_ready(programs: Sequence[Program], is_stopping: Callable[[], bool]) -> Program | None:
    """Wait until all are ready; return the one that ended or did not get ready, None when all are or it was stopped."""
    deadline = time.monotonic() + READY_SECONDS
    waiting = list(programs)
    while waiting and not is_stopping():
        ended = [each for each in programs if each.has_ended()]
        if ended or time.monotonic() > deadline:
            return (ended or waiting)[0]
        waiting = [each for each in waiting if not each.is_ready()]
        time.sleep(0.1)
    return None


def answers(port: int, path: str) -> bool:
    """Return whether a server on this port of loopback answers the path with 200."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
    except (OSError, http.client.HTTPException):
        return False
    return status == http.HTTPStatus.OK
