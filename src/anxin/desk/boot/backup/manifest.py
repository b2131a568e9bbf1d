"""What an archive says of itself."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Literal

import msgspec

from anxin.desk.boot.backup.errors import ArchiveDamaged

FORMAT = 1
Database = Literal["files", "postgresql"]


class Part(msgspec.Struct, frozen=True):
    """One copied file: `member` of the archive, `size` bytes and SHA-256 in hex; zeros follow up to `padded_to`."""

    path: str
    member: str
    size: int
    sha256: str
    padded_to: int = 0


class TablePart(msgspec.Struct, frozen=True):
    """The rows of one PostgreSQL table, as COPY's text."""

    table: str
    columns: tuple[str, ...]
    member: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in the archive; `made_at` is RFC 3339 UTC, `migrations` are (app, name) of the copied database."""

    format: int
    program: str
    made_at: str
    database: Database
    has_keys: bool
    files: tuple[Part, ...]
    tables: tuple[TablePart, ...] = ()
    migrations: tuple[tuple[str, str], ...] = ()


def parse_manifest(body: bytes) -> Manifest:
    """Return the manifest; raise ArchiveDamaged when it is none, is of another format, or names a path outside."""
    try:
        found = msgspec.json.decode(body, type=Manifest)
    except msgspec.DecodeError:
        raise ArchiveDamaged(reason="manifest") from None
    if found.format != FORMAT:
        raise ArchiveDamaged(reason=f"format {found.format}")
    for each in found.files:
        check_path(each.path)
    return found


def check_path(path: str) -> None:
    """Raise ArchiveDamaged unless the path stays inside the folder."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\0" in path:
        raise ArchiveDamaged(reason="a path leads outside")
