"""One program dies at work: the others stop, it is said which, and nothing is lost or counted twice."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPException
from pathlib import Path

import pytest
from benchmarks.crash import logged

from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import Kind
from tests.journeys.desk.installation import Installation, installed
from tests.journeys.desk.storage.conftest import KIND, Worked
from tests.journeys.patience import wait_until

ENOUGH = 20


def decided(data: Path) -> list[int]:
    """Return the sequence numbers of the decisions in the log."""
    reader = LogReader(data / "organisations" / "demo" / "log", FileKeyRing(data / "master.key"), organisation="demo")
    return [seq for seq, kind, _ in reader.records(1) if kind == Kind.DECISION]


def projected(data: Path) -> list[int]:
    with closing(sqlite3.connect(data / "projection.sqlite3", timeout=20)) as connection:
        rows = connection.execute("SELECT id & ((1 << 40) - 1) FROM decisions_decision ORDER BY id").fetchall()
    return [int(row[0]) for row in rows]


def kill(installation: Installation, name: str) -> None:
    """End one of the programs without a word; the others must stop, and it must be said which it was."""
    os.kill(installation.children()[name], signal.SIGKILL)
    assert installation.process is not None
    assert installation.process.wait(40) == 1
    assert f"{name} ended by itself" in installation.output
    assert installation.children() == {}


@contextmanager
def events(installation: Installation) -> Iterator[list[str]]:
    """Send events beside a block, until the gateway is gone; yield the ids of those that were answered."""
    answered: list[str] = []
    is_over = threading.Event()

    def send() -> None:
        with contextlib.suppress(OSError, HTTPException):
            while not is_over.wait(0.02) and installation.decide(f"sent-{len(answered)}"):
                answered.append(f"sent-{len(answered)}")

    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send)
        try:
            yield answered
        finally:
            is_over.set()
        sending.result()


@contextmanager
def worker_alone(installation: Installation) -> Iterator[None]:
    """Run the worker on the data of an installation that stopped, for the time of a block."""
    settings = installation.environment() | {"ANXIN_DESK_DATA": str(installation.data)}
    worker = subprocess.Popen([sys.executable, "-m", "anxin.cli", "desk", "worker"], env=settings)
    try:
        yield
        assert worker.poll() is None
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(40) == 0


@pytest.mark.skipif(KIND != "files", reason="reads the files of SQLite")
def test_a_program_killed_at_work_is_named_and_nothing_is_lost(worked: Worked, tmp_path: Path) -> None:
    data = shutil.copytree(worked.source.data, tmp_path / "data")
    with installed(data) as demonstration:
        demonstration.wait_for_traffic(ENOUGH)
        kill(demonstration, "gateway")
    with installed(data, is_demo=False) as plain, events(plain) as answered:
        wait_until(lambda: len(answered) >= ENOUGH)
        kill(plain, "worker")
    log = decided(data)
    assert set(answered) <= set(logged(data))
    with worker_alone(plain):
        # What was decided while the programs were being stopped is taken in at the next start.
        wait_until(lambda: len(projected(data)) >= len(log))
    assert projected(data) == log
