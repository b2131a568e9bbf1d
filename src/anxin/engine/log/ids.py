"""Which event ids were decided, and where: the first answer is given again for at least 24 h."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from typing import Literal

from anxin.engine.errors import StateMismatch
from anxin.engine.log import id_table
from anxin.engine.log.id_table import HASH_SIZE, MAX_SEQ, SHARDS

try:
    from anxin.engine.log.id_kernel import IdTable
except ImportError:
    IdTable = id_table.IdTable  # type: ignore[assignment, misc]  # same interface, told by the stub beside the kernel

__all__ = ["IMPLEMENTATIONS", "KEPT_MS", "MAX_SEQ", "EventIds", "Implementation"]

KEPT_MS = 24 * 3600 * 1000
Implementation = Literal["kernel", "reference"]
IMPLEMENTATIONS: dict[str, type[IdTable | id_table.IdTable]] = {"reference": id_table.IdTable}
if IdTable.__module__ != id_table.__name__:
    IMPLEMENTATIONS["kernel"] = IdTable

_MAGIC = b"ANXIDS02"
_HEAD = struct.Struct("=8s8sqI")


class EventIds:
    """Maps an event id to the sequence number and body digest of its first decision.

    An id is known by 100 bits of a keyed hash, so that no two are ever mixed up. Two generations turn over by arrival
    time: an id is found for 24 to 48 h. An id takes 43 to 85 bytes, none of them seen by the garbage collector.
    """

    def __init__(self, key: bytes, *, kept_ms: int = KEPT_MS, force: Implementation | None = None) -> None:
        """Start empty; `key` is the organisation's secret for this index, of 16 to 64 bytes.

        `force` picks one implementation of the table; raise KeyError when it is not there.
        """
        self._table = IMPLEMENTATIONS[force] if force else IdTable
        self._kept_ms = kept_ms
        self._since = 0
        self._young = self._table()
        self._old = self._table()
        # A copy of the keyed state costs half of what keying anew does.
        self._keyed = hashlib.blake2b(digest_size=HASH_SIZE, key=key).copy
        self._check = hashlib.blake2b(b"anxin event ids key", digest_size=8, key=key).digest()
        self._hashed_id: str | None = None
        self._hashed = b""

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def find(self, event_id: str) -> tuple[int, bytes] | None:
        """Return (seq, 16-byte body digest) of the id's first decision, or None."""
        hashed = self._hash(event_id)
        return self._young.find(hashed) or self._old.find(hashed)

    def add(self, event_id: str, seq: int, digest: bytes, at: int) -> None:
        """Remember an id that `find` did not know; `at` is its arrival (ms UTC), `seq` below 2⁴⁰."""
        if at - self._since >= self._kept_ms:
            self._turn_over(at)
        elif at < self._since:
            # A clock that was set back: the generations would not turn over before it has come here again.
            self._since = at
        self._young.add(self._hash(event_id), seq, digest)

    def dump(self, write: Callable[[bytes], object]) -> None:
        """Write all ids; fit for a forked child."""
        write(_HEAD.pack(_MAGIC, self._check, self._since, SHARDS))
        self._young.dump(write)
        self._old.dump(write)

    def load(self, read: Callable[[int], bytes]) -> None:
        """Read a dump into this empty index; raise StateMismatch for another format, byte order or key."""
        head = read(_HEAD.size)
        if len(head) < _HEAD.size or head[:8] != _MAGIC:
            raise StateMismatch(reason="the event ids have another format", reason_zh="事件编号的格式不同")
        _, check, since, shards = _HEAD.unpack(head)
        if shards != SHARDS:
            raise StateMismatch(reason="the event ids have another format", reason_zh="事件编号的格式不同")
        if check != self._check:
            raise StateMismatch(reason="the event ids were made with another key", reason_zh="事件编号由另一个密钥生成")
        self._since = since
        self._young.load(read)
        self._old.load(read)

    def _turn_over(self, at: int) -> None:
        is_idle = at - self._since >= 2 * self._kept_ms
        self._old = self._table() if is_idle else self._young
        self._young = self._table()
        self._since = at

    def _hash(self, event_id: str) -> bytes:
        # `add` follows `find` for the same id: hash it once.
        if event_id != self._hashed_id:
            hashed = self._keyed()
            hashed.update(event_id.encode())
            self._hashed_id, self._hashed = event_id, hashed.digest()
        return self._hashed
