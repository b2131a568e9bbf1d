"""One program dies at work: the others stop, it is said which, and nothing is lost or counted twice."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import Kind
from tests.journeys.desk.installation import Installation, installed
from tests.journeys.desk.storage.conftest import KIND, Worked


def decided(data: Path) -> list[int]:
    """Return the sequence numbers of the decisions in the log."""
    reader = LogReader(data / "organisations" / "demo" / "log", FileKeyRing(data / "master.key"), organisation="demo")
    return [seq for seq, kind, _ in reader.records(1) if kind == Kind.DECISION]


def projected(data: Path) -> list[int]:
    with closing(sqlite3.connect(data / "projection.sqlite3", timeout=20)) as connection:
        rows = connection.execute("SELECT id & ((1 << 40) - 1) FROM decisions_decision ORDER BY id").fetchall()
    return [int(row[0]) for row in rows]


def wait_until_projected(installation: Installation, seq: int) -> None:
    until = time.monotonic() + 60
    while not (found := projected(installation.data)) or found[-1] < seq:
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.skipif(KIND != "files", reason="reads the files of SQLite")
def test_a_program_killed_at_work_is_named_and_nothing_is_lost(worked: Worked, tmp_path: Path) -> None:
    data = shutil.copytree(worked.source.data, tmp_path / "data")
    for name in ("worker", "gateway"):
        with installed(data) as killed:
            killed.wait_for_traffic(40)
            os.kill(killed.children()[name], signal.SIGKILL)
            assert killed.process is not None
            assert killed.process.wait(40) == 1
            assert f"{name} ended by itself" in killed.output
            assert killed.children() == {}
    with installed(data) as last:
        last.wait_for_traffic(20)
        wait_until_projected(last, decided(last.data)[-1])
        assert last.stop() == 0
        log, tables = decided(last.data), projected(last.data)
        # What was decided while the programs were being stopped is taken in at the next start.
        assert tables == log[: len(tables)]
        assert len(tables) >= 60
