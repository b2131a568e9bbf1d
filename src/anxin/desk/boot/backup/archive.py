"""The archive's file: numbered members in a ZIP, the manifest last, so that a cut file is seen at once."""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from anxin.desk.boot.backup.errors import ArchiveDamaged, BackupImpossible
from anxin.desk.boot.backup.manifest import Manifest, Part, TablePart, parse_manifest

MANIFEST, KEYS = "manifest.json", "keys.sealed"
BLOCK = 1 << 20


@dataclass(frozen=True)
class Written:
    """A member that was just written."""

    member: str
    size: int
    sha256: str


class ArchiveWriter:
    """Writes beside `path` and takes its place only when `finish` was called: a failed backup leaves nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._draft = path.with_name(path.name + ".new")
        try:
            descriptor = os.open(self._draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise BackupImpossible(reason=f"{self._draft.name}: {problem.strerror}") from None
        self._file = os.fdopen(descriptor, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._count = 0

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, _: TracebackType | None) -> None:
        if not self._file.closed:
            # Thrown away: left open, it would still want to write its end when it is collected.
            with contextlib.suppress(OSError, ValueError):
                self._zip.close()
            self._file.close()
        self._draft.unlink(missing_ok=True)

    def add(self, blocks: Iterable[bytes], *, compress: bool) -> Written:
        """Write one member from blocks; return what was written."""
        self._count += 1
        info = zipfile.ZipInfo(f"parts/{self._count:06d}", date_time=(1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        size, digest = 0, hashlib.sha256()
        with self._zip.open(info, "w", force_zip64=True) as member:
            for block in blocks:
                member.write(block)
                digest.update(block)
                size += len(block)
        return Written(info.filename, size, digest.hexdigest())

    def finish(self, manifest: bytes, keys: bytes | None) -> None:
        """Write keys and manifest, make the file durable and put it in its place."""
        if keys is not None:
            self._zip.writestr(KEYS, keys)
        self._zip.writestr(MANIFEST, manifest)
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._draft.replace(self._path)


class ArchiveReader:
    """A whole archive; raises ArchiveDamaged where it is not."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest_bytes = self._zip.read(MANIFEST)
        except (OSError, zipfile.BadZipFile, KeyError, zlib.error, EOFError, RuntimeError) as problem:
            raise ArchiveDamaged(reason=type(problem).__name__) from None
        self.manifest: Manifest = parse_manifest(self.manifest_bytes)

    def __enter__(self) -> ArchiveReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def sealed_keys(self) -> bytes:
        """Return the sealed part."""
        try:
            return self._zip.read(KEYS)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError):
            raise ArchiveDamaged(reason="keys") from None

    def verify(self) -> None:
        """Read every part and compare it with the manifest."""
        parts: tuple[Part | TablePart, ...] = (*self.manifest.files, *self.manifest.tables)
        for part in parts:
            for _ in self.blocks(part):
                continue

    def blocks(self, part: Part | TablePart) -> Iterator[bytes]:
        """Yield a part's bytes; raise ArchiveDamaged at its end when they are not those of the manifest."""
        size, digest = 0, hashlib.sha256()
        try:
            with self._zip.open(part.member) as member:
                while block := member.read(BLOCK):
                    digest.update(block)
                    size += len(block)
                    yield block
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as problem:
            raise ArchiveDamaged(reason=f"{part.member}, {type(problem).__name__}") from None
        if (size, digest.hexdigest()) != (part.size, part.sha256):
            raise ArchiveDamaged(reason=part.member)


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the manifest as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def read_blocks(file: IO[bytes], size: int | None = None) -> Iterator[bytes]:
    """Yield the next `size` bytes of a file, or all of it."""
    left = size
    while left is None or left > 0:
        block = file.read(BLOCK if left is None else min(BLOCK, left))
        if not block:
            return
        yield block
        left = None if left is None else left - len(block)
