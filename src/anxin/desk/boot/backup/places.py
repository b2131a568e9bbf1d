"""What lies where in the data folder, and how it is copied."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

Turn = Literal["first", "middle", "last"]
ORGANISATIONS = "organisations"
FIRST = ("audit/*", f"{ORGANISATIONS}/*/snapshots/*", f"{ORGANISATIONS}/*/index/*")
"""Copied before the log: none of it may know more than the log that is restored with it."""
LAST = ("evidence/*",)
"""Copied after the desk's database: written before the row that names it, and only ever added to."""
KEY_FILES = (
    "master.key*",
    "keys/*",
    "desk.secret",
    "demo.key",
    "demo.password",
    "demo.platform",
    "circles/*",
    "*.key",
    "*.pem",
)
"""What opens sealed data or lets somebody in; only ever copied sealed."""
LEFT_OUT = (
    "*.new",
    "*.log",
    "*.lock",
    "*/reserve",
    "*.sqlite3",
    "*.sqlite3-wal",
    "*.sqlite3-shm",
    "*.sqlite3-journal",
    "first-run.code",
    "control.place",
    "output.txt",
    f"{ORGANISATIONS}/*/log/*",
)
"""Drafts, journals, locks; and what is copied in its own way: databases and the log."""


def list_plain(data: Path, turn: Turn) -> list[str]:
    """Return the paths of the files copied as they are in one turn."""
    return [
        path
        for path in _paths(data)
        if not _fits(path, KEY_FILES) and not _fits(path, LEFT_OUT) and _turn(path) == turn
    ]


def list_keys(data: Path) -> list[str]:
    """Return the paths of the key files."""
    return [path for path in _paths(data) if _fits(path, KEY_FILES) and not _fits(path, ("*.new",))]


def list_databases(data: Path) -> list[str]:
    """Return the SQLite files: the projection first, which may not know more than the log; the desk's own last."""
    return sorted((path.name for path in data.glob("*.sqlite3")), key=lambda name: not name.startswith("projection"))


def list_logs(data: Path) -> list[str]:
    """Return the names of the organisations that have a log."""
    return sorted(path.parent.name for path in (data / ORGANISATIONS).glob("*/log") if path.is_dir())


def _turn(path: str) -> Turn:
    return "first" if _fits(path, FIRST) else "last" if _fits(path, LAST) else "middle"


def _paths(data: Path) -> list[str]:
    return sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file())


def _fits(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)
