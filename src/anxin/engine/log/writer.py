"""Appending to the log: one appender, one committer, one process a folder."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path

from anxin.engine.log.disk import FULL, Disk, take_lock
from anxin.engine.log.errors import DiskFull, KeyRefused, LogBusy, LogFailed, RecordTooLarge
from anxin.engine.log.folder import LIVE_SUFFIX, LOCK, RESERVE, live_path
from anxin.engine.log.frames import Entry
from anxin.engine.log.keys import KeyRing
from anxin.engine.log.recovery import Recovered, recover
from anxin.engine.log.segment import (
    FRAME_OVERHEAD,
    HEADER_SIZE,
    MAX_PAYLOAD,
    SEAL_SIZE,
    Chain,
    Cipher,
    Header,
    Seal,
    encode_header,
    new_header,
)

CAPACITY = 64 * 1024 * 1024
RESERVE_SIZE = 1024 * 1024


@dataclass(slots=True)
class _Segment:
    """A segment being written: the appender owns `filled` and `chain`, the committer `fd` and `written`."""

    header: Header
    cipher: Cipher
    chain: Chain
    capacity: int
    filled: int = HEADER_SIZE
    fd: int | None = None
    written: int = HEADER_SIZE


@dataclass(slots=True)
class _Sealing:
    """The last frame of a segment."""

    frame: bytes


@dataclass(slots=True)
class _Batch:
    """Frames of one segment that are not yet durable."""

    segment: _Segment
    frames: list[bytes] = field(default_factory=list)
    seal: bytes | None = None


class LogWriter:
    """Writes one organisation's log.

    `append` may run in one thread while `commit` runs in another; what is appended meanwhile goes to the next commit.
    """

    def __init__(self, folder: Path, organisation: str, ring: KeyRing, *, disk: Disk, capacity: int) -> None:
        """Use `LogWriter.open`."""
        self._folder = folder
        self._organisation = organisation
        self._ring = ring
        self._disk = disk
        self._capacity = capacity
        self._lock: int | None = None
        self._segment: _Segment | None = None
        self._queue: deque[bytes | _Segment | _Sealing] = deque()
        self._batches: list[_Batch] = []
        self._failed = False
        self._closed = False
        self._last_seq = 0
        self._last_at = 0
        self._previous = b""
        self.durable_seq = 0
        self.is_full = False
        self.recovered: Recovered

    @classmethod
    def open(
        cls,
        folder: Path,
        organisation: str,
        ring: KeyRing,
        at: int,
        *,
        capacity: int = CAPACITY,
        disk: Disk | None = None,
        seen: deque[Entry] | None = None,
    ) -> LogWriter:
        """Take the folder, repair a torn tail, close what a crash left open, and continue after the last good record.

        `at` is now (ms UTC), `capacity` the preallocated bytes of a segment. `recovered` tells what was found; `seen`
        gets the records that were read for it, so that a restore need not read them again.
        Raise LogBusy when another writer has the folder, LogDamaged when acknowledged records are harmed.
        """
        writer = cls(folder, organisation, ring, disk=disk or Disk(), capacity=capacity)
        writer._disk.make_folder(folder)
        writer._lock = take_lock(folder / LOCK)
        if writer._lock is None:
            raise LogBusy()
        try:
            writer._continue(at, seen)
        except BaseException:
            os.close(writer._lock)
            raise
        return writer

    @property
    def last_seq(self) -> int:
        """The last sequence number given out; 0 before the first."""
        return self._last_seq

    def append(self, kind: int, payload: bytes, at: int, *, is_last_word: bool = False) -> int:
        """Queue one record and return its sequence number; it is durable when `durable_seq` has reached it.

        `at` is the arrival (ms UTC). While the disk is full raise DiskFull, unless `is_last_word`: such records
        (shutdown) go to the reserve. Raise LogFailed after a failure, RecordTooLarge over 16 MiB.
        """
        if self._failed or self._closed:
            raise LogFailed(**_over(is_closed=self._closed))
        if self.is_full and not is_last_word:
            raise DiskFull()
        size = len(payload) + FRAME_OVERHEAD
        if size > MAX_PAYLOAD + FRAME_OVERHEAD:
            raise RecordTooLarge(size=len(payload), limit=MAX_PAYLOAD)
        segment = self._segment
        if segment is None or segment.filled + size + SEAL_SIZE > segment.capacity:
            segment = self._roll(size, at)
        seq = self._last_seq + 1
        segment.chain.add(kind, payload)
        self._queue.append(segment.cipher.frame(seq, kind, seq - self.durable_seq, payload))
        segment.filled += size
        self._last_seq = seq
        self._last_at = at
        return seq

    def commit(self) -> int:
        """Make everything appended before the call durable and return `durable_seq`.

        Raise DiskFull when there is no room: the records wait, `is_full` stays set, and the next commit tries again.
        Raise LogFailed on any other disk error: the writer is then unusable and the process must end.
        """
        if self._failed or self._closed:
            raise LogFailed(**_over(is_closed=self._closed))
        self._gather()
        while self._batches:
            batch = self._batches[0]
            self._write(batch)
            if batch.seal is None:
                break
            self._batches.pop(0)
        if self.is_full:
            self.is_full = False
            self._take_reserve()
        return self.durable_seq

    def close(self) -> None:
        """Commit, seal the segment and let the folder go; on a full disk the reserve is spent on the waiting records.

        Raise DiskFull when even that has no room for all of them, LogFailed as `commit`. No other thread may be using
        the writer.
        """
        if self._closed:
            return
        try:
            if not self._failed:
                self._finish()
        finally:
            self._closed = True
            self._release()

    def _continue(self, at: int, seen: deque[Entry] | None) -> None:
        for draft in self._folder.glob(f"*{LIVE_SUFFIX}.new"):
            draft.unlink()
        found = recover(self._folder, self._organisation, self._ring, disk=self._disk, at=at, seen=seen)
        self.recovered = found
        self._last_seq = self.durable_seq = found.last_seq
        self._last_at = at
        self._previous = found.chain
        self._take_reserve()

    def _roll(self, size: int, at: int) -> _Segment:
        """Seal the segment in use, and start one that has room for a frame of `size` bytes."""
        self._seal()
        header, data_key = self._new_header(at)
        chain = Chain(self._organisation, header.first_seq, at, self._previous)
        capacity = max(self._capacity, HEADER_SIZE + size + SEAL_SIZE)
        segment = _Segment(header, Cipher(header, data_key), chain, capacity)
        self._queue.append(segment)
        self._segment = segment
        return segment

    def _new_header(self, at: int) -> tuple[Header, bytes]:
        first_seq, previous = self._last_seq + 1, self._previous
        try:
            return new_header(
                self._ring, organisation=self._organisation, first_seq=first_seq, created_at=at, previous=previous
            )
        except (KeyRefused, OSError) as error:
            # The caller has counted the event already: only a restart brings state and log together again.
            self._failed = True
            raise LogFailed(reason="the master key cannot be read", reason_zh="无法读取主密钥") from error

    def _seal(self) -> None:
        segment = self._segment
        if segment is None:
            return
        self._previous = segment.chain.digest()
        seal = Seal(self._last_seq, self._last_at, self._previous)
        self._queue.append(_Sealing(segment.cipher.seal_frame(seal)))
        self._segment = None

    def _gather(self) -> None:
        """Move what the appender has queued into batches, without ever blocking it."""
        for _ in range(len(self._queue)):
            item = self._queue.popleft()
            if isinstance(item, bytes):
                self._batches[-1].frames.append(item)
            elif isinstance(item, _Segment):
                self._batches.append(_Batch(item))
            else:
                self._batches[-1].seal = item.frame

    def _write(self, batch: _Batch) -> None:
        segment = batch.segment
        block = b"".join(batch.frames) + (batch.seal or b"")
        if not block:
            return
        try:
            if segment.fd is None:
                segment.fd = self._create(segment)
            self._disk.write(segment.fd, block, segment.written)
        except OSError as error:
            if error.errno not in FULL:
                raise self._fail(error) from error
            self.is_full = True
            raise DiskFull() from error
        segment.written += len(block)
        self._sync(segment, is_sealed=batch.seal is not None)
        self.durable_seq += len(batch.frames)
        batch.frames.clear()

    def _create(self, segment: _Segment) -> int:
        header = replace(segment.header, capacity=segment.capacity)
        path = live_path(self._folder, header.first_seq)
        return self._disk.create(path, segment.capacity, encode_header(header, segment.cipher))

    def _sync(self, segment: _Segment, *, is_sealed: bool) -> None:
        """Make a segment durable; after an error here nobody knows what the disk holds."""
        if segment.fd is None:
            return
        try:
            if not is_sealed:
                self._disk.sync(segment.fd)
                return
            self._disk.truncate(segment.fd, segment.written)
            self._disk.sync_all(segment.fd)
        except OSError as error:
            raise self._fail(error) from error
        os.close(segment.fd)
        segment.fd = None

    def _fail(self, error: OSError) -> LogFailed:
        self._failed = True
        return LogFailed(reason=error.strerror)

    def _finish(self) -> None:
        self._seal()
        try:
            self.commit()
        except DiskFull:
            (self._folder / RESERVE).unlink(missing_ok=True)
            for batch in self._batches:
                if batch.segment.fd is None:
                    batch.segment.capacity = batch.segment.filled + SEAL_SIZE
            self.commit()

    def _take_reserve(self) -> None:
        """Hold some space for the last records of a shutdown; a full disk at start has none to give."""
        path = self._folder / RESERVE
        if path.exists():
            return
        try:
            os.close(self._disk.create(path, RESERVE_SIZE, b""))
        except OSError as error:
            if error.errno not in FULL:
                raise self._fail(error) from error

    def _release(self) -> None:
        for batch in self._batches:
            if batch.segment.fd is not None:
                os.close(batch.segment.fd)
                batch.segment.fd = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _over(*, is_closed: bool) -> dict[str, str]:
    """Return in both languages why nothing can be written any more."""
    if is_closed:
        return {"reason": "the log is closed", "reason_zh": "日志已关闭"}
    return {"reason": "an earlier write failed", "reason_zh": "之前的写入已失败"}
