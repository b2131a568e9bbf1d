from pathlib import Path

import pytest

from anxin.engine.log.errors import RecordUnknown
from anxin.engine.log.folder import list_segments
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import DecisionRecord, Kind, encode_record
from anxin.engine.log.writer import LogWriter
from anxin.gateway.closing import close_segments
from anxin.gateway.event_index import EventIndex
from anxin.gateway.organisation import Folders

DAY = 86_400_000


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A log of one event a minute over two days, in small segments."""
    folders = Folders(tmp_path)
    writer = LogWriter.open(folders.log, "shop", FileKeyRing(tmp_path / "key"), 0, capacity=65_536)
    for minute in range(2 * 1440):
        record = DecisionRecord(minute * 60_000, f"e{minute}", "t", b"{}", bytes(16), b"{}", [], "p")
        writer.append(Kind.DECISION, encode_record(record), minute * 60_000)
    writer.commit()
    writer.close()
    return folders


def close(folders: Folders, *, retention_days: int = 0, now: int = 2 * DAY) -> tuple[LogReader, EventIndex]:
    ring = FileKeyRing(folders.root / "key")
    close_segments(folders, "shop", ring, retention_days=retention_days, now=now)
    index = EventIndex(folders.index, folders.log, key=ring.derive("shop", "event-index", 32))
    return LogReader(folders.log, ring, organisation="shop"), index


def test_closed_segments_are_filed_and_compressed_and_the_last_is_left_alone(folders: Folders) -> None:
    reader, index = close(folders)
    segments = list_segments(folders.log)
    assert [each.archived for each in segments] == [True] * (len(segments) - 1) + [False]
    assert index.first_unfiled() == segments[-1].first_seq
    assert list(index.candidates("e7")) == [8]
    assert [seq for seq, _, _ in reader.records()] == list(range(1, 2881))


def test_what_is_older_than_the_retention_goes_with_its_index(folders: Folders) -> None:
    close(folders)
    reader, index = close(folders, retention_days=1)
    first = reader.first_seq()
    assert 1 < first <= 1441 < list_segments(folders.log)[1].first_seq
    assert list(index.candidates("e7")) == []
    assert list(index.candidates(f"e{first}")) == [first + 1]
    with pytest.raises(RecordUnknown):
        reader.read(1)


def test_nothing_to_do_is_done_quietly(folders: Folders) -> None:
    before = close(folders)[0].first_seq()
    assert close(folders)[0].first_seq() == before
