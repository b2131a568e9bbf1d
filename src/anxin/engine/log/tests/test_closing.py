from __future__ import annotations

import errno
from pathlib import Path

import pytest

from anxin.engine.log.closing import Closing
from anxin.engine.log.disk import Disk
from anxin.engine.log.errors import DiskFull, LogBusy, LogDamaged, RecordUnknown
from anxin.engine.log.ledger import read_ledger
from anxin.engine.log.tests.logs import (
    SHOP,
    FaultyDisk,
    abandon,
    expected,
    flip,
    make_log,
    open_writer,
    records,
    ring_of,
    segments,
    write,
)
from anxin.engine.log.verify import verify_log


def closing_of(folder: Path, disk: Disk | None = None) -> Closing:
    return Closing(folder / "log", SHOP, ring_of(folder), disk=disk)


def names(folder: Path) -> list[str]:
    return [path.name.lstrip("0").partition(".")[2] for path in segments(folder)]


def is_intact(folder: Path) -> bool:
    return verify_log(folder / "log", ring_of(folder)).damages == []


def test_all_but_the_last_segment_are_compressed(tmp_path: Path) -> None:
    make_log(tmp_path, 300)
    before = segments(tmp_path)
    size = before[0].stat().st_size
    made = closing_of(tmp_path).compress()
    assert [path.name for path in made] == [f"{path.name}.z" for path in before[:-1]]
    assert names(tmp_path) == ["seg.z"] * (len(before) - 1) + ["seg"]
    assert made[0].stat().st_size < size
    assert records(tmp_path) == expected(1, 300)
    assert is_intact(tmp_path)


def test_compressing_twice_finds_nothing_to_do(tmp_path: Path) -> None:
    make_log(tmp_path, 300)
    assert len(closing_of(tmp_path).compress(limit=2)) == 2
    rest = len([name for name in names(tmp_path) if name == "seg"]) - 1
    assert len(closing_of(tmp_path).compress()) == rest
    assert closing_of(tmp_path).compress() == []


def test_a_writer_goes_on_after_compression(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    write(writer, 300)
    closing_of(tmp_path).compress()
    write(writer, 300)
    writer.close()
    assert records(tmp_path) == expected(1, 600)
    assert is_intact(tmp_path)


def test_a_log_whose_last_segment_is_compressed_can_be_continued(tmp_path: Path) -> None:
    make_log(tmp_path, 300)
    closing_of(tmp_path).compress()
    # As when a crash left an empty last segment, which the next start removes.
    segments(tmp_path)[-1].unlink()
    last = len(records(tmp_path))
    writer = open_writer(tmp_path)
    assert writer.last_seq == last
    write(writer, 10)
    writer.close()
    assert records(tmp_path) == expected(1, last + 10)
    assert is_intact(tmp_path)


def test_a_crash_that_leaves_both_forms_counts_no_record_twice(tmp_path: Path) -> None:
    make_log(tmp_path, 300)
    kept = {path: path.read_bytes() for path in segments(tmp_path)}
    closing_of(tmp_path).compress()
    for path, content in kept.items():
        path.write_bytes(content)
    assert records(tmp_path) == expected(1, 300)
    assert is_intact(tmp_path)
    closing_of(tmp_path).compress()
    assert names(tmp_path)[:2] == ["seg.z", "seg.z"]
    assert names(tmp_path).count("seg") == 1


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_the_old_form(tmp_path: Path, code: int) -> None:
    make_log(tmp_path, 300)
    before = segments(tmp_path)
    disk = FaultyDisk()
    disk.write_error = code
    with pytest.raises(DiskFull):
        closing_of(tmp_path, disk).compress()
    assert segments(tmp_path) == before
    assert list((tmp_path / "log").glob("*.new")) == []
    assert records(tmp_path) == expected(1, 300)


def test_a_harmed_segment_is_left_as_it_is(tmp_path: Path) -> None:
    make_log(tmp_path, 300)
    flip(segments(tmp_path)[1], 500)
    before = segments(tmp_path)[1].read_bytes()
    with pytest.raises(LogDamaged):
        closing_of(tmp_path).compress()
    assert segments(tmp_path)[1].read_bytes() == before
    assert not segments(tmp_path)[1].with_suffix(".seg.z").exists()


def test_old_segments_are_dropped_and_the_chain_still_verifies(tmp_path: Path) -> None:
    make_log(tmp_path, 600)
    closing_of(tmp_path).compress(limit=3)
    dropped = closing_of(tmp_path).drop(before=1_000 + 300 * 10, at=77_000)
    last = dropped[-1].last_seq
    assert 200 < last < 300
    assert dropped[0].first_seq == 1
    assert all(stub.dropped_at == 77_000 and stub.last_at == 1_000 + stub.last_seq * 10 for stub in dropped)
    assert read_ledger(tmp_path / "log", SHOP, ring_of(tmp_path)) == tuple(dropped)
    assert records(tmp_path, last + 1) == expected(last + 1, 600)
    with pytest.raises(RecordUnknown):
        records(tmp_path, last)
    report = verify_log(tmp_path / "log", ring_of(tmp_path))
    assert (report.damages, report.dropped_segments, report.first_seq) == ([], len(dropped), last + 1)


def test_dropping_goes_on_where_it_stopped(tmp_path: Path) -> None:
    make_log(tmp_path, 600)
    first = closing_of(tmp_path).drop(before=3_000, at=1)
    second = closing_of(tmp_path).drop(before=5_000, at=2)
    assert second[0].first_seq == first[-1].last_seq + 1
    assert closing_of(tmp_path).drop(before=5_000, at=3) == []
    assert is_intact(tmp_path)


def test_the_last_segment_is_never_dropped(tmp_path: Path) -> None:
    make_log(tmp_path, 600)
    closing_of(tmp_path).drop(before=10**12, at=1)
    assert len(segments(tmp_path)) == 1
    assert is_intact(tmp_path)
    writer = open_writer(tmp_path)
    assert writer.last_seq == 600
    writer.close()


def test_a_crash_between_ledger_and_removal_is_finished(tmp_path: Path) -> None:
    make_log(tmp_path, 600)
    kept = {path: path.read_bytes() for path in segments(tmp_path)}
    dropped = closing_of(tmp_path).drop(before=3_000, at=1)
    for path, content in kept.items():
        path.write_bytes(content)
    assert is_intact(tmp_path)
    assert closing_of(tmp_path).drop(before=3_000, at=2) == []
    assert int(segments(tmp_path)[0].stem) == dropped[-1].last_seq + 1


def test_only_one_process_closes_at_a_time(tmp_path: Path) -> None:
    make_log(tmp_path, 1_200)
    inner = closing_of(tmp_path)
    outer = Closing(tmp_path / "log", SHOP, ring_of(tmp_path), pause=lambda: inner.drop(before=1, at=1))
    with pytest.raises(LogBusy):
        outer.compress()


def test_an_abandoned_open_segment_is_not_compressed(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, capacity=1 << 16)
    write(writer, 50)
    abandon(writer)
    assert closing_of(tmp_path).compress() == []
