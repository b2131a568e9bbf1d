"""Copy an SQLite database that is in use, as of one moment."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from anxin.desk.boot.backup.archive import read_blocks
from anxin.desk.boot.backup.errors import BackupImpossible

_WAIT_SECONDS = 30.0


def sqlite_blocks(path: Path, beside: Path) -> Iterator[bytes]:
    """Yield the bytes of a copy of one moment, made in the folder `beside`; writers go on meanwhile."""
    with tempfile.TemporaryDirectory(prefix=".anxin-backup-", dir=beside) as folder:
        copy = Path(folder) / path.name
        _copy(path, copy)
        with copy.open("rb") as file:
            yield from read_blocks(file)


def _copy(path: Path, copy: Path) -> None:
    copy.touch(mode=0o600)
    try:
        with (
            closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=_WAIT_SECONDS)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            # All pages in one step: in steps, a busy writer would make it begin again and again.
            source.backup(target, pages=-1)
    except sqlite3.Error as problem:
        raise BackupImpossible(reason=f"{path.name}: {problem}") from None
