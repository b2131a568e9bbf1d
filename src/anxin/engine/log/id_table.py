"""A table of event ids in pure Python: what the compiled one is measured against, and stands in for it."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable

from anxin.engine.errors import StateMismatch

SHARDS = 1024
MAX_SEQ = (1 << 40) - 1
HASH_SIZE = 16

_HASH = struct.Struct("<QQ")
_DIGEST = struct.Struct("<QQ")
_SHARD_HEAD = struct.Struct("=II")
_WORDS = 4
_SEQ_BITS = 40
_SMALLEST = 4
_LARGEST = 1 << 28


class IdTable:
    """Maps 16-byte hashes to (seq, 16-byte digest), in many small shards: no single decision waits for a large one."""

    def __init__(self) -> None:
        self._shards = [_Shard() for _ in range(SHARDS)]

    def __len__(self) -> int:
        return sum(shard.count for shard in self._shards)

    def find(self, hashed: bytes) -> tuple[int, bytes] | None:
        """Return (seq, digest) of what was added under this hash, or None."""
        tag, rest = _HASH.unpack(hashed)
        shard: _Shard = self._shards[rest & (SHARDS - 1)]
        return shard.get(tag or 1, rest >> _SEQ_BITS)

    def add(self, hashed: bytes, seq: int, digest: bytes) -> None:
        """Add a hash that `find` does not know; `seq` is at most 2⁴⁰ − 1."""
        tag, rest = _HASH.unpack(hashed)
        low, high = _DIGEST.unpack(digest)
        self._shards[rest & (SHARDS - 1)].put(tag or 1, (rest >> _SEQ_BITS << _SEQ_BITS) | seq, low, high)

    def dump(self, write: Callable[[bytes], object]) -> None:
        """Write all shards."""
        for shard in self._shards:
            write(_SHARD_HEAD.pack(shard.count, len(shard.words)) + shard.words.tobytes())

    def load(self, read: Callable[[int], bytes]) -> None:
        """Read a dump in place of what is held; raise StateMismatch when it is cut off or no dump."""
        self._shards = [_read_shard(read) for _ in range(SHARDS)]


class _Shard:
    """Open addressing in one array: tag (0 is free), rest of the hash and seq, two halves of the digest."""

    __slots__ = ("count", "words")

    def __init__(self) -> None:
        self.count = 0
        self.words = array("Q", bytes(8 * _WORDS * _SMALLEST))

    def get(self, tag: int, rest: int) -> tuple[int, bytes] | None:
        words = self.words
        size = len(words)
        at = (tag & ((size >> 2) - 1)) << 2
        while words[at]:
            placed: int = words[at + 1]
            if words[at] == tag and placed >> _SEQ_BITS == rest:
                return int(placed & MAX_SEQ), _DIGEST.pack(words[at + 2], words[at + 3])
            at = (at + _WORDS) & (size - 1)
        return None

    def put(self, tag: int, placed: int, low: int, high: int) -> None:
        if 3 * (self.count + 1) * _WORDS > 2 * len(self.words):
            self._grow()
        words = self.words
        size = len(words)
        at = (tag & ((size >> 2) - 1)) << 2
        while words[at]:
            at = (at + _WORDS) & (size - 1)
        words[at] = tag
        words[at + 1] = placed
        words[at + 2] = low
        words[at + 3] = high
        self.count += 1

    def _grow(self) -> None:
        old = self.words
        self.words = array("Q", bytes(8 * 2 * len(old)))
        self.count = 0
        for at in range(0, len(old), _WORDS):
            if old[at]:
                self.put(old[at], old[at + 1], old[at + 2], old[at + 3])


def read_shard_head(read: Callable[[int], bytes]) -> tuple[int, int]:
    """Return how many ids a dumped shard holds and the words that follow; raise StateMismatch when it is no shard."""
    head = read(_SHARD_HEAD.size)
    if len(head) < _SHARD_HEAD.size:
        raise StateMismatch(reason="the event ids are cut off", reason_zh="事件编号不完整")
    count, size = _SHARD_HEAD.unpack(head)
    if size & (size - 1) or not _SMALLEST * _WORDS <= size <= _LARGEST or count * _WORDS >= size:
        raise StateMismatch(reason="the event ids have another format", reason_zh="事件编号的格式不同")
    return count, size


def read_words(read: Callable[[int], bytes], size: int) -> bytes:
    """Return the words of a dumped shard as bytes; raise StateMismatch when they are cut off."""
    block = read(8 * size)
    if len(block) < 8 * size:
        raise StateMismatch(reason="the event ids are cut off", reason_zh="事件编号不完整")
    return block


def _read_shard(read: Callable[[int], bytes]) -> _Shard:
    shard = _Shard()
    shard.count, size = read_shard_head(read)
    shard.words = array("Q", read_words(read, size))
    return shard
