"""Which event ids were decided, and where: the first answer is given again for at least 24 h."""

from __future__ import annotations

import hashlib
import struct
from array import array
from collections.abc import Callable

from anxin.engine.errors import StateMismatch

KEPT_MS = 24 * 3600 * 1000
MAX_SEQ = (1 << 40) - 1

_MAGIC = b"ANXIDS02"
_HEAD = struct.Struct("=8s8sqI")
_SHARD_HEAD = struct.Struct("=II")
_HASH = struct.Struct("<QQ")
_DIGEST = struct.Struct("<QQ")
_WORDS = 4
_SHARDS = 1024
_SEQ_BITS = 40
_SMALLEST = 4
_LARGEST = 1 << 28


class EventIds:
    """Maps an event id to the sequence number and body digest of its first decision.

    An id is known by 100 bits of a keyed hash, so that no two are ever mixed up. Two generations turn over by arrival
    time: an id is found for 24 to 48 h. An id takes 43 to 85 bytes, none of them seen by the garbage collector.
    """

    def __init__(self, key: bytes, *, kept_ms: int = KEPT_MS) -> None:
        """Start empty; `key` is the organisation's secret for this index, of 16 to 64 bytes."""
        self._key = key
        self._kept_ms = kept_ms
        self._since = 0
        self._young = _new_generation()
        self._old = _new_generation()
        self._hashed_id: str | None = None
        self._hashed = (0, 0)

    def __len__(self) -> int:
        return sum(shard.count for shard in self._young) + sum(shard.count for shard in self._old)

    def find(self, event_id: str) -> tuple[int, bytes] | None:
        """Return (seq, 16-byte body digest) of the id's first decision, or None."""
        tag, rest = self._hash(event_id)
        place = rest & (_SHARDS - 1)
        return self._young[place].get(tag, rest >> _SEQ_BITS) or self._old[place].get(tag, rest >> _SEQ_BITS)

    def add(self, event_id: str, seq: int, digest: bytes, at: int) -> None:
        """Remember an id that `find` did not know; `at` is its arrival (ms UTC), `seq` below 2⁴⁰."""
        if at - self._since >= self._kept_ms:
            self._turn_over(at)
        tag, rest = self._hash(event_id)
        low, high = _DIGEST.unpack(digest)
        self._young[rest & (_SHARDS - 1)].put(tag, (rest >> _SEQ_BITS << _SEQ_BITS) | seq, low, high)

    def dump(self, write: Callable[[bytes], object]) -> None:
        """Write all ids; fit for a forked child."""
        write(_HEAD.pack(_MAGIC, self._check(), self._since, _SHARDS))
        for shard in (*self._young, *self._old):
            write(_SHARD_HEAD.pack(shard.count, len(shard.words)) + shard.words.tobytes())

    def load(self, read: Callable[[int], bytes]) -> None:
        """Read a dump into this empty index; raise StateMismatch for another format, byte order or key."""
        head = read(_HEAD.size)
        if len(head) < _HEAD.size or head[:8] != _MAGIC:
            raise StateMismatch(reason="the event ids have another format")
        _, check, since, shards = _HEAD.unpack(head)
        if shards != _SHARDS:
            raise StateMismatch(reason="the event ids have another format")
        if check != self._check():
            raise StateMismatch(reason="the event ids were made with another key")
        self._since = since
        self._young = [_read_shard(read) for _ in range(_SHARDS)]
        self._old = [_read_shard(read) for _ in range(_SHARDS)]

    def _turn_over(self, at: int) -> None:
        is_idle = at - self._since >= 2 * self._kept_ms
        self._old = _new_generation() if is_idle else self._young
        self._young = _new_generation()
        self._since = at

    def _hash(self, event_id: str) -> tuple[int, int]:
        # `add` follows `find` for the same id: hash it once.
        if event_id != self._hashed_id:
            hashed = hashlib.blake2b(event_id.encode(), digest_size=_HASH.size, key=self._key).digest()
            tag, rest = _HASH.unpack(hashed)
            self._hashed_id, self._hashed = event_id, (tag or 1, rest)
        return self._hashed

    def _check(self) -> bytes:
        return hashlib.blake2b(b"anxin event ids key", digest_size=8, key=self._key).digest()


class _Shard:
    """Open addressing in one array: tag (0 is free), rest of the hash and seq, two halves of the digest.

    Many small shards grow one at a time, so that no single decision waits for a large table.
    """

    __slots__ = ("count", "words")

    def __init__(self) -> None:
        self.count = 0
        self.words = array("Q", bytes(8 * _WORDS * _SMALLEST))

    def get(self, tag: int, rest: int) -> tuple[int, bytes] | None:
        words = self.words
        size = len(words)
        at = (tag & ((size >> 2) - 1)) << 2
        while words[at]:
            if words[at] == tag and (placed := words[at + 1]) >> _SEQ_BITS == rest:
                return placed & MAX_SEQ, _DIGEST.pack(words[at + 2], words[at + 3])
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


def _new_generation() -> list[_Shard]:
    return [_Shard() for _ in range(_SHARDS)]


def _read_shard(read: Callable[[int], bytes]) -> _Shard:
    head = read(_SHARD_HEAD.size)
    if len(head) < _SHARD_HEAD.size:
        raise StateMismatch(reason="the event ids are cut off")
    shard = _Shard()
    shard.count, size = _SHARD_HEAD.unpack(head)
    if size & (size - 1) or not _SMALLEST * _WORDS <= size <= _LARGEST or shard.count * _WORDS >= size:
        raise StateMismatch(reason="the event ids have another format")
    block = read(8 * size)
    if len(block) < 8 * size:
        raise StateMismatch(reason="the event ids are cut off")
    shard.words = array("Q", block)
    return shard
