"""Make a backup of an installation at work.

The order is what makes it consistent: the projection, checkpoints and snapshots first, which must not know more than
the log; then the log; then the API keys; the database of people and orders last, because the gateway refuses a control
stream that ends before its log; then the evidence, each file of which was there before its row; and the key files at
the very end, so that none is missing that something was sealed under meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from anxin import __version__
from anxin.desk.boot.backup.archive import ArchiveWriter, encode_manifest, read_blocks
from anxin.desk.boot.backup.errors import BackupImpossible
from anxin.desk.boot.backup.log_copy import LogCopy
from anxin.desk.boot.backup.manifest import FORMAT, Manifest, Part, TablePart
from anxin.desk.boot.backup.places import ORGANISATIONS, Turn, list_databases, list_keys, list_logs, list_plain
from anxin.desk.boot.backup.sealed_keys import seal_keys
from anxin.desk.boot.backup.sqlite_copy import sqlite_blocks
from anxin.engine.log.keys import FileKeyRing

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Source:
    """What is to be copied; `database_url` empty means SQLite files in `data`."""

    data: Path
    database_url: str = ""
    master_key: Path | None = None

    @property
    def master_key_path(self) -> Path:
        """Where the gateway's master key lies."""
        return self.master_key or self.data / "master.key"


def back_up(source: Source, to: Path, *, passphrase: str | None, at: datetime, tell: Tell) -> Manifest:
    """Write the archive `to` and return its manifest; `passphrase` None leaves the keys out.

    Raise BackupImpossible, and leave no file, when something cannot be copied.
    """
    if not source.data.is_dir():
        raise BackupImpossible(
            reason=f"there is no folder {source.data.name}", reason_zh=f"没有文件夹 {source.data.name}"
        )
    if to.exists():
        raise BackupImpossible(reason=f"the file {to.name} exists", reason_zh=f"文件 {to.name} 已存在")
    with ArchiveWriter(to) as archive:
        manifest = _Copy(source, archive, to.absolute().parent, tell).run(at, has_keys=passphrase is not None)
        encoded = encode_manifest(manifest)
        keys = None if passphrase is None else seal_keys(_read_keys(source), passphrase, about=encoded)
        archive.finish(encoded, keys)
    return manifest


class _Copy:
    def __init__(self, source: Source, archive: ArchiveWriter, beside: Path, tell: Tell) -> None:
        self._source = source
        self._archive = archive
        self._beside = beside
        self._tell = tell
        self._files: dict[str, Part] = {}
        self._tables: list[TablePart] = []
        self._migrations: tuple[tuple[str, str], ...] = ()

    def run(self, at: datetime, *, has_keys: bool) -> Manifest:
        is_postgresql = bool(self._source.database_url)
        databases = list_databases(self._source.data)
        projections = [name for name in databases if name.startswith("projection")]
        self._copy_databases(projections)
        if is_postgresql:
            self._copy_postgresql(projected=True)
        self._copy_plain("first")
        self._copy_logs()
        self._copy_plain("middle")
        self._copy_databases([name for name in databases if name not in projections])
        if is_postgresql:
            self._copy_postgresql(projected=False)
        self._copy_plain("last")
        return Manifest(
            format=FORMAT,
            program=__version__,
            made_at=at.isoformat(timespec="milliseconds"),
            database="postgresql" if is_postgresql else "files",
            has_keys=has_keys,
            files=tuple(self._files.values()),
            tables=tuple(self._tables),
            migrations=self._migrations,
        )

    def _copy_plain(self, turn: Turn) -> None:
        """Copy files until a listing holds nothing new; one that is gone by then was replaced by a newer one."""
        gone: set[str] = set()
        while fresh := [path for path in list_plain(self._source.data, turn) if path not in self._files.keys() | gone]:
            for path in fresh:
                try:
                    with (self._source.data / path).open("rb") as file:
                        written = self._archive.add(read_blocks(file), compress=False)
                except FileNotFoundError:
                    gone.add(path)
                    continue
                self._files[path] = Part(path, written.member, written.size, written.sha256)

    def _copy_logs(self) -> None:
        names = list_logs(self._source.data)
        if not names:
            return
        if not self._source.master_key_path.exists():
            name = self._source.master_key_path.name
            raise BackupImpossible(reason=f"the master key {name} is missing", reason_zh=f"缺少主密钥 {name}")
        ring = FileKeyRing(self._source.master_key_path)
        for name in names:
            self._tell(name)
            folder = self._source.data / ORGANISATIONS / name / "log"
            for part in LogCopy(folder, name, ring, self._archive, self._place).run():
                self._files[part.path] = part

    def _place(self, path: Path) -> str:
        return path.relative_to(self._source.data).as_posix()

    def _copy_databases(self, names: list[str]) -> None:
        for name in names:
            self._tell(name)
            written = self._archive.add(sqlite_blocks(self._source.data / name, self._beside), compress=True)
            self._files[name] = Part(name, written.member, written.size, written.sha256)

    def _copy_postgresql(self, *, projected: bool) -> None:
        from anxin.desk.boot.backup.postgresql_copy import copy_tables, read_migrations, reading  # an extra

        self._tell("PostgreSQL")
        with reading(self._source.database_url) as connection:
            self._tables += copy_tables(connection, self._archive, projected=projected)
            self._migrations = read_migrations(connection)


def _read_keys(source: Source) -> dict[str, bytes]:
    """Return the key files by path; a master key kept elsewhere takes its usual place."""
    found = {path: (source.data / path).read_bytes() for path in list_keys(source.data)}
    if source.master_key is not None:
        for path in sorted(source.master_key.parent.glob(f"{source.master_key.name}*")):
            if not path.name.endswith(".new"):
                found[path.name.replace(source.master_key.name, "master.key", 1)] = path.read_bytes()
    return found
