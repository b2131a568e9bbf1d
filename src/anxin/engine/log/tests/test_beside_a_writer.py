"""A log that is verified while it is written, compressed or left half written: harm, and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from anxin.engine.log.closing import Closing
from anxin.engine.log.disk import Disk
from anxin.engine.log.errors import LogFailed
from anxin.engine.log.folder import SegmentPath, list_segments
from anxin.engine.log.tests.logs import SHOP, abandon, open_writer, ring_of, segments, tear_until_sought, write
from anxin.engine.log.tests.test_verify import frame_places, verify
from anxin.engine.log.verify import LogReport


def test_a_log_being_written_is_intact(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    for _ in range(10):
        write(writer, 33)
        assert verify(tmp_path).damages == []
    abandon(writer)
    assert verify(tmp_path).damages == []


class _HalfwayDisk(Disk):
    """A disk that can be looked at while a write is half done; `share` of a block's bytes are there by then."""

    def __init__(self) -> None:
        self.halfway: Callable[[], None] | None = None
        self.share = 0.5

    def write(self, fd: int, block: bytes, offset: int) -> None:
        cut = int(len(block) * self.share)
        super().write(fd, block[:cut], offset)
        if self.halfway is not None:
            self.halfway()
        super().write(fd, block[cut:], offset + cut)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.97])
def test_a_batch_seen_while_it_is_written_is_no_torn_tail(tmp_path: Path, share: float) -> None:
    disk = _HalfwayDisk()
    writer = open_writer(tmp_path, disk=disk, capacity=64 * 1024)
    write(writer, 30)
    seen: list[LogReport] = []
    disk.share, disk.halfway = share, lambda: seen.append(verify(tmp_path))
    write(writer, 5)
    assert [each.damages for each in seen] == [[]]
    assert 30 <= seen[0].last_seq < 35
    writer.close()


def test_a_batch_left_half_written_is_a_torn_tail_once_its_writer_is_gone(tmp_path: Path) -> None:
    disk = _HalfwayDisk()
    writer = open_writer(tmp_path, disk=disk, capacity=64 * 1024)
    write(writer, 30)
    disk.halfway = lambda: abandon(writer)
    with pytest.raises(LogFailed):
        write(writer, 5)
    (damage,) = verify(tmp_path).damages
    assert (damage.is_torn_tail, damage.seq) == (True, verify(tmp_path).last_seq + 1)


def test_harm_to_acknowledged_records_shows_beside_the_writer(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, capacity=64 * 1024)
    write(writer, 50)
    path = segments(tmp_path)[0]
    offset, seq = frame_places(tmp_path, path)[20]
    with path.open("r+b") as file:
        file.seek(offset + 20)
        file.write(b"harm")
    (damage,) = verify(tmp_path).damages
    assert (damage.offset, damage.seq, damage.is_torn_tail) == (offset, seq, False)
    abandon(writer)


def test_a_batch_that_ends_while_its_proof_is_sought_is_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = open_writer(tmp_path, capacity=64 * 1024)
    write(writer, 30)
    tear_until_sought(tmp_path, writer, monkeypatch)
    assert verify(tmp_path).damages == []
    writer.close()


def test_segments_that_are_compressed_once_they_were_listed_are_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = open_writer(tmp_path)
    write(writer, 200)

    def list_and_compress(folder: Path) -> list[SegmentPath]:
        found = list_segments(folder)
        assert Closing(folder, SHOP, ring_of(tmp_path)).compress()
        return found

    monkeypatch.setattr("anxin.engine.log.verify.list_segments", list_and_compress)
    report = verify(tmp_path)
    assert (report.damages, report.last_seq) == ([], 200)
    abandon(writer)
