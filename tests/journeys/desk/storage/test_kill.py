"""One program dies at work: the others stop, it is said which, and nothing is lost or counted twice."""

from __future__ import annotations

import http.client
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from benchmarks.crash import logged

from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import Kind
from anxin.starter.folder import starter_folder
from tests.journeys.desk.installation import Installation
from tests.journeys.desk.storage.conftest import KIND, Restored, Worked
from tests.journeys.desk.storage.killing import ENOUGH, End, alone, events
from tests.journeys.patience import wait_until

pytestmark = pytest.mark.skipif(KIND != "files", reason="reads the files of SQLite")


def decided(data: Path) -> list[int]:
    """Return the sequence numbers of the decisions in the log."""
    reader = LogReader(data / "organisations" / "demo" / "log", FileKeyRing(data / "master.key"), organisation="demo")
    return [seq for seq, kind, _ in reader.records(1) if kind == Kind.DECISION]


def projected(data: Path) -> list[int]:
    with closing(sqlite3.connect(data / "projection.sqlite3", timeout=20)) as connection:
        rows = connection.execute("SELECT id & ((1 << 40) - 1) FROM decisions_decision ORDER BY id").fetchall()
    return [int(row[0]) for row in rows]


def check_end(end: End, name: str, data: Path) -> None:
    """Expect that it was said which program ended, that no other ran on, and that no answer was lost."""
    assert end.code == 1
    assert f"{name} ended by itself" in end.said
    assert end.left == ()
    assert set(end.answered) <= set(logged(data))


def check_projected(installation: Installation) -> None:
    """Expect that the worker's next start takes in what was decided while the programs were being stopped."""
    log = decided(installation.data)
    with alone(installation, "desk", "worker"):
        wait_until(lambda: len(projected(installation.data)) >= len(log))
    assert projected(installation.data) == log


def answers(installation: Installation) -> bool:
    try:
        return installation.stored() > 0
    except (OSError, http.client.HTTPException, ValueError):
        return False


def test_a_gateway_killed_at_work_is_named_and_nothing_is_lost(worked: Worked, tmp_path: Path) -> None:
    data = shutil.copytree(worked.source.data, tmp_path / "data")
    check_end(worked.end, "gateway", data)
    again = Installation(data)
    words = ["--data", str(data), "--gateway-port", str(again.port), "--policy", str(starter_folder())]
    with alone(again, "gateway", *words, "--database-url", f"sqlite:///{data / 'desk.sqlite3'}"):
        wait_until(lambda: answers(again))
        with events(again, "after") as answered:
            wait_until(lambda: len(answered) >= ENOUGH)
    assert {*worked.end.answered, *answered} <= set(logged(data))
    check_projected(again)


def test_a_worker_killed_at_work_is_named_and_nothing_is_counted_twice(restored: Restored, tmp_path: Path) -> None:
    data = shutil.copytree(restored.installation.data, tmp_path / "data")
    check_end(restored.end, "worker", data)
    check_projected(Installation(data))
