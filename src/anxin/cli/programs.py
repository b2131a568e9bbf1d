"""The processes that `anxin up` starts and stops."""

from __future__ import annotations

import errno
import http.client
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS = 120.0
STOP_SECONDS = 9.0
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

    def wait(self, until: float) -> None:
        """Wait until it ended, and end it by force at the moment `until` (monotonic)."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def last_words(self) -> list[str]:
        """Return the last lines of its journal."""
        return self.journal.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_WORDS:]


def stop_all(programs: Sequence[Program]) -> None:
    """Ask all to stop, and end by force what has not ended some seconds later."""
    until = time.monotonic() + STOP_SECONDS
    for each in programs:
        each.ask_to_stop()
    for each in programs:
        each.wait(until)


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


@dataclass(frozen=True)
class Server:
    """Where a program can be asked whether it is ready; `name` is the host name it wants to be called by."""

    host: str
    port: int
    path: str
    name: str = "localhost"
    is_tls: bool = False

    def answers(self) -> bool:
        """Return whether it answers with 200."""
        try:
            connection = self._connect()
            connection.request("GET", self.path, headers={"Host": self.name})
            status = connection.getresponse().status
            connection.close()
        except (OSError, http.client.HTTPException):
            return False
        return status == http.HTTPStatus.OK

    def _connect(self) -> http.client.HTTPConnection:
        if not self.is_tls:
            return http.client.HTTPConnection(self.host, self.port, timeout=1)
        # Asked of the very process this one started; its certificate is for names outside.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection(self.host, self.port, timeout=1, context=context)


def is_taken(host: str, port: int) -> bool:
    """Return whether another program listens on an address, so that ours could not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as problem:
            return problem.errno == errno.EADDRINUSE
    return False


def reachable(host: str) -> str:
    """Return the address under which this machine itself reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
