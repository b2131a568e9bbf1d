"""Finding the end of a log, and repairing what a crash left there."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path

from anxin.engine.log.archive import Archive
from anxin.engine.log.disk import Disk
from anxin.engine.log.errors import LogDamaged
from anxin.engine.log.faults import CHAIN_INSIDE, END_MISSING, TAIL_CUT, TAIL_DIRTY, Fault
from anxin.engine.log.folder import LEDGER, SegmentPath, list_segments
from anxin.engine.log.frames import End, Entry, LiveSegment
from anxin.engine.log.keys import KeyRing
from anxin.engine.log.ledger import read_ledger
from anxin.engine.log.segment import GENESIS, Seal


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a writer continues from.

    `file` is the last segment, None in an empty log. `cut` bytes from `offset` on were cut away because of `fault`;
    0 and None when the end was clean.
    """

    last_seq: int
    chain: bytes
    file: str | None = None
    offset: int = 0
    cut: int = 0
    fault: Fault | None = None


def recover(
    folder: Path, organisation: str, ring: KeyRing, *, disk: Disk, at: int, seen: deque[Entry] | None = None
) -> Recovered:
    """Close the last segment if a crash left it open, and return where the log ends.

    `seen` gets the records that had to be read for it: those of the last segment, unless it is compressed. Raise
    LogDamaged when the place that is wrong held records that had been acknowledged.
    """
    segments = list_segments(folder)
    if not segments:
        if stubs := read_ledger(folder, organisation, ring):
            raise LogDamaged(file=LEDGER, offset=0, seq=stubs[-1].last_seq + 1, fault=END_MISSING)
        return Recovered(0, GENESIS)
    last = segments[-1]
    if last.archived:
        with Archive(last.path, organisation=organisation, ring=ring) as archive:
            return Recovered(archive.seal.last_seq, archive.seal.chain, last.path.name)
    return _recover_live(last, organisation, ring, disk=disk, at=at, seen=seen)


def _recover_live(
    last: SegmentPath, organisation: str, ring: KeyRing, *, disk: Disk, at: int, seen: deque[Entry] | None
) -> Recovered:
    with LiveSegment(last.path, organisation=organisation, ring=ring) as segment:
        chain = segment.new_chain()
        for frame in segment.frames():
            chain.add(frame.kind, frame.payload)
            if seen is not None:
                seen.append((frame.seq, frame.kind, frame.payload))
        end, header = segment.end, segment.header
        cut, fault = (0, None) if end.seal else find_tail_fault(segment, end)
        if fault is not None and segment.is_proven(end):
            raise LogDamaged(file=last.path.name, offset=end.offset, seq=end.seq, fault=fault)
        found = Recovered(end.seq - 1, chain.digest(), last.path.name, end.offset, cut, fault)
        if end.seal is not None:
            _trust_seal(found, end.seal)
            _rewrite_end(last.path, end.offset, b"", disk=disk)
            return found
        if end.seq == header.first_seq:
            disk.remove(last.path)
            return replace(found, chain=header.previous)
        seal = segment.seal_frame(Seal(found.last_seq, at, found.chain))
    _rewrite_end(last.path, end.offset, seal, disk=disk)
    return found


def find_tail_fault(segment: LiveSegment, end: End) -> tuple[int, Fault | None]:
    """Return how many bytes behind the last good frame of an open segment are wrong, and what; (0, None) for none."""
    if segment.size() < segment.header.capacity:
        is_closed = end.fault is not None and segment.seal_at_end() is not None
        return segment.size() - end.offset, end.fault if is_closed else TAIL_CUT
    dirty = segment.last_nonzero(end.offset)
    if dirty is None:
        return 0, None
    return dirty + 1 - end.offset, end.fault or TAIL_DIRTY


def _trust_seal(found: Recovered, seal: Seal) -> None:
    if seal.chain != found.chain:
        raise LogDamaged(file=found.file or "", offset=found.offset, seq=found.last_seq, fault=CHAIN_INSIDE)


def _rewrite_end(path: Path, offset: int, seal: bytes, *, disk: Disk) -> None:
    """Let the file end at `offset` plus the seal; repeating it after a crash is safe."""
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        if seal:
            disk.write(fd, seal, offset)
        disk.truncate(fd, offset + len(seal))
        disk.sync_all(fd)
    finally:
        os.close(fd)
