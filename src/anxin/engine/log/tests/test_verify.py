from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import google_crc32c
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.engine.log import faults
from anxin.engine.log.closing import Closing
from anxin.engine.log.faults import Fault
from anxin.engine.log.folder import LEDGER
from anxin.engine.log.frames import LiveSegment
from anxin.engine.log.segment import HEADER_SIZE, SEAL_SIZE
from anxin.engine.log.tests.logs import SHOP, flip, make_log, open_writer, ring_of, segments, write
from anxin.engine.log.verify import LogReport, verify_log

Place = tuple[str, int, int]


def verify(folder: Path, *, at_least: int = 0) -> LogReport:
    return verify_log(folder / "log", ring_of(folder), at_least=at_least)


def first_seq(path: Path) -> int:
    return int(path.name.partition(".")[0])


def frame_places(folder: Path, path: Path) -> list[tuple[int, int]]:
    """Return (offset, seq) of the frames of a live segment."""
    with LiveSegment(path, organisation=SHOP, ring=ring_of(folder)) as live:
        return [(frame.offset, frame.seq) for frame in live.frames()]


def flip_payload(folder: Path) -> Place:
    path = segments(folder)[1]
    offset, seq = frame_places(folder, path)[3]
    flip(path, offset + 40)
    return path.name, offset, seq


def grow_length(folder: Path) -> Place:
    path = segments(folder)[1]
    offset, seq = frame_places(folder, path)[3]
    flip(path, offset + 3)
    return path.name, offset, seq


def cut_closed_segment(folder: Path) -> Place:
    path = segments(folder)[1]
    offset, seq = frame_places(folder, path)[3]
    path.write_bytes(path.read_bytes()[:offset])
    return path.name, offset, seq


def cut_inside_a_frame(folder: Path) -> Place:
    path = segments(folder)[1]
    offset, seq = frame_places(folder, path)[3]
    path.write_bytes(path.read_bytes()[: offset + 20])
    return path.name, offset, seq


def remove_seal(folder: Path) -> Place:
    path = segments(folder)[1]
    size = path.stat().st_size - SEAL_SIZE
    path.write_bytes(path.read_bytes()[:size])
    return path.name, size, first_seq(segments(folder)[2])


def append_bytes(folder: Path) -> Place:
    path = segments(folder)[1]
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + b"more")
    return path.name, size, first_seq(segments(folder)[2])


def remove_first(folder: Path) -> Place:
    segments(folder)[0].unlink()
    return segments(folder)[0].name, 0, 1


def remove_middle(folder: Path) -> Place:
    gone = segments(folder)[1]
    gone.unlink()
    return segments(folder)[1].name, 0, first_seq(gone)


def swap_names(folder: Path) -> Place:
    one, two = segments(folder)[1:3]
    third = one.with_name("swap")
    one.rename(third)
    two.rename(one)
    third.rename(two)
    return one.name, 0, first_seq(two)


def copy_under_another_name(folder: Path) -> Place:
    one, two = segments(folder)[1:3]
    copy = one.with_name(f"{first_seq(two) - 1:020d}.seg")
    shutil.copy(one, copy)
    return copy.name, 0, first_seq(one)


def edit_header(folder: Path) -> Place:
    path = segments(folder)[1]
    flip(path, 25)
    return path.name, 0, first_seq(path)


def swap_frames(folder: Path) -> Place:
    path = segments(folder)[1]
    content = path.read_bytes()
    places = frame_places(folder, path)
    (one, seq), (two, _), (three, _) = places[2:5]
    path.write_bytes(content[:one] + content[two:three] + content[one:two] + content[three:])
    return path.name, one, seq


def remove_a_frame(folder: Path) -> Place:
    path = segments(folder)[1]
    content = path.read_bytes()
    (one, seq), (two, _) = frame_places(folder, path)[2:4]
    path.write_bytes(content[:one] + content[two:])
    return path.name, one, seq


def repeat_a_frame(folder: Path) -> Place:
    path = segments(folder)[1]
    content = path.read_bytes()
    (one, _), (two, seq) = frame_places(folder, path)[2:4]
    path.write_bytes(content[:two] + content[one:])
    return path.name, two, seq


def frame_of_another_segment(folder: Path) -> Place:
    path, other = segments(folder)[1:3]
    content = path.read_bytes()
    offset, seq = frame_places(folder, path)[0]
    (one, _), (two, _) = frame_places(folder, other)[:2]
    path.write_bytes(content[:offset] + other.read_bytes()[one:two] + content[offset:])
    return path.name, offset, seq


DAMAGE: list[tuple[Callable[[Path], Place], Fault]] = [
    (flip_payload, faults.FRAME_CHECKSUM),
    (grow_length, faults.FRAME_LENGTH),
    (cut_closed_segment, faults.SEAL_MISSING),
    (cut_inside_a_frame, faults.FRAME_CUT),
    (remove_seal, faults.SEAL_MISSING),
    (append_bytes, faults.TAIL_DIRTY),
    (remove_first, faults.RECORDS_MISSING),
    (remove_middle, faults.RECORDS_MISSING),
    (swap_names, faults.HEADER_PLACE),
    (copy_under_another_name, faults.HEADER_PLACE),
    (edit_header, faults.HEADER_CHECKSUM),
    (swap_frames, faults.FRAME_CHANGED),
    (remove_a_frame, faults.FRAME_CHANGED),
    (repeat_a_frame, faults.FRAME_CHANGED),
    (frame_of_another_segment, faults.FRAME_CHANGED),
]


@pytest.mark.parametrize(("harm", "fault"), DAMAGE, ids=[harm.__name__ for harm, _ in DAMAGE])
def test_each_damage_is_named_with_its_place(tmp_path: Path, harm: Callable[[Path], Place], fault: Fault) -> None:
    make_log(tmp_path, 400)
    assert verify(tmp_path).damages == []
    place = harm(tmp_path)
    found = verify(tmp_path)
    assert found.is_intact is False
    first = found.damages[0]
    assert ((first.file, first.offset, first.seq), first.fault) == (place, fault)


def flip_block(folder: Path) -> Place:
    path = segments(folder)[1]
    flip(path, HEADER_SIZE + SEAL_SIZE + 60)
    return path.name, HEADER_SIZE + SEAL_SIZE, first_seq(path)


def flip_archive_seal(folder: Path) -> Place:
    path = segments(folder)[1]
    flip(path, HEADER_SIZE + 30)
    return path.name, HEADER_SIZE, first_seq(path)


def cut_archive(folder: Path) -> Place:
    path = segments(folder)[1]
    path.write_bytes(path.read_bytes()[:-1])
    return path.name, HEADER_SIZE + SEAL_SIZE, first_seq(path)


ARCHIVE_DAMAGE: list[tuple[Callable[[Path], Place], Fault]] = [
    (flip_block, faults.BLOCK_CHECKSUM),
    (flip_archive_seal, faults.SEAL_CHANGED),
    (cut_archive, faults.FILE_CUT),
    (edit_header, faults.HEADER_CHECKSUM),
    (remove_middle, faults.RECORDS_MISSING),
    (swap_names, faults.HEADER_PLACE),
]


@pytest.mark.parametrize(("harm", "fault"), ARCHIVE_DAMAGE, ids=[harm.__name__ for harm, _ in ARCHIVE_DAMAGE])
def test_each_damage_of_a_compressed_segment_is_named(
    tmp_path: Path, harm: Callable[[Path], Place], fault: Fault
) -> None:
    make_log(tmp_path, 400)
    Closing(tmp_path / "log", SHOP, ring_of(tmp_path)).compress()
    place = harm(tmp_path)
    first = verify(tmp_path).damages[0]
    assert ((first.file, first.offset, first.seq), first.fault) == (place, fault)


def test_a_segment_of_another_run_breaks_the_chain(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, at=5)
    writer.append(1, b"another history", 5)
    write(writer, 400)
    writer.close()
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(tmp_path / "master.key", other / "master.key")
    make_log(other, 400)
    foreign = segments(other)[0]
    shutil.copy(foreign, segments(tmp_path)[0])
    second = segments(tmp_path)[1]
    found = verify(tmp_path)
    assert found.is_intact is False
    assert found.damages[0].file == second.name
    assert found.damages[0].fault in (faults.CHAIN_BEFORE, faults.RECORDS_MISSING, faults.RECORDS_DOUBLED)


def test_an_edited_header_with_a_right_checksum_is_found(tmp_path: Path) -> None:
    make_log(tmp_path, 400)
    path = segments(tmp_path)[1]
    content = bytearray(path.read_bytes())
    content[26] ^= 1
    content[HEADER_SIZE - 4 : HEADER_SIZE] = google_crc32c.value(bytes(content[: HEADER_SIZE - 4])).to_bytes(
        4, "little"
    )
    path.write_bytes(content)
    first = verify(tmp_path).damages[0]
    assert (first.file, first.fault) == (path.name, faults.HEADER_CHANGED)


def test_a_cut_end_is_found_when_its_number_is_known(tmp_path: Path) -> None:
    make_log(tmp_path, 400)
    gone = segments(tmp_path)[-1]
    gone.unlink()
    assert verify(tmp_path).damages == []
    found = verify(tmp_path, at_least=400).damages
    assert [(each.fault, each.seq) for each in found] == [(faults.END_MISSING, first_seq(gone))]
    assert verify(tmp_path, at_least=first_seq(gone) - 1).damages == []


def test_a_changed_or_removed_ledger_is_found(tmp_path: Path) -> None:
    make_log(tmp_path, 400)
    Closing(tmp_path / "log", SHOP, ring_of(tmp_path)).drop(before=3_000, at=1)
    ledger = tmp_path / "log" / LEDGER
    content = ledger.read_bytes()
    ledger.write_bytes(content.replace(b'"dropped_at":1', b'"dropped_at":2'))
    assert [each.fault for each in verify(tmp_path).damages] == [faults.LEDGER_CHANGED]
    ledger.write_bytes(b"{")
    assert [each.fault for each in verify(tmp_path).damages] == [faults.LEDGER_UNREADABLE]
    ledger.unlink()
    assert [each.fault for each in verify(tmp_path).damages] == [faults.RECORDS_MISSING]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep a log with dropped, compressed and live closed segments."""
    folder = tmp_path_factory.mktemp("closed")
    make_log(folder, 600)
    closing = Closing(folder / "log", SHOP, ring_of(folder))
    closing.drop(before=2_500, at=1)
    closing.compress(limit=2)
    return folder


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_no_flipped_byte_of_a_closed_log_goes_unseen(closed: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([*segments(closed), closed / "log" / LEDGER]))
    content = path.read_bytes()
    offset = data.draw(st.integers(0, len(content) - 1))
    flip(path, offset)
    damages = verify(closed).damages
    path.write_bytes(content)
    assert [each.file for each in damages][:1] == [path.name]
    assert verify(closed).damages == []


def test_an_intact_log_is_counted(tmp_path: Path) -> None:
    heard = []
    make_log(tmp_path, 400)
    report = verify_log(tmp_path / "log", ring_of(tmp_path), lambda done, total: heard.append((done, total)))
    assert (report.records, report.first_seq, report.last_seq, report.segments) == (
        400,
        1,
        400,
        len(segments(tmp_path)),
    )
    total = sum(path.stat().st_size for path in segments(tmp_path))
    assert heard[-1] == (total, total)


def test_an_empty_log_is_intact(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    assert verify(tmp_path) == LogReport()
