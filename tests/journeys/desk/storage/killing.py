"""Programs of an installation are killed while events come, and single ones started again on what is left."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException

from tests.journeys.desk.installation import Installation
from tests.journeys.patience import PATIENCE_SECONDS, wait_until

ENOUGH = 20


@dataclass(frozen=True)
class End:
    """How an installation ended: its exit code, what it said, which programs it left, and the events it answered."""

    code: int
    said: str
    left: tuple[str, ...]
    answered: tuple[str, ...]


def killed(installation: Installation, name: str) -> End:
    """End one of the programs without a word while events are answered; the others must stop."""
    with events(installation, name) as answered:
        wait_until(lambda: len(answered) >= ENOUGH)
        os.kill(installation.children()[name], signal.SIGKILL)
    assert installation.process is not None
    code = installation.process.wait(PATIENCE_SECONDS)
    return End(code, installation.output, tuple(installation.children()), tuple(answered))


@contextmanager
def events(installation: Installation, name: str) -> Iterator[list[str]]:
    """Send events beside a block, until the gateway is gone; yield the ids of those that were answered."""
    answered: list[str] = []
    is_over = threading.Event()

    def send() -> None:
        with contextlib.suppress(OSError, HTTPException):
            while not is_over.wait(0.02) and installation.decide(f"{name}-{len(answered)}"):
                answered.append(f"{name}-{len(answered)}")

    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send)
        try:
            yield answered
        finally:
            is_over.set()
        sending.result()


@contextmanager
def alone(installation: Installation, *words: str) -> Iterator[None]:
    """Run one program on the data of an installation that stopped, for the time of a block."""
    settings = installation.environment() | {"ANXIN_DESK_DATA": str(installation.data)}
    program = subprocess.Popen([sys.executable, "-m", "anxin.cli", *words], env=settings)
    try:
        yield
        assert program.poll() is None
    finally:
        program.send_signal(signal.SIGTERM)
        assert program.wait(PATIENCE_SECONDS) == 0
