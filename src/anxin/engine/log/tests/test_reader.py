from __future__ import annotations

import threading
from pathlib import Path

import pytest

from anxin.engine.log.closing import Closing
from anxin.engine.log.errors import LogDamaged, RecordUnknown
from anxin.engine.log.reader import Entry, LogReader
from anxin.engine.log.tests.logs import (
    SHOP,
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
from anxin.engine.log.verify import Damage, verify_log

ROOM = 256 * 1024


def reader_of(folder: Path) -> LogReader:
    return LogReader(folder / "log", ring_of(folder))


@pytest.mark.parametrize("capacity", [4096, ROOM])
@pytest.mark.parametrize("from_seq", [1, 2, 60, 255, 256, 257, 600, 601])
def test_records_start_anywhere(tmp_path: Path, capacity: int, from_seq: int) -> None:
    make_log(tmp_path, 600, capacity=capacity)
    assert records(tmp_path, from_seq) == expected(from_seq, 600)


def test_an_empty_log_has_no_records(tmp_path: Path) -> None:
    assert list(reader_of(tmp_path).records()) == []
    assert reader_of(tmp_path).first_seq() == 1


def test_one_record_is_read_by_number_in_any_order(tmp_path: Path) -> None:
    make_log(tmp_path, 900, capacity=ROOM)
    Closing(tmp_path / "log", SHOP, ring_of(tmp_path)).compress(limit=1)
    reader = reader_of(tmp_path)
    for seq in (900, 1, 513, 512, 511, 256, 257, 899):
        assert reader.read(seq) == (1 + seq % 3, payload(seq))


@pytest.mark.parametrize("seq", [0, 301, 302, 9_000])
def test_a_record_that_was_never_written_is_unknown(tmp_path: Path, seq: int) -> None:
    make_log(tmp_path, 300)
    with pytest.raises(RecordUnknown):
        reader_of(tmp_path).read(seq)


def test_a_place_beyond_the_end_is_unknown(tmp_path: Path) -> None:
    make_log(tmp_path, 300)
    assert records(tmp_path, 301) == []
    with pytest.raises(RecordUnknown):
        records(tmp_path, 302)


def test_a_reader_follows_a_writer_over_segments(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    tail = reader_of(tmp_path).tail()
    seen = []
    for _ in range(40):
        write(writer, 9)
        seen += tail.poll()
        assert tail.position == writer.durable_seq + 1
    writer.close()
    assert list(tail.poll()) == []
    assert seen == expected(1, 360)


def test_a_follower_resumes_from_its_position_after_compression(tmp_path: Path) -> None:
    make_log(tmp_path, 300)
    tail = reader_of(tmp_path).tail(41)
    polled = tail.poll()
    first = [next(polled) for _ in range(7)]
    Closing(tmp_path / "log", SHOP, ring_of(tmp_path)).compress()
    rest = list(polled)
    assert first + rest == expected(41, 300)
    again = reader_of(tmp_path).tail(48)
    assert list(again.poll()) == expected(48, 300)


def test_uncommitted_records_are_invisible(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    write(writer, 3)
    writer.append(1, b"waiting", 5)
    assert records(tmp_path) == expected(1, 3)
    writer.close()


def test_another_organisation_is_refused(tmp_path: Path) -> None:
    make_log(tmp_path, 3)
    with pytest.raises(LogDamaged):
        list(LogReader(tmp_path / "log", ring_of(tmp_path), organisation="other").records())


def test_damage_in_a_closed_segment_stops_the_reader_with_its_place(tmp_path: Path) -> None:
    make_log(tmp_path, 200)
    path = segments(tmp_path)[1]
    first = int(path.stem)
    flip(path, 300)
    reader = reader_of(tmp_path).records()
    seen = [next(reader) for _ in range(first - 1)]
    assert seen == expected(1, first - 1)
    with pytest.raises(LogDamaged) as caught:
        next(reader)
    assert (caught.value.file, caught.value.offset, caught.value.seq) == (path.name, 272, first)


def test_damage_in_a_closed_last_segment_is_not_taken_for_its_end(tmp_path: Path) -> None:
    make_log(tmp_path, 20, capacity=ROOM)
    flip(segments(tmp_path)[0], 900)
    with pytest.raises(LogDamaged):
        records(tmp_path)


def test_damage_in_an_open_segment_is_not_taken_for_its_end(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, capacity=ROOM)
    write(writer, 50)
    reader = reader_of(tmp_path)
    assert reader.read(30) == (1 + 30 % 3, payload(30))
    flip(segments(tmp_path)[0], 900)
    tail = reader_of(tmp_path).tail()
    polled = tail.poll()
    with pytest.raises(LogDamaged) as caught:
        list(polled)
    assert (caught.value.file, caught.value.seq) == (segments(tmp_path)[0].name, tail.position)
    for seq in (tail.position, tail.position + 1, 50, 51):
        with pytest.raises(LogDamaged):
            reader_of(tmp_path).read(seq)
    abandon(writer)


def test_what_no_later_record_proves_may_be_a_batch_on_its_way(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, capacity=ROOM)
    write(writer, 20)
    used = len(segments(tmp_path)[0].read_bytes().rstrip(b"\0"))
    write(writer, 10)
    flip(segments(tmp_path)[0], used + 20)
    assert records(tmp_path) == expected(1, 20)
    with pytest.raises(RecordUnknown):
        reader_of(tmp_path).read(21)
    flip(segments(tmp_path)[0], used + 20)
    assert records(tmp_path) == expected(1, 30)
    abandon(writer)


def test_a_missing_segment_stops_the_reader(tmp_path: Path) -> None:
    make_log(tmp_path, 300)
    gone = segments(tmp_path)[1]
    gone.unlink()
    with pytest.raises(LogDamaged) as caught:
        records(tmp_path)
    assert (caught.value.file, caught.value.seq) == (segments(tmp_path)[1].name, int(gone.stem))


def test_readers_and_verifiers_beside_a_busy_writer_see_whole_records_in_order(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, capacity=64 * 1024)
    thread = threading.Thread(target=write, args=(writer, 3_000))
    tail = reader_of(tmp_path).tail()
    seen: list[Entry] = []
    damages: list[Damage] = []
    thread.start()
    while thread.is_alive():
        seen += tail.poll()
        damages += verify_log(tmp_path / "log", ring_of(tmp_path)).damages
        Closing(tmp_path / "log", SHOP, ring_of(tmp_path)).compress(limit=1)
    thread.join()
    writer.close()
    seen += tail.poll()
    assert seen == expected(1, 3_000)
    assert damages == []
