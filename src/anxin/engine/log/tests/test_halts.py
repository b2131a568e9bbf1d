"""The process ends at each single step on the disk, one after another."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from anxin.engine.log.closing import Closing
from anxin.engine.log.disk import Disk
from anxin.engine.log.tests.logs import SHOP, expected, make_log, open_writer, records, ring_of, segments, write
from anxin.engine.log.verify import verify_log

HALTED, DONE = 7, 0
BEFORE = 1_000 + 60 * 10


class HaltingDisk(Disk):
    """Ends the process before its step number `left`, without any cleaning up."""

    def __init__(self, left: int) -> None:
        self._left = left

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            os._exit(HALTED)

    def allocate(self, fd: int, size: int) -> None:
        self._step()
        super().allocate(fd, size)

    def write(self, fd: int, block: bytes, offset: int) -> None:
        self._step()
        super().write(fd, block, offset)

    def sync(self, fd: int) -> None:
        self._step()
        super().sync(fd)

    def sync_all(self, fd: int) -> None:
        self._step()
        super().sync_all(fd)

    def truncate(self, fd: int, size: int) -> None:
        self._step()
        super().truncate(fd, size)

    def rename(self, path: Path, to: Path) -> None:
        self._step()
        super().rename(path, to)

    def remove(self, *paths: Path) -> None:
        self._step()
        super().remove(*paths[:1])
        self._step()
        super().remove(*paths)

    def sync_folder(self, folder: Path) -> None:
        self._step()
        super().sync_folder(folder)


def is_halted(work: Callable[[Disk], object], step: int) -> bool:
    """Do `work` in a child that ends at `step`; return False when the work was done before."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(HaltingDisk(step))
            code = DONE
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (HALTED, DONE)
    return code == HALTED


def halts(work: Callable[[Disk], object], check: Callable[[], None]) -> int:
    """Halt `work` at each of its steps and `check` after each; return how many steps it took."""
    step = 0
    while is_halted(work, step):
        check()
        step += 1
    check()
    return step


def closing_of(folder: Path, disk: Disk | None = None) -> Closing:
    return Closing(folder / "log", SHOP, ring_of(folder), disk=disk)


def compress(folder: Path, disk: Disk) -> None:
    closing_of(folder, disk).compress(limit=1)


def drop(folder: Path, disk: Disk) -> None:
    closing_of(folder, disk).drop(before=BEFORE, at=1)


@pytest.mark.parametrize("work", [compress, drop])
def test_closing_work_may_end_anywhere(tmp_path: Path, work: Callable[[Path, Disk], None]) -> None:
    make_log(tmp_path, 200)

    def check() -> None:
        assert verify_log(tmp_path / "log", ring_of(tmp_path), at_least=200).damages == []
        first = records(tmp_path, 100)[0][0]
        assert records(tmp_path, first) == expected(first, 200)

    assert halts(lambda disk: work(tmp_path, disk), check) >= 5
    closing_of(tmp_path).compress()
    check()
    assert list((tmp_path / "log").glob("*.new")) == []
    assert [path.suffix for path in segments(tmp_path)].count(".seg") == 1


def test_a_writer_may_end_anywhere(tmp_path: Path) -> None:
    acknowledged = tmp_path / "acknowledged"
    acknowledged.write_text("0")

    def work(disk: Disk) -> None:
        writer = open_writer(tmp_path, disk=disk)
        for _ in range(6):
            for _ in range(12):
                seq = writer.last_seq + 1
                writer.append(*expected(seq, seq)[0][1:], 1)
            acknowledged.write_text(str(writer.commit()))
        writer.close()

    def check() -> None:
        found = records(tmp_path)
        assert found == expected(1, len(found))
        assert len(found) >= int(acknowledged.read_text())
        assert verify_log(tmp_path / "log", ring_of(tmp_path)).is_intact

    assert halts(work, check) >= 20
    writer = open_writer(tmp_path)
    write(writer, 3)
    writer.close()
    check()
    assert list((tmp_path / "log").glob("*.new")) == []
