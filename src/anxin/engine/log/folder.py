"""The files of one organisation's log, by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

LIVE_SUFFIX = ".seg"
ARCHIVE_SUFFIX = ".seg.z"
LOCK = "writer.lock"
CLOSING_LOCK = "closing.lock"
RESERVE = "reserve"
LEDGER = "dropped.json"

_NAME = re.compile(r"(\d{20})\.seg(\.z)?")


@dataclass(frozen=True, slots=True, order=True)
class SegmentPath:
    """A segment on disk, known by its first sequence number."""

    first_seq: int
    path: Path
    archived: bool

    def size(self) -> int:
        """Return the file's size in bytes, 0 when it was compressed or dropped since it was listed."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0


def live_path(folder: Path, first_seq: int) -> Path:
    """Return the path of the live segment that starts with `first_seq`."""
    return folder / f"{first_seq:020d}{LIVE_SUFFIX}"


def archive_path(folder: Path, first_seq: int) -> Path:
    """Return the path of the compressed segment that starts with `first_seq`."""
    return folder / f"{first_seq:020d}{ARCHIVE_SUFFIX}"


def list_segments(folder: Path) -> list[SegmentPath]:
    """Return the segments in order; of one that exists in both forms, the compressed, which is always whole."""
    found: dict[int, SegmentPath] = {}
    if not folder.exists():
        return []
    # Listing is not atomic: one pass can miss both forms of a segment that is compressed meanwhile, two cannot.
    for path in (*folder.iterdir(), *folder.iterdir()):
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        first_seq, archived = int(match[1]), match[2] is not None
        if archived or first_seq not in found:
            found[first_seq] = SegmentPath(first_seq, path, archived)
    return [found[first_seq] for first_seq in sorted(found)]
