"""Small logs for tests."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from anxin.engine.log.disk import Disk
from anxin.engine.log.frames import End, LiveSegment
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import Entry, LogReader
from anxin.engine.log.writer import LogWriter

SHOP = "shop"
SMALL = 4096


def payload(seq: int) -> bytes:
    return f"record {seq} ".encode() * (1 + seq % 7)


def ring_of(folder: Path) -> FileKeyRing:
    return FileKeyRing(folder / "master.key")


def open_writer(folder: Path, *, disk: Disk | None = None, capacity: int = SMALL, at: int = 1_000) -> LogWriter:
    return LogWriter.open(folder / "log", SHOP, ring_of(folder), at, capacity=capacity, disk=disk)


def write(writer: LogWriter, count: int) -> None:
    """Append and commit `count` records, ten a batch, arriving ten ms apart."""
    for _ in range(count):
        seq = writer.last_seq + 1
        assert writer.append(1 + seq % 3, payload(seq), 1_000 + seq * 10) == seq
        if seq % 10 == 0:
            writer.commit()
    writer.commit()


def make_log(folder: Path, count: int, *, capacity: int = SMALL) -> Path:
    """Write `count` records, close, and return the log's folder."""
    writer = open_writer(folder, capacity=capacity)
    write(writer, count)
    writer.close()
    return folder / "log"


def abandon(writer: LogWriter) -> None:
    """Let go of the files as a killed process does: no commit, no seal."""
    writer._release()


def records(folder: Path, from_seq: int = 1) -> list[Entry]:
    return list(LogReader(folder / "log", ring_of(folder), organisation=SHOP).records(from_seq))


def expected(first: int, last: int) -> list[Entry]:
    return [(seq, 1 + seq % 3, payload(seq)) for seq in range(first, last + 1)]


def segments(folder: Path) -> list[Path]:
    return sorted((folder / "log").glob("*.seg*"))


def flip(path: Path, offset: int) -> None:
    content = bytearray(path.read_bytes())
    content[offset] ^= 0x40
    path.write_bytes(content)


def tear_until_sought(folder: Path, writer: LogWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write two batches of which half of the first shows, until somebody looks for what proves a loss."""
    (path,) = segments(folder)
    before = path.read_bytes()
    write(writer, 20)
    after = path.read_bytes()
    first = next(at for at in range(len(before)) if before[at] != after[at])
    path.write_bytes(after[: first + 60] + before[first + 60 :])
    is_proven = LiveSegment.is_proven

    def end_both(segment: LiveSegment, end: End) -> bool:
        path.write_bytes(after)
        return is_proven(segment, end)

    monkeypatch.setattr(LiveSegment, "is_proven", end_both)


class FaultyDisk(Disk):
    """A disk that fails on demand: errors are errno values; while `reserve` exists there is no room for a file."""

    def __init__(self) -> None:
        self.allocate_error: int | None = None
        self.write_error: int | None = None
        self.sync_error: int | None = None
        self.reserve: Path | None = None

    def allocate(self, fd: int, size: int) -> None:
        if self.reserve is not None and self.reserve.exists():
            _fail(errno.ENOSPC)
        _fail(self.allocate_error)
        super().allocate(fd, size)

    def write(self, fd: int, block: bytes, offset: int) -> None:
        if self.write_error is not None:
            super().write(fd, block[: len(block) // 2], offset)
        _fail(self.write_error)
        super().write(fd, block, offset)

    def sync(self, fd: int) -> None:
        _fail(self.sync_error)
        super().sync(fd)


def _fail(code: int | None) -> None:
    if code is not None:
        raise OSError(code, "injected")
