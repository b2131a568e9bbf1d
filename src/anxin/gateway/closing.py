"""Closing work in a process of its own: file the index, compress, drop what is older than the retention."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from anxin.engine.log.closing import Closing
from anxin.engine.log.errors import LogBusy
from anxin.engine.log.keys import FileKeyRing, KeyRing
from anxin.engine.log.reader import LogReader
from anxin.gateway.event_index import EventIndex
from anxin.gateway.journal import start_journal
from anxin.gateway.organisation import Folders

_DAY_MS = 86_400_000
_PAUSE_SECONDS = 0.002


def close_segments(folders: Folders, organisation: str, ring: KeyRing, *, retention_days: int, now: int) -> None:
    """File, compress and drop; a second process at it leaves without a word. `now` is ms UTC, 0 days keep all."""
    closing = Closing(folders.log, organisation, ring, pause=_pause)
    index = EventIndex(folders.index, folders.log, key=ring.derive(organisation, "event-index", 32))
    try:
        if retention_days:
            closing.drop(before=now - retention_days * _DAY_MS, at=now)
        index.build(LogReader(folders.log, ring, organisation=organisation), pause=_pause)
        closing.compress()
    except LogBusy:
        return


def _pause() -> None:
    time.sleep(_PAUSE_SECONDS)


def main(arguments: list[str]) -> None:
    """Run with: data folder, organisation, retention in days, master key file."""
    start_journal()
    data, organisation, retention, key = arguments
    os.nice(19)
    folders = Folders(Path(data) / "organisations" / organisation)
    now = time.time_ns() // 1_000_000
    close_segments(folders, organisation, FileKeyRing(Path(key)), retention_days=int(retention), now=now)


if __name__ == "__main__":
    main(sys.argv[1:])
