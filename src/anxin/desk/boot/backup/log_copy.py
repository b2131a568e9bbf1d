"""Copy a decision log while it is written: closed segments whole, the open one up to its last whole record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from anxin.desk.boot.backup.archive import ArchiveWriter, read_blocks
from anxin.desk.boot.backup.errors import BackupImpossible
from anxin.desk.boot.backup.manifest import Part
from anxin.engine.log.folder import LEDGER, SegmentPath, list_segments
from anxin.engine.log.frames import End, LiveSegment
from anxin.engine.log.keys import KeyRing

_ROUNDS = 100
Relative = Callable[[Path], str]


class LogCopy:
    """The copy of one organisation's log; segments may be closed, compressed or dropped meanwhile."""

    def __init__(self, folder: Path, organisation: str, ring: KeyRing, archive: ArchiveWriter, place: Relative) -> None:
        self._folder = folder
        self._organisation = organisation
        self._ring = ring
        self._archive = archive
        self._place = place
        self._whole: dict[int, Part] = {}

    def run(self) -> list[Part]:
        """Copy until nothing is new; return the parts. Raise BackupImpossible when segments vanish for ever."""
        for _ in range(_ROUNDS):
            last = self._copy_listed()
            segments = list_segments(self._folder)
            if last is None or (segments and segments[-1].first_seq == last[0]):
                parts = [*self._whole.values(), *([last[1]] if last else [])]
                return parts + self._copy_ledger()
        raise BackupImpossible(reason=f"{self._organisation}: the log changes faster than it can be copied")

    def _copy_listed(self) -> tuple[int, Part] | None:
        """Copy what is listed now; return the last segment's first number and part, which may have grown since."""
        last: tuple[int, Part] | None = None
        segments = list_segments(self._folder)
        for segment in segments:
            if segment.first_seq in self._whole:
                continue
            try:
                part = self._copy_segment(segment)
            except FileNotFoundError:  # compressed or dropped a moment ago: the next listing tells
                return -1, Part("", "", 0, "")
            if segment is segments[-1]:
                last = segment.first_seq, part
            else:
                self._whole[segment.first_seq] = part
        return last

    def _copy_segment(self, segment: SegmentPath) -> Part:
        if segment.archived:
            with segment.path.open("rb") as file:
                return self._add(segment.path, read_blocks(file))
        with LiveSegment(segment.path, organisation=self._organisation, ring=self._ring) as live:
            for _ in live.frames():
                continue
            end, capacity = _end_of(live), live.header.capacity
            with segment.path.open("rb") as file:
                blocks = read_blocks(file, end.offset)
                return self._add(segment.path, blocks, padded_to=0 if end.seal else capacity)

    def _copy_ledger(self) -> list[Part]:
        path = self._folder / LEDGER
        if not path.exists():
            return []
        with path.open("rb") as file:
            return [self._add(path, read_blocks(file))]

    def _add(self, path: Path, blocks: Iterator[bytes], *, padded_to: int = 0) -> Part:
        written = self._archive.add(blocks, compress=False)
        return Part(self._place(path), written.member, written.size, written.sha256, padded_to)


def _end_of(live: LiveSegment) -> End:
    """Return where the good frames that were walked end; raise BackupImpossible when what is behind them was lost.

    A batch on its way to the file looks the same until the next look.
    """
    while True:
        end = live.end
        fault = end.fault if end.fault is not None and live.is_proven(end) else None
        for _ in live.frames(end.offset, end.seq):
            continue
        if fault is None:
            return end
        if live.end.offset == end.offset:
            raise BackupImpossible(reason=f"{live.path.name}: {fault.en}; anxin log verify")
