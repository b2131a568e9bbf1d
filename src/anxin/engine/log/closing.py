"""Work on closed segments: compression, and bounded retention."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from anxin.engine.log.archive import Archive, encode_archive
from anxin.engine.log.disk import FULL, Disk, take_lock
from anxin.engine.log.errors import DiskFull, LogBusy, LogDamaged
from anxin.engine.log.faults import CHAIN_INSIDE, SEAL_MISSING
from anxin.engine.log.folder import ARCHIVE_SUFFIX, CLOSING_LOCK, SegmentPath, archive_path, list_segments, live_path
from anxin.engine.log.frames import LiveSegment
from anxin.engine.log.keys import KeyRing
from anxin.engine.log.ledger import Stub, read_ledger, write_ledger
from anxin.engine.log.segment import Seal

Pause = Callable[[], None]
_PAUSE_EVERY = 1024


class Closing:
    """Compresses and drops closed segments beside a running writer; never touches the last segment.

    `pause` is called every thousand records or so, to let more urgent work through.
    """

    def __init__(
        self, folder: Path, organisation: str, ring: KeyRing, *, disk: Disk | None = None, pause: Pause = lambda: None
    ) -> None:
        """Work in `folder`; nothing happens before a method is called."""
        self._folder = folder
        self._organisation = organisation
        self._ring = ring
        self._disk = disk or Disk()
        self._pause = pause

    def compress(self, *, limit: int | None = None) -> list[Path]:
        """Compress closed segments, oldest first, `limit` of them or all; return the new files.

        A crash leaves the old file, or the new one, or both with the new one counting. Raise LogDamaged and leave a
        segment alone when it is harmed, DiskFull when there is no room, LogBusy when another process is at it.
        """
        with self._alone():
            for draft in self._folder.glob(f"*{ARCHIVE_SUFFIX}.new"):
                draft.unlink()
            closed = [segment for segment in list_segments(self._folder)[:-1] if not segment.archived]
            made = [self._compress(segment) for segment in closed[:limit]]
            self._sweep()
        return made

    def drop(self, *, before: int, at: int) -> list[Stub]:
        """Drop the oldest closed segments whose last record arrived before `before`; return what is kept of them.

        `before` and `at` (now) are ms UTC. The stubs join the ledger first: a crash only leaves files that the next
        call removes. Raise LogDamaged when the ledger was changed, LogBusy when another process is at it.
        """
        with self._alone():
            known = read_ledger(self._folder, self._organisation, self._ring)
            dropped_until = known[-1].last_seq if known else 0
            fresh = []
            for segment in list_segments(self._folder)[:-1]:
                if segment.first_seq <= dropped_until:
                    continue
                stub = self._stub(segment, at)
                if stub.last_at >= before:
                    break
                fresh.append(stub)
            if fresh:
                write_ledger(self._folder, (*known, *fresh), self._organisation, self._ring, disk=self._disk)
            self._remove(known + tuple(fresh))
        return fresh

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        lock = take_lock(self._folder / CLOSING_LOCK)
        if lock is None:
            raise LogBusy()
        try:
            yield
        except OSError as error:
            if error.errno in FULL:
                raise DiskFull() from error
            raise
        finally:
            os.close(lock)

    def _compress(self, segment: SegmentPath) -> Path:
        path = archive_path(self._folder, segment.first_seq)
        fresh = path.with_name(path.name + ".new")
        try:
            self._prove(fresh, self._write_archive(segment, fresh))
            self._disk.rename(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)
        self._disk.remove(segment.path)
        return path

    def _write_archive(self, segment: SegmentPath, fresh: Path) -> Seal:
        with LiveSegment(segment.path, organisation=self._organisation, ring=self._ring) as live:
            seal = live.seal_at_end()
            if seal is None:
                raise LogDamaged(file=segment.path.name, offset=live.size(), seq=segment.first_seq, fault=SEAL_MISSING)
            fd = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            try:
                offset = 0
                for block in encode_archive(self._plain(live, seal), live.header, seal, ring=self._ring):
                    self._disk.write(fd, block, offset)
                    offset += len(block)
                self._disk.sync_all(fd)
            finally:
                os.close(fd)
        return seal

    def _plain(self, live: LiveSegment, seal: Seal) -> Iterator[tuple[int, bytes]]:
        """Yield the segment's records, and make sure at the end that they were all of them."""
        chain = live.new_chain()
        for frame in live.frames():
            chain.add(frame.kind, frame.payload)
            yield frame.kind, frame.payload
            self._breathe(frame.seq)
        end = live.end
        if end.fault is not None or chain.digest() != seal.chain:
            raise LogDamaged(file=live.path.name, offset=end.offset, seq=end.seq, fault=end.fault or CHAIN_INSIDE)

    def _prove(self, path: Path, seal: Seal) -> None:
        """Read the new file back before it takes the old one's place."""
        with Archive(path, organisation=self._organisation, ring=self._ring) as archive:
            chain = archive.new_chain()
            for seq, kind, payload in archive.records():
                chain.add(kind, payload)
                self._breathe(seq)
            if archive.seal != seal or chain.digest() != seal.chain:
                raise LogDamaged(file=path.name, offset=0, seq=seal.last_seq, fault=CHAIN_INSIDE)

    def _breathe(self, seq: int) -> None:
        if seq % _PAUSE_EVERY == 0:
            self._pause()

    def _sweep(self) -> None:
        """Remove live files that a crash left beside their compressed form."""
        archived = [segment.first_seq for segment in list_segments(self._folder) if segment.archived]
        self._disk.remove(*(path for first in archived if (path := live_path(self._folder, first)).exists()))

    def _stub(self, segment: SegmentPath, at: int) -> Stub:
        opening = Archive if segment.archived else LiveSegment
        with opening(segment.path, organisation=self._organisation, ring=self._ring) as closed:
            header, seal = closed.header, closed.seal_at_end()
        if seal is None:
            raise LogDamaged(file=segment.path.name, offset=0, seq=segment.first_seq, fault=SEAL_MISSING)
        return Stub(header.first_seq, seal.last_seq, header.created_at, seal.last_at, at, header.previous, seal.chain)

    def _remove(self, stubs: tuple[Stub, ...]) -> None:
        forms = (form(self._folder, stub.first_seq) for stub in stubs for form in (archive_path, live_path))
        self._disk.remove(*(path for path in forms if path.exists()))
