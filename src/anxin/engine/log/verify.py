"""Walking the whole log, to say whether it is as it was written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from anxin.engine.log.archive import Archive
from anxin.engine.log.errors import LogBusy, LogDamaged
from anxin.engine.log.faults import (
    CHAIN_BEFORE,
    CHAIN_INSIDE,
    END_MISSING,
    LEDGER_BROKEN,
    RECORDS_DOUBLED,
    RECORDS_MISSING,
    SEAL_MISSING,
    TAIL_CUT,
    TAIL_DIRTY,
    Fault,
)
from anxin.engine.log.folder import LEDGER, SegmentPath, archive_path, list_segments
from anxin.engine.log.frames import LiveSegment
from anxin.engine.log.keys import KeyRing
from anxin.engine.log.ledger import Stub, read_ledger
from anxin.engine.log.recovery import find_tail_fault
from anxin.engine.log.segment import GENESIS, HEADER_SIZE, Chain, Header, Seal

Progress = Callable[[int, int], None]
_TELL_EVERY = 4096


@dataclass(frozen=True, slots=True)
class Damage:
    """A broken place; `is_torn_tail` marks what a crash leaves behind and the next start of the writer repairs."""

    file: str
    offset: int
    seq: int
    fault: Fault
    is_torn_tail: bool = False


@dataclass
class LogReport:
    """What was found; `damages` in log order, empty when all is well. `last_seq` is 0 in an empty log."""

    segments: int = 0
    records: int = 0
    dropped_segments: int = 0
    first_seq: int = 0
    last_seq: int = 0
    damages: list[Damage] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        """Tell whether nothing acknowledged is harmed; a torn tail holds nothing that was acknowledged."""
        return all(damage.is_torn_tail for damage in self.damages)


def verify_log(
    folder: Path,
    ring: KeyRing,
    progress: Progress | None = None,
    *,
    organisation: str | None = None,
    at_least: int = 0,
) -> LogReport:
    """Check ledger, headers, frames, tags, continuity and chain of a log, and go on behind what is broken.

    `progress` hears (bytes done, bytes in all). `organisation` None takes the one that the first segment names.
    `at_least` is a sequence number known from elsewhere, such as a snapshot: a log that ends before it was cut.
    Safe beside a writer. Raise KeyMissing when the ring cannot open a segment, LogBusy when segments are being dropped.
    """
    walk = _Walk(folder, organisation, ring, progress or (lambda done, total: None))
    walk.run()
    report = walk.report
    if report.last_seq < at_least:
        file = walk.last_file or LEDGER
        report.damages.append(Damage(file, walk.last_end, report.last_seq + 1, END_MISSING))
    return report


class _Walk:
    """One pass; `_expected` is the next seq and `_chain` what it must continue, None after damage hid them."""

    def __init__(self, folder: Path, organisation: str | None, ring: KeyRing, progress: Progress) -> None:
        self._folder = folder
        self._organisation = organisation
        self._ring = ring
        self._progress = progress
        self._done = self._total = 0
        self._expected: int | None = 1
        self._chain: bytes | None = GENESIS
        self.report = LogReport()
        self.last_file: str | None = None
        self.last_end = 0

    def run(self) -> None:
        stubs = self._walk_ledger()
        dropped_until = stubs[-1].last_seq if stubs else 0
        segments = [each for each in list_segments(self._folder) if each.first_seq > dropped_until]
        sizes = [each.size() for each in segments]
        self._total = sum(sizes)
        if stubs and not segments:
            self._blame(LEDGER, 0, dropped_until + 1, END_MISSING)
        for segment, size in zip(segments, sizes, strict=True):
            start = self._done
            self._walk_segment(segment, is_last=segment is segments[-1])
            self._done = start + size
            self._progress(self._done, self._total)

    def _walk_ledger(self) -> tuple[Stub, ...]:
        try:
            stubs = read_ledger(self._folder, self._organisation, self._ring)
        except LogDamaged as damage:
            self._record(damage)
            self._expected = self._chain = None
            return ()
        for stub in stubs:
            if stub.first_seq != self._expected or stub.previous != self._chain:
                self._blame(LEDGER, 0, stub.first_seq, LEDGER_BROKEN)
            self._expected, self._chain = stub.last_seq + 1, stub.chain
        self.report.dropped_segments = len(stubs)
        return stubs

    def _walk_segment(self, segment: SegmentPath, *, is_last: bool) -> None:
        report = self.report
        report.segments += 1
        self.last_file = segment.path.name
        try:
            if segment.archived or not segment.path.exists():
                # A listed live segment that is gone has just been compressed.
                self._walk_archive(archive_path(self._folder, segment.first_seq))
            else:
                self._walk_live(segment.path, is_last=is_last)
        except FileNotFoundError as error:
            raise LogBusy() from error
        except LogDamaged as damage:
            self._record(damage)
            self._expected = self._chain = None

    def _join(self, file: str, header: Header) -> None:
        """Check that a segment continues the one before it."""
        self._organisation = header.organisation
        self.report.first_seq = self.report.first_seq or header.first_seq
        if self._expected is not None and header.first_seq != self._expected:
            fault = RECORDS_MISSING if header.first_seq > self._expected else RECORDS_DOUBLED
            self._blame(file, 0, self._expected, fault)
        elif self._chain is not None and header.previous != self._chain:
            self._blame(file, 0, header.first_seq, CHAIN_BEFORE)

    def _leave(self, seal: Seal | None) -> None:
        self._expected = None if seal is None else seal.last_seq + 1
        self._chain = None if seal is None else seal.chain

    def _walk_archive(self, path: Path) -> None:
        with Archive(path, organisation=self._organisation, ring=self._ring) as archive:
            self._join(path.name, archive.header)
            chain = archive.new_chain()
            self._leave(archive.seal)
            try:
                for seq, kind, payload in archive.records():
                    chain.add(kind, payload)
                    self._count(seq, 0)
            except LogDamaged as damage:
                self._record(damage)
                return
            if chain.digest() != archive.seal.chain:
                self._blame(path.name, 0, archive.seal.last_seq, CHAIN_INSIDE)

    def _walk_live(self, path: Path, *, is_last: bool) -> None:
        with LiveSegment(path, organisation=self._organisation, ring=self._ring) as live:
            self._join(path.name, live.header)
            chain = live.new_chain()
            self._walk_frames(live, chain, HEADER_SIZE, live.header.first_seq)
            if live.end.seal is None:
                self._walk_open_end(live, chain, is_last=is_last)
            end = live.end
            if end.seal is None:
                return
            self._leave(end.seal)
            if end.seal.chain != chain.digest():
                self._blame(path.name, end.offset, end.seal.last_seq, CHAIN_INSIDE)
            if live.last_nonzero(end.offset) is not None:
                self._blame(path.name, end.offset, end.seq, TAIL_DIRTY)

    def _walk_frames(self, live: LiveSegment, chain: Chain, offset: int, seq: int) -> None:
        for frame in live.frames(offset, seq):
            chain.add(frame.kind, frame.payload)
            self._count(frame.seq, frame.offset)
        self.last_end = live.end.offset

    def _walk_open_end(self, live: LiveSegment, chain: Chain, *, is_last: bool) -> None:
        """Walk on until the end stands still, and tell what is not there yet, or torn by a crash, from harm.

        A writer at work is seen in the middle of a batch: what was missing may be there at the next look.
        """
        while True:
            # In this order: what stood before a look, the look, and whether it still holds after it.
            is_being_written, seal, end = live.is_being_written(), live.seal_at_end(), live.end
            _, fault = find_tail_fault(live, end)
            is_harm = fault is TAIL_CUT or (fault is not None and live.is_proven(end))
            self._walk_frames(live, chain, end.offset, end.seq)
            if live.end.seal is not None:
                return
            if fault is None or live.end.offset == end.offset:
                break
        self._leave(seal)
        if not is_last or seal is not None:
            self._blame(live.path.name, end.offset, end.seq, end.fault or SEAL_MISSING)
        elif fault is not None and (is_harm or not is_being_written):
            self._blame(live.path.name, end.offset, end.seq, fault, is_torn_tail=not is_harm)

    def _count(self, seq: int, offset: int) -> None:
        report = self.report
        report.records += 1
        report.last_seq = seq
        if seq % _TELL_EVERY == 0:
            self._progress(self._done + offset, self._total)

    def _record(self, damage: LogDamaged) -> None:
        self._blame(damage.file, damage.offset, damage.seq or self._expected or 0, damage.fault)

    def _blame(self, file: str, offset: int, seq: int, fault: Fault, *, is_torn_tail: bool = False) -> None:
        self.report.damages.append(Damage(file, offset, seq, fault, is_torn_tail))
