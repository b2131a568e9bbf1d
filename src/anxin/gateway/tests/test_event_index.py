import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import DecisionRecord, Kind, encode_record
from anxin.engine.log.writer import LogWriter
from anxin.gateway.event_index import EventIndex

KEY = bytes(32)


class Shop:
    """A log of small segments, and its index."""

    def __init__(self, folder: Path) -> None:
        self.ring = FileKeyRing(folder / "master.key")
        self.log, self.files = folder / "log", folder / "index"
        self.writer = LogWriter.open(self.log, "shop", self.ring, 1, capacity=4096)
        self.index = EventIndex(self.files, self.log, key=KEY)

    def store(self, *event_ids: str) -> None:
        for event_id in event_ids:
            record = DecisionRecord(1, event_id, "t", b"{}", bytes(16), b"{}", [], "p")
            seq = self.writer.append(Kind.DECISION, encode_record(record), 1)
            self.index.add(event_id, seq)
        self.writer.commit()

    def build(self) -> int:
        return self.index.build(LogReader(self.log, self.ring, organisation="shop"), pause=lambda: None)

    def find(self, event_id: str) -> list[int]:
        return list(self.index.candidates(event_id))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.writer.close()


def test_every_event_is_found_before_and_after_filing(shop: Shop) -> None:
    names = [f"e{number}" for number in range(200)]
    shop.store(*names)
    assert [shop.find(name) for name in names] == [[seq] for seq in range(1, 201)]
    assert shop.build() == 3
    shop.index.forget_filed()
    assert [shop.find(name) for name in names] == [[seq] for seq in range(1, 201)]
    assert shop.find("other") == []


def test_a_fresh_index_knows_what_was_filed(shop: Shop) -> None:
    shop.store(*(f"e{number}" for number in range(200)))
    shop.build()
    fresh = EventIndex(shop.files, shop.log, key=KEY)
    first = fresh.first_unfiled()
    assert list(fresh.candidates("e0")) == [1]
    assert list(fresh.candidates(f"e{first - 2}")) == [first - 1]
    assert list(fresh.candidates(f"e{first - 1}")) == []


def test_repeated_ids_come_newest_first(shop: Shop) -> None:
    shop.store("a", *(f"e{number}" for number in range(100)), "a")
    assert shop.find("a") == [102, 1]
    shop.build()
    shop.index.forget_filed()
    assert shop.find("a") == [102, 1]


def test_what_is_looked_up_while_it_is_added_is_found_with_its_number(
    shop: Shop,
) -> None:
    def add() -> None:
        for seq in range(1, 3_001):
            shop.index.add("e", seq)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    adding = threading.Thread(target=add)
    adding.start()
    try:
        while adding.is_alive():
            found = shop.find("e")
            assert found == list(range(len(found), 0, -1))
    finally:
        adding.join()
        sys.setswitchinterval(before)
    assert len(shop.find("e")) == 3_000


def test_building_twice_writes_nothing_new(shop: Shop) -> None:
    shop.store(*(f"e{number}" for number in range(100)))
    assert shop.build() > 0
    assert shop.build() == 0
