"""Snapshots: the state of one organisation on disk, written by a forked child while decisions go on."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from anxin.engine.errors import StateMismatch
from anxin.engine.log.errors import LogDamaged
from anxin.engine.log.faults import SNAPSHOT_AHEAD
from anxin.engine.log.records import ControlRecord

FORMAT = 1
_MAGIC = b"ANXINSNP"
_SEAL = 32
_BLOCK = 1 << 20
_SUFFIX = ".snapshot"
_KEPT = 2

Write = Callable[[bytes], object]
Read = Callable[[int], bytes]


class SnapshotHead(msgspec.Struct, frozen=True):
    """What a snapshot was made of: the log through `seq`, control through `control_seq`, the policies in work.

    `format` and `program` say who wrote it; `at` is ms UTC.
    """

    format: int
    program: str
    organisation: str
    seq: int
    at: int
    control_seq: int
    control_chain: bytes
    policies: list[ControlRecord]
    follows_folder: bool = True


@dataclass(frozen=True)
class Unusable:
    """A snapshot that cannot be used, and why."""

    path: Path
    reason: str
    reason_zh: str


class _SealedFile:
    """Writes and hashes; the hash ends the file."""

    def __init__(self, descriptor: int, key: bytes) -> None:
        self._descriptor = descriptor
        self._hash = hashlib.blake2b(digest_size=_SEAL, key=key)
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, part: bytes) -> None:
        self._parts.append(part)
        self._size += len(part)
        if self._size >= _BLOCK:
            self._flush()

    def _flush(self) -> None:
        block = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        self._hash.update(block)
        self._put(block)

    def _put(self, block: bytes) -> None:
        rest = memoryview(block)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def finish(self) -> None:
        self._flush()
        self._put(self._hash.digest())
        os.fsync(self._descriptor)


class Snapshots:
    """The snapshots of one organisation in one folder; `key` (32 bytes) seals them against change."""

    def __init__(self, folder: Path, *, key: bytes) -> None:
        self._folder = folder
        self._key = key
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for draft in folder.glob("*.new"):
            draft.unlink()

    def write(self, head: SnapshotHead, dump: Callable[[Write], None]) -> None:
        """Write a snapshot in this process."""
        draft = self._draft(head)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            self._fill(descriptor, head, dump)
        finally:
            os.close(descriptor)
        self.publish(head)

    def start_child(self, head: SnapshotHead, dump: Callable[[Write], None]) -> int:
        """Fork a child that writes the state of this moment; return its process id, to `publish` if it ends with 0."""
        draft = self._draft(head)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            child = os.fork()
            if child == 0:
                self._live_as_child(descriptor, head, dump)
        finally:
            os.close(descriptor)
        return child

    def _live_as_child(self, descriptor: int, head: SnapshotHead, dump: Callable[[Write], None]) -> None:
        code = 1
        try:
            gc.disable()
            # The parent's sockets and the log's lock must not outlive the parent in this child.
            os.closerange(3, descriptor)
            os.closerange(descriptor + 1, os.sysconf("SC_OPEN_MAX"))
            os.nice(10)
            self._fill(descriptor, head, dump)
            code = 0
        finally:
            os._exit(code)

    def _fill(self, descriptor: int, head: SnapshotHead, dump: Callable[[Write], None]) -> None:
        file = _SealedFile(descriptor, self._key)
        encoded = msgspec.msgpack.encode(head)
        file.write(_MAGIC + len(encoded).to_bytes(4, "little") + encoded)
        dump(file.write)
        file.finish()

    def _draft(self, head: SnapshotHead) -> Path:
        return self._folder / f"{head.seq:020d}.new"

    def publish(self, head: SnapshotHead) -> Path:
        """Let a written snapshot count, and drop all but the last two."""
        path = self._folder / f"{head.seq:020d}{_SUFFIX}"
        self._draft(head).replace(path)
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        for old in self._newest_first()[_KEPT:]:
            old.unlink()
        return path

    def discard(self, head: SnapshotHead) -> None:
        """Drop what a failed child left."""
        self._draft(head).unlink(missing_ok=True)

    def _newest_first(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{_SUFFIX}"), reverse=True)

    def open_each(self, *, organisation: str, last_seq: int) -> Iterator[OpenSnapshot | Unusable]:
        """Yield the snapshots, newest first: each whole and of this format and log, or why it is not.

        Raise LogDamaged for one that is ahead of the log: none counts before all that it knows is on the disk.
        """
        for path in self._newest_first():
            try:
                snapshot = OpenSnapshot(path, key=self._key)
            except StateMismatch as mismatch:
                yield Unusable(path, str(mismatch.details["reason"]), str(mismatch.details["reason_zh"]))
                continue
            head = snapshot.head
            if head.organisation != organisation:
                snapshot.close()
                yield Unusable(path, "it belongs to another log", "属于另一个日志")
            elif head.seq > last_seq:
                snapshot.close()
                raise LogDamaged(file=path.name, offset=0, seq=last_seq + 1, fault=SNAPSHOT_AHEAD)
            else:
                yield snapshot


class OpenSnapshot:
    """A snapshot whose seal was checked; `read` goes on behind the head."""

    def __init__(self, path: Path, *, key: bytes) -> None:
        self._file: BinaryIO = path.open("rb")
        try:
            self._check_seal(key)
            self.head = self._read_head()
        except BaseException:
            self._file.close()
            raise
        self.read: Read = self._file.read

    def _check_seal(self, key: bytes) -> None:
        size = os.fstat(self._file.fileno()).st_size - _SEAL
        hashed = hashlib.blake2b(digest_size=_SEAL, key=key)
        while size > 0 and (block := self._file.read(min(_BLOCK, size))):
            hashed.update(block)
            size -= len(block)
        if self._file.read() != hashed.digest():
            raise StateMismatch(reason="the file is damaged", reason_zh="文件已损坏")
        self._file.seek(0)

    def _read_head(self) -> SnapshotHead:
        if self._file.read(len(_MAGIC)) != _MAGIC:
            raise StateMismatch(reason="this is no snapshot", reason_zh="不是快照文件")
        encoded = self._file.read(int.from_bytes(self._file.read(4), "little"))
        try:
            head = msgspec.msgpack.decode(encoded, type=SnapshotHead)
        except msgspec.DecodeError:
            raise StateMismatch(reason="it was written by another version", reason_zh="由另一个版本写成") from None
        if head.format != FORMAT:
            raise StateMismatch(
                reason=f"its format is {head.format}, this program reads {FORMAT}",
                reason_zh=f"格式为 {head.format}，本程序只读 {FORMAT}",
            )
        return head

    def close(self) -> None:
        """Close the file."""
        self._file.close()
