"""Which event ids were decided, and where: the first answer is given again for at least 24 h."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from typing import Protocol

from anxin.engine.errors import StateMismatch

KEPT_MS = 24 * 3600 * 1000
DIGEST_SIZE = 16

_MAGIC = b"ANXIDS01"
_HEAD = struct.Struct("<8s8sqQQ")
_PAIR = struct.Struct("<QQ")
_KEYS = struct.Struct("<QQQ")
_DIGEST = struct.Struct("<QQ")
_CHUNK = 4096


class IdTable(Protocol):
    """A map from unsigned 64-bit keys to unsigned 64-bit values."""

    def get(self, key: int) -> int | None:
        """Return the value of `key`, or None."""

    def put(self, key: int, value: int) -> None:
        """Set the value of `key`."""

    def __len__(self) -> int: ...

    def pairs(self) -> list[tuple[int, int]]:
        """Return all (key, value), in any order."""


class DictTable:
    """The table as a plain dict."""

    def __init__(self) -> None:
        """Start empty."""
        self._values: dict[int, int] = {}
        self.get = self._values.get
        self.put = self._values.__setitem__

    def __len__(self) -> int:
        return len(self._values)

    def pairs(self) -> list[tuple[int, int]]:
        """Return all (key, value)."""
        return list(self._values.items())


class EventIds:
    """Maps an event id to the sequence number and body digest of its first decision.

    An id is known by a keyed 192-bit hash spread over three entries (seq and two halves of the digest), so that no two
    ids are ever mixed up. Two generations turn over by arrival time: an id is found for 24 to 48 h.
    """

    def __init__(self, key: bytes, *, kept_ms: int = KEPT_MS, new_table: Callable[[], IdTable] = DictTable) -> None:
        """Start empty; `key` is the organisation's 32-byte index key."""
        self._key = key
        self._kept_ms = kept_ms
        self._new_table = new_table
        self._since = 0
        self._young = new_table()
        self._old = new_table()
        self._hashed_id: str | None = None
        self._hashed = (0, 0, 0)

    def __len__(self) -> int:
        return (len(self._young) + len(self._old)) // 3

    def find(self, event_id: str) -> tuple[int, bytes] | None:
        """Return (seq, 16-byte body digest) of the id's first decision, or None."""
        keys = self._keys(event_id)
        for table in (self._young, self._old):
            seq = table.get(keys[0])
            if seq is not None:
                low, high = table.get(keys[1]), table.get(keys[2])
                if low is not None and high is not None:
                    return seq, _DIGEST.pack(low, high)
        return None

    def add(self, event_id: str, seq: int, digest: bytes, at: int) -> None:
        """Remember an id that `find` did not know; `at` is its arrival (ms UTC)."""
        if at - self._since >= self._kept_ms:
            self._turn_over(at)
        put = self._young.put
        first, second, third = self._keys(event_id)
        low, high = _DIGEST.unpack(digest)
        put(first, seq)
        put(second, low)
        put(third, high)

    def dump(self, write: Callable[[bytes], object]) -> None:
        """Write all ids; fit for a forked child."""
        write(_HEAD.pack(_MAGIC, self._check(), self._since, len(self._young), len(self._old)))
        for table in (self._young, self._old):
            pairs = table.pairs()
            for start in range(0, len(pairs), _CHUNK):
                write(b"".join(_PAIR.pack(*pair) for pair in pairs[start : start + _CHUNK]))

    def load(self, read: Callable[[int], bytes]) -> None:
        """Read a dump into this empty index; raise StateMismatch for another format or key."""
        head = read(_HEAD.size)
        if len(head) < _HEAD.size or head[:8] != _MAGIC:
            raise StateMismatch(reason="the event ids have another format")
        _, check, self._since, young, old = _HEAD.unpack(head)
        if check != self._check():
            raise StateMismatch(reason="the event ids were made with another key")
        for table, count in ((self._young, young), (self._old, old)):
            _load_pairs(table, count, read)

    def _turn_over(self, at: int) -> None:
        is_idle = at - self._since >= 2 * self._kept_ms
        self._old = self._new_table() if is_idle else self._young
        self._young = self._new_table()
        self._since = at

    def _keys(self, event_id: str) -> tuple[int, int, int]:
        # `add` follows `find` for the same id: hash it once.
        if event_id != self._hashed_id:
            hashed = hashlib.blake2b(event_id.encode(), digest_size=_KEYS.size, key=self._key).digest()
            first, second, third = _KEYS.unpack(hashed)
            self._hashed_id, self._hashed = event_id, (first, second, third)
        return self._hashed

    def _check(self) -> bytes:
        return hashlib.blake2b(b"anxin event ids key", digest_size=8, key=self._key).digest()


def _load_pairs(table: IdTable, count: int, read: Callable[[int], bytes]) -> None:
    while count:
        taken = min(count, _CHUNK)
        block = read(taken * _PAIR.size)
        if len(block) < taken * _PAIR.size:
            raise StateMismatch(reason="the event ids are cut off")
        for key, value in _PAIR.iter_unpack(block):
            table.put(key, value)
        count -= taken
