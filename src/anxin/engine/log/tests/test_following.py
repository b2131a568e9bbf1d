"""A follower that goes on where it stood says what a reader that never saw the log says."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest

from anxin.engine.log.closing import Closing
from anxin.engine.log.errors import RecordUnknown
from anxin.engine.log.reader import Entry, LogReader, LogTail
from anxin.engine.log.segment import Cipher
from anxin.engine.log.tests.logs import SHOP, abandon, open_writer, ring_of, segments
from anxin.engine.log.writer import LogWriter


class Life:
    """A log that is written, restarted, cut, compressed and dropped, and one reader that follows it all the time."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.chance = folder, random.Random(seed)
        self.capacity = self.chance.choice([4096, 16_384, 262_144])
        self.writer: LogWriter = open_writer(folder, capacity=self.capacity)
        self.reader = LogReader(folder / "log", ring_of(folder), organisation=SHOP)
        self.at = 1_000
        self.write()

    def write(self) -> None:
        for _ in range(self.chance.randrange(1, 30)):
            self.at += 10
            self.writer.append(1, self.chance.randbytes(self.chance.randrange(1, 200)), self.at)
            if self.chance.random() < 0.2:
                self.writer.commit()
        self.writer.commit()

    def restart(self) -> None:
        self.writer.close()
        self.writer = open_writer(self.folder, capacity=self.capacity, at=self.at)

    def lose_power(self) -> None:
        """End the writer, let a part of what stood last be gone, and start it again."""
        abandon(self.writer)
        for last in segments(self.folder)[-1:]:
            used = len(last.read_bytes().rstrip(b"\0"))
            with last.open("r+b") as file:
                file.truncate(max(300, used - self.chance.choice([1, 40, 400, 4_000])))
        self.writer = open_writer(self.folder, capacity=self.capacity, at=self.at)

    def compress(self) -> None:
        Closing(self.folder / "log", SHOP, ring_of(self.folder)).compress(limit=self.chance.choice([1, None]))

    def drop(self) -> None:
        Closing(self.folder / "log", SHOP, ring_of(self.folder)).drop(before=self.at - 2_000, at=self.at)

    def anew(self, position: int) -> list[Entry] | str:
        """Return what a reader says that knows nothing yet."""
        fresh = LogReader(self.folder / "log", ring_of(self.folder), organisation=SHOP)
        return said(fresh.tail(position))

    def step(self) -> None:
        chances = ((self.write, 60), (self.restart, 8), (self.lose_power, 8), (self.compress, 8), (self.drop, 4))
        acts, weights = zip(*chances, strict=True)
        self.chance.choices(acts, weights)[0]()


def said(tail: LogTail, count: int | None = None) -> list[Entry] | str:
    """Return what a poll yields, of which no more than `count` is taken, or that the place is unknown."""
    try:
        return list(islice(tail.poll(), count))
    except RecordUnknown:
        return "unknown"


@pytest.mark.parametrize("seed", range(4))
def test_a_follower_says_what_a_new_reader_says(tmp_path: Path, seed: int) -> None:
    life = Life(tmp_path, seed)
    tail = life.reader.tail()
    found = []
    for _ in range(45):
        life.step()
        if life.chance.random() < 0.3:
            tail.poll()
        position, count = tail.position, life.chance.choice([None, None, 3])
        expected = life.anew(position)
        answer = said(tail, count)
        assert answer == (expected if isinstance(expected, str) else expected[:count])
        found.append(answer)
        if answer == "unknown":
            tail = life.reader.tail(life.chance.choice([life.reader.first_seq(), life.writer.last_seq + 1]))
    life.writer.close()
    assert sum(len(each) for each in found) > 150


def test_a_follower_opens_what_is_new_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    writer = open_writer(tmp_path, capacity=262_144)
    tail = LogReader(tmp_path / "log", ring_of(tmp_path), organisation=SHOP).tail()
    plain = Cipher.open

    def seen(self: Cipher, seq: int, kind: int, behind: int, sealed: bytes) -> bytes:
        opened.append(seq)
        return plain(self, seq, kind, behind, sealed)

    monkeypatch.setattr(Cipher, "open", seen)
    for last in range(7, 700, 7):
        for _ in range(7):
            writer.append(1, b"x", 1)
        writer.commit()
        assert [seq for seq, _, _ in tail.poll()] == list(range(last - 6, last + 1)) == opened
        opened.clear()
        assert (list(tail.poll()), opened) == ([], [])
    writer.close()
