from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from anxin.engine.log.errors import DiskFull, LogBusy, LogFailed, RecordTooLarge
from anxin.engine.log.segment import MAX_PAYLOAD
from anxin.engine.log.tests.logs import (
    SMALL,
    FaultyDisk,
    abandon,
    expected,
    make_log,
    open_writer,
    payload,
    records,
    ring_of,
    segments,
    write,
)
from anxin.engine.log.verify import verify_log


def append(writer, count):
    for _ in range(count):
        seq = writer.last_seq + 1
        writer.append(1 + seq % 3, payload(seq), 1_000 + seq)


def test_appended_records_are_durable_only_after_commit(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    append(writer, 3)
    assert (writer.last_seq, writer.durable_seq, records(tmp_path)) == (3, 0, [])
    assert writer.commit() == 3
    assert (writer.durable_seq, records(tmp_path)) == (3, expected(1, 3))
    writer.close()


def test_an_empty_commit_changes_nothing(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    assert writer.commit() == 0
    writer.close()
    assert segments(tmp_path) == []


def test_numbers_go_on_over_segments_and_restarts(tmp_path: Path) -> None:
    make_log(tmp_path, 100)
    make_log(tmp_path, 100)
    assert records(tmp_path) == expected(1, 200)
    assert len(segments(tmp_path)) > 3
    assert all(path.stat().st_size <= SMALL for path in segments(tmp_path))


def test_an_open_segment_is_preallocated_and_a_closed_one_is_cut_to_size(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    write(writer, 1)
    assert segments(tmp_path)[0].stat().st_size == SMALL
    writer.close()
    assert segments(tmp_path)[0].stat().st_size < SMALL


def test_a_record_larger_than_a_segment_gets_one_of_its_own(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    writer.append(1, b"small", 1)
    writer.append(1, b"x" * 3 * SMALL, 2)
    writer.append(1, b"small", 3)
    writer.close()
    assert [len(entry[2]) for entry in records(tmp_path)] == [5, 3 * SMALL, 5]


def test_a_record_over_the_limit_is_refused_and_leaves_no_trace(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    with pytest.raises(RecordTooLarge):
        writer.append(1, bytes(MAX_PAYLOAD + 1), 1)
    write(writer, 2)
    assert records(tmp_path) == expected(1, 2)
    writer.close()


def test_two_writers_on_one_folder_are_refused(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    with pytest.raises(LogBusy):
        open_writer(tmp_path)
    writer.close()
    open_writer(tmp_path).close()


def test_a_closed_writer_refuses(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    writer.close()
    writer.close()
    with pytest.raises(LogFailed):
        writer.append(1, b"", 1)
    with pytest.raises(LogFailed):
        writer.commit()


def test_appending_beside_a_committing_thread_loses_nothing(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, capacity=64 * 1024)
    done = threading.Event()

    def commit_all() -> None:
        while not done.is_set():
            writer.commit()

    thread = threading.Thread(target=commit_all)
    thread.start()
    append(writer, 3_000)
    done.set()
    thread.join()
    writer.close()
    assert records(tmp_path) == expected(1, 3_000)
    assert verify_log(tmp_path / "log", ring_of(tmp_path)).damages == []


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE], ids=errno.errorcode.get)
def test_a_full_disk_refuses_new_records_and_keeps_the_waiting_ones(tmp_path: Path, error: int) -> None:
    disk = FaultyDisk()
    writer = open_writer(tmp_path, disk=disk)
    write(writer, 10)
    disk.allocate_error = error
    append(writer, 200)
    with pytest.raises(DiskFull):
        writer.commit()
    durable = writer.durable_seq
    assert 10 <= durable < 210
    assert records(tmp_path) == expected(1, durable)
    with pytest.raises(DiskFull):
        writer.append(1, b"new", 5)
    disk.allocate_error = None
    assert writer.commit() == 210
    assert writer.is_full is False
    write(writer, 5)
    writer.close()
    assert records(tmp_path) == expected(1, 215)
    assert verify_log(tmp_path / "log", ring_of(tmp_path)).damages == []


def test_a_write_without_room_acknowledges_nothing_and_is_repeated(tmp_path: Path) -> None:
    disk = FaultyDisk()
    writer = open_writer(tmp_path, disk=disk)
    write(writer, 10)
    disk.write_error = errno.ENOSPC
    append(writer, 5)
    with pytest.raises(DiskFull):
        writer.commit()
    assert writer.durable_seq == 10
    disk.write_error = None
    assert writer.commit() == 15
    writer.close()
    assert records(tmp_path) == expected(1, 15)


def test_after_a_crash_on_a_full_disk_only_unacknowledged_records_are_gone(tmp_path: Path) -> None:
    disk = FaultyDisk()
    writer = open_writer(tmp_path, disk=disk)
    write(writer, 10)
    disk.write_error = errno.EDQUOT
    append(writer, 5)
    with pytest.raises(DiskFull):
        writer.commit()
    abandon(writer)
    writer = open_writer(tmp_path)
    assert 10 <= writer.last_seq < 15
    assert writer.recovered.cut > 0
    writer.close()


def test_the_reserve_takes_the_last_words_on_a_full_disk(tmp_path: Path) -> None:
    disk = FaultyDisk()
    writer = open_writer(tmp_path, disk=disk)
    write(writer, 10)
    append(writer, 200)
    disk.reserve = tmp_path / "log" / "reserve"
    with pytest.raises(DiskFull):
        writer.commit()
    writer.append(6, b"stopped", 9_999, is_last_word=True)
    writer.close()
    assert records(tmp_path) == [*expected(1, 210), (211, 6, b"stopped")]
    assert verify_log(tmp_path / "log", ring_of(tmp_path)).damages == []


def test_closing_without_any_room_says_so(tmp_path: Path) -> None:
    disk = FaultyDisk()
    writer = open_writer(tmp_path, disk=disk)
    disk.allocate_error = errno.ENOSPC
    append(writer, 1)
    with pytest.raises(DiskFull):
        writer.close()
    open_writer(tmp_path).close()


@pytest.mark.parametrize("kind", ["sync", "write"])
def test_a_disk_error_makes_the_writer_unusable(tmp_path: Path, kind: str) -> None:
    disk = FaultyDisk()
    writer = open_writer(tmp_path, disk=disk)
    write(writer, 10)
    setattr(disk, f"{kind}_error", errno.EIO)
    append(writer, 1)
    with pytest.raises(LogFailed):
        writer.commit()
    setattr(disk, f"{kind}_error", None)
    assert writer.durable_seq == 10
    with pytest.raises(LogFailed):
        writer.append(1, b"", 1)
    with pytest.raises(LogFailed):
        writer.commit()
    writer.close()
    open_writer(tmp_path).close()
    assert records(tmp_path)[:10] == expected(1, 10)


def test_a_key_that_became_unreadable_ends_the_writer(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    write(writer, 3)
    ring_of(tmp_path).rotate()
    (tmp_path / "master.key.2").chmod(0o644)
    with pytest.raises(LogFailed):
        append(writer, 100)
    with pytest.raises(LogFailed):
        writer.commit()
    writer.close()


def test_a_draft_left_by_a_crash_is_removed(tmp_path: Path) -> None:
    make_log(tmp_path, 3)
    draft = tmp_path / "log" / f"{4:020d}.seg.new"
    draft.write_bytes(bytes(SMALL))
    open_writer(tmp_path).close()
    assert not draft.exists()


def test_a_full_disk_that_surfaces_at_sync_is_a_failure(tmp_path: Path) -> None:
    disk = FaultyDisk()
    writer = open_writer(tmp_path, disk=disk)
    disk.sync_error = errno.ENOSPC
    append(writer, 1)
    with pytest.raises(LogFailed):
        writer.commit()
    writer.close()
