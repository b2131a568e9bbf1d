"""Reading the log: from a place on, by sequence number, and following a writer."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from anxin.engine.log.archive import Archive
from anxin.engine.log.errors import LogDamaged, RecordUnknown
from anxin.engine.log.faults import RECORDS_DOUBLED, RECORDS_MISSING, SEAL_MISSING, Fault
from anxin.engine.log.folder import SegmentPath, list_segments
from anxin.engine.log.frames import End, Entry, Frame, LiveSegment
from anxin.engine.log.keys import KeyRing
from anxin.engine.log.segment import HEADER_SIZE

__all__ = ["Entry", "LogReader", "LogTail"]

STEP = 256


class LogReader:
    """Reads one organisation's log, live and compressed segments alike; safe beside a writer and beside closing work.

    Several threads may use one reader.
    """

    def __init__(self, folder: Path, ring: KeyRing, *, organisation: str | None = None) -> None:
        """Read from `folder`; `organisation` None takes the one that the segments name."""
        self._folder = folder
        self._ring = ring
        self._organisation = organisation
        self._marks: dict[bytes, _Marks] = {}
        self._marking = threading.Lock()

    def records(self, from_seq: int = 1) -> Iterator[Entry]:
        """Yield (seq, kind, payload) from `from_seq` to the last whole record written so far.

        Raise RecordUnknown when `from_seq` was dropped or lies more than one past the end, LogDamaged at the first
        harmed place: of an open segment when a later record proves that what stood there had been durable.
        """
        position = from_seq
        while segments := list_segments(self._folder):
            at = bisect_right(segments, position, key=lambda segment: segment.first_seq) - 1
            if at < 0:
                raise RecordUnknown(seq=position)
            is_last = at == len(segments) - 1
            try:
                for entry in self._segment_records(segments[at], position, is_last=is_last):
                    yield entry
                    position = entry[0] + 1
            except FileNotFoundError:
                # Compressed or dropped since it was listed: look again.
                continue
            if is_last:
                return
            if segments[at + 1].first_seq != position:
                fault = RECORDS_MISSING if segments[at + 1].first_seq > position else RECORDS_DOUBLED
                raise _damage(segments[at + 1], 0, position, fault)

    def read(self, seq: int) -> tuple[int, bytes]:
        """Return (kind, payload) of one record; raise RecordUnknown when there is none."""
        for _, kind, payload in self.records(seq):
            return kind, payload
        raise RecordUnknown(seq=seq)

    def tail(self, from_seq: int = 1) -> LogTail:
        """Return a follower whose first record is `from_seq`."""
        return LogTail(self, from_seq)

    def first_seq(self) -> int:
        """Return the first sequence number still stored; 1 in an empty log."""
        segments = list_segments(self._folder)
        return segments[0].first_seq if segments else 1

    def _segment_records(self, segment: SegmentPath, from_seq: int, *, is_last: bool) -> Iterator[Entry]:
        if segment.archived:
            with Archive(segment.path, organisation=self._organisation, ring=self._ring) as archive:
                yield from archive.records(from_seq)
                end = End(0, archive.seal.last_seq + 1, seal=archive.seal)
        else:
            with LiveSegment(segment.path, organisation=self._organisation, ring=self._ring) as live:
                seq, offset = self._place(live, from_seq)
                last = None
                for frame in live.frames(offset, seq):
                    last = frame
                    if frame[1] >= from_seq:
                        yield frame[1], frame[2], frame[4]
                if last is not None:
                    self._stand(live, last)
                for frame in self._read_on(live, segment):
                    if frame[1] >= from_seq:
                        yield frame[1], frame[2], frame[4]
                end = live.end
        if not is_last and end.seal is None:
            raise _damage(segment, end.offset, end.seq, end.fault or SEAL_MISSING)
        if from_seq > end.seq:
            raise RecordUnknown(seq=from_seq)

    def _read_on(self, live: LiveSegment, segment: SegmentPath) -> Iterator[Frame]:
        """Yield what has come where a bad frame was seen; raise LogDamaged when that is harm.

        It is, when what is bad had been durable; unless the writer was seen in the middle of a batch.
        """
        while (end := live.end).fault is not None and live.is_proven(end):
            yield from live.frames(end.offset, end.seq)
            if live.end.offset == end.offset:
                raise _damage(segment, end.offset, end.seq, end.fault)

    def _place(self, live: LiveSegment, from_seq: int) -> tuple[int, int]:
        if from_seq == live.header.first_seq:
            return from_seq, HEADER_SIZE
        with self._marking:
            marks = self._marks.setdefault(live.header.nonce_prefix, _Marks(live.header.first_seq))
            return marks.stood(live, from_seq) or marks.find(live, from_seq)

    def _stand(self, live: LiveSegment, last: Frame) -> None:
        """Remember where a segment was read to, for a reader that comes again for what follows."""
        with self._marking:
            marks = self._marks.setdefault(live.header.nonce_prefix, _Marks(live.header.first_seq))
            marks.stand(live, last)


class LogTail:
    """Follows a log; `position` is the sequence number that comes next, and all that is needed to resume."""

    def __init__(self, reader: LogReader, position: int) -> None:
        """Use `LogReader.tail`."""
        self._reader = reader
        self.position = position

    def poll(self) -> Iterator[Entry]:
        """Yield what was written since the last poll, and return when there is no more for now.

        Raise RecordUnknown when the position was dropped, or lies beyond the end because a power cut took
        unacknowledged records.
        """
        for entry in self._reader.records(self.position):
            self.position = entry[0] + 1
            yield entry


class _Marks:
    """Offsets of every 256th frame of a live segment, as far as it has been walked."""

    def __init__(self, first_seq: int) -> None:
        self._first_seq = first_seq
        self._offsets = [HEADER_SIZE]
        self._stood: tuple[int, int, int, bytes] | None = None

    def stand(self, live: LiveSegment, last: Frame) -> None:
        """Remember the last frame that was read, and the place behind it."""
        self._stood = last.seq + 1, live.end.offset, last.offset, live.prefix(last.offset)

    def stood(self, live: LiveSegment, seq: int) -> tuple[int, int] | None:
        """Return (seq, offset) when a reader stood before `seq` and the frame before it is still the same."""
        if self._stood is None or self._stood[0] != seq:
            return None
        _, offset, before, prefix = self._stood
        if live.prefix(before) == prefix:
            return seq, offset
        # A writer that started anew has cut the segment's end off.
        self._offsets, self._stood = [HEADER_SIZE], None
        return None

    def find(self, live: LiveSegment, seq: int) -> tuple[int, int]:
        """Return a marked (seq, offset) at or before `seq`."""
        wanted = (seq - self._first_seq) // STEP
        known = len(self._offsets) - 1
        if wanted > known:
            for walked, offset in live.places(self._offsets[known], self._first_seq + known * STEP):
                index, rest = divmod(walked - self._first_seq, STEP)
                if rest == 0 and index > known:
                    self._offsets.append(offset)
                if index == wanted:
                    break
        index = min(wanted, len(self._offsets) - 1)
        return self._first_seq + index * STEP, self._offsets[index]


def _damage(segment: SegmentPath, offset: int, seq: int, fault: Fault) -> LogDamaged:
    return LogDamaged(file=segment.path.name, offset=offset, seq=seq, fault=fault)
