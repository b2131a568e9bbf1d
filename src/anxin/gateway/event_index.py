"""From event id to sequence number, for as long as the log is kept."""

from __future__ import annotations

import hashlib
import itertools
import mmap
import os
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from pathlib import Path

from anxin.engine.log.folder import list_segments
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import DecisionRecord, Kind, decode_record

_SUFFIX = ".ids"
_WORD = 8


class EventIndex:
    """One sorted file of (hash of event id, seq) for each closed segment, and plain arrays for what came after.

    Of an id that has no file yet this process keeps its own hash: sixteen bytes an event, nothing that garbage is
    looked for in, and nothing to free one by one when the segment is filed.

    `add` belongs to the event loop, `candidates` to one reading thread, `build` to a background process.
    """

    def __init__(self, folder: Path, log_folder: Path, *, key: bytes) -> None:
        self._folder = folder
        self._log_folder = log_folder
        self._key = key
        # One name for both, as another thread reads them.
        self._unfiled = array("q"), array("Q")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def add(self, event_id: str, seq: int) -> None:
        """Remember an event of a segment that has no file yet; numbers rise."""
        hashes, seqs = self._unfiled
        # In this order: whoever finds the hash finds its number too.
        seqs.append(seq)
        hashes.append(hash(event_id))

    def forget_filed(self) -> None:
        """Drop from memory what the files now hold."""
        first = self.first_unfiled()
        hashes, seqs = self._unfiled
        place = bisect_left(seqs, first)
        self._unfiled = hashes[place:], seqs[place:]

    def first_unfiled(self) -> int:
        """Return the first seq that no file covers."""
        filed = {int(path.stem) for path in self._folder.glob(f"*{_SUFFIX}")}
        segments = [each.first_seq for each in list_segments(self._log_folder)]
        return next((first for first in segments if first not in filed), 1)

    def candidates(self, event_id: str) -> Iterator[int]:
        """Yield the sequence numbers that may belong to the event, newest first; another event may share the hash."""
        yield from self._in_memory(event_id)
        wanted = self._hash(event_id)
        for path in sorted(self._folder.glob(f"*{_SUFFIX}"), reverse=True):
            yield from _in_file(path, wanted)

    def _in_memory(self, event_id: str) -> Iterator[int]:
        (hashes, seqs), wanted = self._unfiled, hash(event_id)
        found: list[int] = []
        start = 0
        while True:
            try:
                start = hashes.index(wanted, start) + 1
            except ValueError:
                break
            found.append(seqs[start - 1])
        yield from reversed(found)

    def build(self, reader: LogReader, *, pause: Callable[[], None]) -> int:
        """Write the files that closed segments lack, drop those of dropped segments; return how many were written.

        `pause` is called now and then, to let more urgent work through.
        """
        firsts = [each.first_seq for each in list_segments(self._log_folder)]
        written = 0
        for first, after in itertools.pairwise(firsts):
            path = self._folder / f"{first:020d}{_SUFFIX}"
            if not path.exists():
                _write_file(path, sorted(self._pairs(reader, first, after, pause=pause)))
                written += 1
        for path in self._folder.glob(f"*{_SUFFIX}"):
            if int(path.stem) not in firsts:
                path.unlink()
        return written

    def _pairs(
        self, reader: LogReader, first: int, after: int, *, pause: Callable[[], None]
    ) -> Iterator[tuple[int, int]]:
        for seq, kind, payload in reader.records(first):
            if seq >= after:
                return
            if seq % 1024 == 0:
                pause()
            if kind == Kind.DECISION:
                record = decode_record(kind, payload)
                assert isinstance(record, DecisionRecord)
                yield self._hash(record.event_id), seq

    def _hash(self, event_id: str) -> int:
        return int.from_bytes(hashlib.blake2b(event_id.encode(), digest_size=_WORD, key=self._key).digest(), "little")


def _in_file(path: Path, wanted: int) -> Iterator[int]:
    try:
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as pages,
            memoryview(pages) as view,
            view.cast("Q") as words,
        ):
            found = _seqs_of(words, wanted)
    except (FileNotFoundError, ValueError):
        # Dropped by retention a moment ago, or a segment without decisions, whose file is empty.
        return
    yield from reversed(found)


def _seqs_of(words: memoryview[int], wanted: int) -> list[int]:
    count = len(words) // 2
    place = bisect_left(words, wanted, 0, count)
    found = []
    while place < count and words[place] == wanted:
        found.append(words[count + place])
        place += 1
    return found


def _write_file(path: Path, pairs: list[tuple[int, int]]) -> None:
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        array("Q", (each for each, _ in pairs)).tofile(file)
        array("Q", (seq for _, seq in pairs)).tofile(file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
