"""The compressed form of a closed segment."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import google_crc32c
import zstandard
from cryptography.exceptions import InvalidTag

from anxin.engine.log.errors import LogDamaged
from anxin.engine.log.faults import (
    BLOCK_CHANGED,
    BLOCK_CHECKSUM,
    BLOCK_LENGTH,
    BLOCK_PLACE,
    FILE_CUT,
    SEAL_CHANGED,
    TAIL_DIRTY,
    Fault,
)
from anxin.engine.log.keys import KeyRing
from anxin.engine.log.segment import (
    ARCHIVE_MAGIC,
    FRAME,
    HEADER_SIZE,
    MAX_PAYLOAD,
    PREFIX,
    SEAL_SIZE,
    Chain,
    Cipher,
    Header,
    Seal,
    encode_header,
    new_header,
    open_header,
)

BLOCK_SIZE = 256 * 1024
LEVEL = 6
_BLOCK = struct.Struct("<QI")
_RECORD = struct.Struct("<IB")
_LARGEST = 2 * (BLOCK_SIZE + MAX_PAYLOAD)


class Archive:
    """An open compressed segment: header, seal, then blocks of records."""

    def __init__(self, path: Path, *, organisation: str | None, ring: KeyRing) -> None:
        """Open it and check header and seal; raise LogDamaged or KeyMissing, FileNotFoundError when it is gone."""
        self.path = path
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            head = os.pread(self._fd, HEADER_SIZE + SEAL_SIZE, 0)
            self.header, self._cipher = open_header(head, file=path.name, organisation=organisation, ring=ring)
            self.seal = self._open_seal(head[HEADER_SIZE:])
        except BaseException:
            os.close(self._fd)
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)

    def seal_at_end(self) -> Seal:
        """Return the seal."""
        return self.seal

    def new_chain(self) -> Chain:
        """Return the chain as it stands before this segment's first record."""
        header = self.header
        return Chain(header.organisation, header.first_seq, header.created_at, header.previous)

    def records(self, from_seq: int = 0) -> Iterator[tuple[int, int, bytes]]:
        """Yield (seq, kind, payload) from `from_seq` on; raise LogDamaged at the first block that is not as written."""
        offset, expected = HEADER_SIZE + SEAL_SIZE, self.header.first_seq
        while expected <= self.seal.last_seq:
            length, crc, first_seq, count = self._block_head(offset, expected)
            if expected + count > from_seq:
                packed = self._open_block(offset, length, crc, first_seq, count)
                yield from _split(packed, first_seq, from_seq)
            offset += PREFIX.size + length
            expected += count
        if os.fstat(self._fd).st_size != offset:
            raise self._damage(offset, expected, TAIL_DIRTY)

    def _block_head(self, offset: int, expected: int) -> tuple[int, int, int, int]:
        head = os.pread(self._fd, PREFIX.size + _BLOCK.size, offset)
        if len(head) < PREFIX.size + _BLOCK.size:
            raise self._damage(offset, expected, FILE_CUT)
        length, crc = PREFIX.unpack_from(head)
        first_seq, count = _BLOCK.unpack_from(head, PREFIX.size)
        if not _BLOCK.size < length <= _LARGEST or count == 0:
            raise self._damage(offset, expected, BLOCK_LENGTH)
        if first_seq != expected:
            raise self._damage(offset, expected, BLOCK_PLACE)
        return length, crc, first_seq, count

    def _open_block(self, offset: int, length: int, crc: int, first_seq: int, count: int) -> bytes:
        body = os.pread(self._fd, length, offset + PREFIX.size)
        if len(body) < length:
            raise self._damage(offset, first_seq, FILE_CUT)
        if google_crc32c.value(body) != crc:
            raise self._damage(offset, first_seq, BLOCK_CHECKSUM)
        try:
            packed = self._cipher.open_block(first_seq, count, body[_BLOCK.size :])
        except InvalidTag as error:
            raise self._damage(offset, first_seq, BLOCK_CHANGED) from error
        return zstandard.ZstdDecompressor().decompress(packed)

    def _open_seal(self, frame: bytes) -> Seal:
        body = frame[PREFIX.size :]
        try:
            if len(frame) == SEAL_SIZE and PREFIX.unpack_from(frame) == (len(body), google_crc32c.value(body)):
                return self._cipher.open_seal(body[FRAME.size :])
        except InvalidTag:
            pass
        raise self._damage(HEADER_SIZE, self.header.first_seq, SEAL_CHANGED)

    def _damage(self, offset: int, seq: int, fault: Fault) -> LogDamaged:
        return LogDamaged(file=self.path.name, offset=offset, seq=seq, fault=fault)


def encode_archive(
    records: Iterable[tuple[int, bytes]], source: Header, seal: Seal, *, ring: KeyRing
) -> Iterator[bytes]:
    """Yield the bytes of the compressed form of a closed segment, under a fresh data key."""
    fresh, data_key = new_header(
        ring,
        organisation=source.organisation,
        first_seq=source.first_seq,
        created_at=source.created_at,
        previous=source.previous,
    )
    header = replace(fresh, magic=ARCHIVE_MAGIC)
    cipher = Cipher(header, data_key)
    yield encode_header(header, cipher) + cipher.seal_frame(seal)
    first_seq = source.first_seq
    for count, plain in _blocks(records):
        packed = zstandard.ZstdCompressor(level=LEVEL).compress(plain)
        body = _BLOCK.pack(first_seq, count) + cipher.block(first_seq, count, packed)
        yield PREFIX.pack(len(body), google_crc32c.value(body)) + body
        first_seq += count


def _blocks(records: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Yield (count, joined records) in blocks of about BLOCK_SIZE bytes."""
    parts: list[bytes] = []
    count = size = 0
    for kind, payload in records:
        parts += (_RECORD.pack(len(payload), kind), payload)
        count += 1
        size += len(payload)
        if size >= BLOCK_SIZE:
            yield count, b"".join(parts)
            parts.clear()
            count = size = 0
    if count:
        yield count, b"".join(parts)


def _split(packed: bytes, first_seq: int, from_seq: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield the records of a block that has passed its tag, from `from_seq` on."""
    at, seq = 0, first_seq
    while at < len(packed):
        length, kind = _RECORD.unpack_from(packed, at)
        at += _RECORD.size
        if seq >= from_seq:
            yield seq, kind, packed[at : at + length]
        at += length
        seq += 1
