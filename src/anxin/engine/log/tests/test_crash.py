from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import anxin
from anxin.engine.log.closing import Closing
from anxin.engine.log.tests.logs import SHOP, expected, records, ring_of
from anxin.engine.log.verify import verify_log

KILLS = 20
SOURCES = {**os.environ, "PYTHONPATH": str(Path(anxin.__file__).parents[1])}


def acknowledged_before_kill(folder: Path, seconds: float) -> int:
    """Let a child write, kill it `seconds` after its first words, and return the last number it acknowledged."""
    command = [sys.executable, "-m", "anxin.engine.log.tests.killed", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=SOURCES) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(seconds)
        child.kill()
        # A last line without its end was cut by the kill.
        whole = (first + child.stdout.read()).rpartition(b"\n")[0]
    return int(whole.rpartition(b"\n")[2])


def test_no_acknowledged_record_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    moments = random.Random(20)
    for kill in range(KILLS):
        acknowledged = acknowledged_before_kill(tmp_path, moments.uniform(0, 0.03))
        found = records(tmp_path)
        assert len(found) >= acknowledged
        assert found == expected(1, len(found))
        assert verify_log(tmp_path / "log", ring_of(tmp_path), at_least=acknowledged).is_intact
        if kill % 5 == 4:
            Closing(tmp_path / "log", SHOP, ring_of(tmp_path)).compress()
