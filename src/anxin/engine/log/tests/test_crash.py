from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path

from anxin.engine.log.closing import Closing
from anxin.engine.log.tests.killed import write
from anxin.engine.log.tests.logs import SHOP, expected, records, ring_of
from anxin.engine.log.verify import verify_log

KILLS = 20
# Children of a process that has loaded the writer: a start of their own would take longer than what they do.
LOADED = multiprocessing.get_context("forkserver")
LOADED.set_forkserver_preload([write.__module__])


def acknowledged_before_kill(folder: Path, seconds: float) -> int:
    """Let a child write, kill it `seconds` after its first words, and return the last number it acknowledged."""
    reading, writing = LOADED.Pipe(duplex=False)
    child = LOADED.Process(target=write, args=(folder, writing))
    child.start()
    writing.close()
    with reading, open(reading.fileno(), "rb", closefd=False) as words:
        first = words.readline()
        time.sleep(seconds)
        child.kill()
        # A last line without its end was cut by the kill.
        whole = (first + words.read()).rpartition(b"\n")[0]
    child.join()
    child.close()
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
