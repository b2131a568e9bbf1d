"""Reading the frames of one live segment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import google_crc32c
from cryptography.exceptions import InvalidTag

from anxin.engine.log.disk import is_held
from anxin.engine.log.faults import (
    FRAME_CHANGED,
    FRAME_CHECKSUM,
    FRAME_CUT,
    FRAME_LENGTH,
    SEAL_OTHER,
    Fault,
)
from anxin.engine.log.keys import KeyRing
from anxin.engine.log.segment import (
    FRAME,
    FRAME_OVERHEAD,
    HEADER_SIZE,
    MAX_BODY,
    PREFIX,
    SEAL,
    SEAL_SIZE,
    Chain,
    Seal,
    open_header,
)

Entry = tuple[int, int, bytes]
BLOCK = 1024 * 1024
FIRST_BLOCK = 32 * 1024
_SMALLEST_BODY = FRAME_OVERHEAD - PREFIX.size


class Frame(NamedTuple):
    """One record and the offset of its frame; `behind` as the writer saw it."""

    offset: int
    seq: int
    kind: int
    behind: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class End:
    """Where the good frames of a segment end.

    `seal` is None in a segment that was not closed. `fault` says what is wrong at `offset`, None when nothing is there.
    """

    offset: int
    seq: int
    seal: Seal | None = None
    fault: Fault | None = None


class LiveSegment:
    """An open live segment; `end` is set when `frames` has run out, and is as of that moment."""

    def __init__(self, path: Path, *, organisation: str | None, ring: KeyRing) -> None:
        """Open and check the header; raise LogDamaged or KeyMissing, FileNotFoundError when it is gone."""
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            block = os.pread(self._fd, HEADER_SIZE, 0)
            self.header, self._cipher = open_header(block, file=path.name, organisation=organisation, ring=ring)
        except BaseException:
            os.close(self._fd)
            raise
        self.path = path
        self.end = End(HEADER_SIZE, self.header.first_seq)

    def __enter__(self) -> LiveSegment:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)

    def new_chain(self) -> Chain:
        """Return the chain as it stands before this segment's first record."""
        header = self.header
        return Chain(header.organisation, header.first_seq, header.created_at, header.previous)

    def size(self) -> int:
        """Return the file's size in bytes."""
        return os.fstat(self._fd).st_size

    def is_being_written(self) -> bool:
        """Tell whether a writer has the segment open: a bad end may then be a batch on its way to the file."""
        return is_held(self._fd)

    def prefix(self, offset: int) -> bytes:
        """Return length and checksum of the frame at `offset`, as they stand there."""
        return os.pread(self._fd, PREFIX.size, offset)

    def frames(self, offset: int = HEADER_SIZE, seq: int | None = None) -> Iterator[Frame]:
        """Yield the good frames from `offset`, where the frame of `seq` must stand."""
        window = _Window(self._fd, offset)
        seq = self.header.first_seq if seq is None else seq
        opened = self._cipher.open
        while True:
            body, fault = window.body()
            if body is None:
                self.end = End(window.offset, seq, fault=fault)
                return
            kind, behind = FRAME.unpack_from(body)
            try:
                if kind == SEAL:
                    self.end = self._end_at_seal(window.offset, seq, body)
                    return
                payload = opened(seq, kind, behind, body[FRAME.size :])
            except InvalidTag:
                self.end = End(window.offset, seq, fault=FRAME_CHANGED)
                return
            yield Frame(window.offset, seq, kind, behind, payload)
            window.advance(PREFIX.size + len(body))
            seq += 1

    def _end_at_seal(self, offset: int, seq: int, body: bytes) -> End:
        seal = self._cipher.open_seal(body[FRAME.size :])
        if seal.last_seq != seq - 1:
            return End(offset, seq, fault=SEAL_OTHER)
        return End(offset + SEAL_SIZE, seq, seal=seal)

    def places(self, offset: int, seq: int) -> Iterator[tuple[int, int]]:
        """Yield (seq, offset) of the whole frames from `offset` without opening them."""
        window = _Window(self._fd, offset)
        while (body := window.body()[0]) is not None and body[0] != SEAL:
            yield seq, window.offset
            window.advance(PREFIX.size + len(body))
            seq += 1

    def seal_at_end(self) -> Seal | None:
        """Return the seal that stands in the file's last bytes, or None when the segment was never closed."""
        offset = self.size() - SEAL_SIZE
        if offset < HEADER_SIZE:
            return None
        body, _ = _Window(self._fd, offset).body()
        if body is None or len(body) != SEAL_SIZE - PREFIX.size or body[0] != SEAL:
            return None
        try:
            return self._cipher.open_seal(body[FRAME.size :])
        except InvalidTag:
            return None

    def seal_frame(self, seal: Seal) -> bytes:
        """Return the frame that closes this segment."""
        return self._cipher.seal_frame(seal)

    def last_nonzero(self, offset: int) -> int | None:
        """Return the offset of the last byte that is not zero at or after `offset`, or None."""
        last = None
        while block := os.pread(self._fd, BLOCK, offset):
            rest = block.rstrip(b"\0")
            if rest:
                last = offset + len(rest) - 1
            offset += len(block)
        return last

    def is_proven(self, end: End) -> bool:
        """Tell whether the record missing at `end` had been durable.

        That is so when a good frame behind it says so, or when the segment was closed. Searches again after further
        bad frames; leaves `end` of this segment there.
        """
        try:
            return self.seal_at_end() is not None or self._is_told_durable(end)
        finally:
            self.end = end

    def _is_told_durable(self, end: End) -> bool:
        found = self._next_good(end.offset, end.seq)
        while found is not None:
            for frame in self.frames(*found):
                if frame.seq - frame.behind >= end.seq:
                    return True
            found = self._next_good(self.end.offset, self.end.seq)
        return False

    def _next_good(self, offset: int, seq: int) -> tuple[int, int] | None:
        """Return (offset, seq) of the first good frame behind a bad one, or None when there is none within 1 MiB."""
        block = os.pread(self._fd, BLOCK, offset).rstrip(b"\0")
        for at in range(1, len(block) - FRAME_OVERHEAD + 1):
            length, crc = PREFIX.unpack_from(block, at)
            if not _SMALLEST_BODY <= length <= len(block) - at - PREFIX.size:
                continue
            body = block[at + PREFIX.size : at + PREFIX.size + length]
            if body[0] != SEAL and google_crc32c.value(body) == crc:
                found = self._place(body, seq + 1, seq + 2 + at // FRAME_OVERHEAD)
                if found is not None:
                    return offset + at, found
        return None

    def _place(self, body: bytes, first: int, until: int) -> int | None:
        """Return the sequence number in [first, until) under which the body opens."""
        kind, behind = FRAME.unpack_from(body)
        for seq in range(first, until):
            try:
                self._cipher.open(seq, kind, behind, body[FRAME.size :])
            except InvalidTag:
                continue
            return seq
        return None


class _Window:
    """A block of the file with a place in it that only moves forward."""

    def __init__(self, fd: int, offset: int) -> None:
        self._fd = fd
        self._base = offset
        self._at = 0
        self._block = b""
        # Who follows a log finds little each time, and room for a mebibyte behind it.
        self._size = FIRST_BLOCK

    @property
    def offset(self) -> int:
        return self._base + self._at

    def advance(self, size: int) -> None:
        self._at += size

    def body(self) -> tuple[bytes | None, Fault | None]:
        """Return the frame's body here, or None and what is wrong; (None, None) at the end."""
        if not self._holds(PREFIX.size):
            return None, FRAME_CUT if self._holds(1) else None
        length, crc = PREFIX.unpack_from(self._block, self._at)
        if length == 0:
            return None, None if crc == 0 else FRAME_LENGTH
        if not _SMALLEST_BODY <= length <= MAX_BODY:
            return None, FRAME_LENGTH
        if not self._holds(PREFIX.size + length):
            return None, FRAME_CUT
        at = self._at + PREFIX.size
        body = self._block[at : at + length]
        if google_crc32c.value(body) != crc:
            return None, FRAME_CHECKSUM
        return body, None

    def _holds(self, size: int) -> bool:
        if len(self._block) - self._at >= size:
            return True
        self._base += self._at
        self._at = 0
        self._block = os.pread(self._fd, max(self._size, size), self._base)
        self._size = BLOCK
        return len(self._block) >= size
