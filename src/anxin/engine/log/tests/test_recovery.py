from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.engine.log.closing import Closing
from anxin.engine.log.errors import KeyMissing, LogDamaged
from anxin.engine.log.faults import FRAME_CHECKSUM, TAIL_CUT, TAIL_DIRTY
from anxin.engine.log.segment import HEADER_SIZE
from anxin.engine.log.tests.logs import (
    abandon,
    expected,
    flip,
    make_log,
    open_writer,
    payload,
    records,
    ring_of,
    segments,
    write,
)
from anxin.engine.log.verify import verify_log

ROOM = 64 * 1024


def crashed(folder: Path, count: int, *, uncommitted: int = 0) -> Path:
    """Leave a log as a kill does after `count` durable records, and return its last segment."""
    writer = open_writer(folder, capacity=ROOM)
    write(writer, count)
    for seq in range(count + 1, count + uncommitted + 1):
        writer.append(1 + seq % 3, payload(seq), seq)
    if uncommitted:
        # The records reach the disk, but the writer never hears of it.
        writer.commit()
    abandon(writer)
    return segments(folder)[-1]


def test_a_kill_without_a_torn_tail_is_nothing_to_report(tmp_path: Path) -> None:
    crashed(tmp_path, 50)
    assert verify_log(tmp_path / "log", ring_of(tmp_path)).damages == []
    writer = open_writer(tmp_path)
    assert (writer.last_seq, writer.durable_seq, writer.recovered.cut) == (50, 50, 0)
    write(writer, 10)
    writer.close()
    assert records(tmp_path) == expected(1, 60)
    assert verify_log(tmp_path / "log", ring_of(tmp_path)).damages == []


def test_a_torn_tail_is_cut_and_reported(tmp_path: Path) -> None:
    path = crashed(tmp_path, 20)
    size = len(path.read_bytes().rstrip(b"\0"))
    with path.open("r+b") as file:
        file.seek(size)
        file.write(b"\x40\0\0\0torn away in the middle")
    found = verify_log(tmp_path / "log", ring_of(tmp_path))
    assert [(each.fault, each.offset, each.seq, each.is_torn_tail) for each in found.damages] == [
        (FRAME_CHECKSUM, size, 21, True)
    ]
    assert found.is_intact is True
    writer = open_writer(tmp_path)
    assert (writer.last_seq, writer.recovered.fault, writer.recovered.offset) == (20, FRAME_CHECKSUM, size)
    assert writer.recovered.cut == 27
    write(writer, 5)
    writer.close()
    assert records(tmp_path) == expected(1, 25)
    assert verify_log(tmp_path / "log", ring_of(tmp_path)).damages == []


def test_bytes_behind_a_gap_are_a_torn_tail(tmp_path: Path) -> None:
    path = crashed(tmp_path, 20)
    size = len(path.read_bytes().rstrip(b"\0"))
    with path.open("r+b") as file:
        file.seek(size + 100)
        file.write(b"later page")
    writer = open_writer(tmp_path)
    assert (writer.last_seq, writer.recovered.fault, writer.recovered.cut) == (20, TAIL_DIRTY, 110)
    writer.close()


def test_a_harmed_record_of_an_unacknowledged_batch_is_a_torn_tail(tmp_path: Path) -> None:
    path = crashed(tmp_path, 20, uncommitted=8)
    size = len(path.read_bytes().rstrip(b"\0"))
    flip(path, size - 400)
    writer = open_writer(tmp_path)
    assert 20 <= writer.last_seq < 28
    writer.close()
    assert records(tmp_path) == expected(1, writer.last_seq)


@pytest.mark.parametrize("offset", [HEADER_SIZE, HEADER_SIZE + 2, HEADER_SIZE + 6, HEADER_SIZE + 30, HEADER_SIZE + 300])
def test_a_harmed_acknowledged_record_is_refused_not_cut(tmp_path: Path, offset: int) -> None:
    path = crashed(tmp_path, 50)
    flip(path, offset)
    before = path.read_bytes()
    with pytest.raises(LogDamaged) as caught:
        open_writer(tmp_path)
    assert caught.value.file == path.name
    assert caught.value.offset <= offset
    assert path.read_bytes() == before
    assert verify_log(tmp_path / "log", ring_of(tmp_path)).is_intact is False


def test_a_harmed_record_of_a_closed_last_segment_is_refused(tmp_path: Path) -> None:
    make_log(tmp_path, 5, capacity=ROOM)
    flip(segments(tmp_path)[0], HEADER_SIZE + 20)
    with pytest.raises(LogDamaged):
        open_writer(tmp_path)


def test_an_empty_segment_left_by_a_crash_is_replaced(tmp_path: Path) -> None:
    make_log(tmp_path, 5, capacity=ROOM)
    path = crashed(tmp_path, 1)
    content = path.read_bytes()
    path.write_bytes(content[:HEADER_SIZE] + bytes(len(content) - HEADER_SIZE))
    writer = open_writer(tmp_path)
    assert (writer.last_seq, writer.recovered.cut) == (5, 0)
    write(writer, 3)
    writer.close()
    assert records(tmp_path) == expected(1, 8)


def test_a_crash_between_seal_and_truncation_is_finished(tmp_path: Path) -> None:
    make_log(tmp_path, 20, capacity=ROOM)
    path = segments(tmp_path)[0]
    size = path.stat().st_size
    os.truncate(path, ROOM)
    open_writer(tmp_path).close()
    assert path.stat().st_size == size
    assert records(tmp_path) == expected(1, 20)


def test_another_master_key_is_refused(tmp_path: Path) -> None:
    make_log(tmp_path, 5)
    (tmp_path / "master.key").unlink()
    with pytest.raises(KeyMissing):
        open_writer(tmp_path)
    with pytest.raises(KeyMissing):
        records(tmp_path)


def test_a_missing_folder_content_under_a_ledger_is_refused(tmp_path: Path) -> None:
    folder = make_log(tmp_path, 200)
    Closing(folder, "shop", ring_of(tmp_path)).drop(before=2_000, at=9_000)
    for path in segments(tmp_path):
        path.unlink()
    with pytest.raises(LogDamaged):
        open_writer(tmp_path)


@pytest.fixture(scope="module")
def torn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("torn")
    crashed(folder, 40).rename(folder / "whole")
    return folder


@settings(max_examples=60, deadline=None)
@given(size=st.integers(HEADER_SIZE, 4_000))
def test_any_truncation_of_the_open_segment_yields_a_prefix(torn: Path, size: int) -> None:
    shutil.rmtree(torn / "log")
    (torn / "log").mkdir()
    (torn / "log" / f"{1:020d}.seg").write_bytes((torn / "whole").read_bytes()[:size])
    before = records(torn)
    assert before == expected(1, len(before))
    report = verify_log(torn / "log", ring_of(torn))
    assert [(each.fault, each.seq, each.is_torn_tail) for each in report.damages] == [
        (TAIL_CUT, len(before) + 1, False)
    ]
    writer = open_writer(torn)
    assert (writer.last_seq, writer.recovered.fault) == (len(before), TAIL_CUT)
    write(writer, 3)
    writer.close()
    assert records(torn) == expected(1, len(before) + 3)
