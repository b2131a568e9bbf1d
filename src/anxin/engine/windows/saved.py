"""The saved form of windows: one format for kernel and reference.

A state is a header, then per stream a head and blocks of entity records, ended by an empty block. All numbers are
little-endian.

    header   magic 8 | byte order mark u32 | streams u32 | key check 8 | watermark i64 (MISSING: none)
    stream   fingerprint 32 | evicted u64 | entities u64
    block    length u32 | records
    record   hash u64 | rows u32 | flags u8 | rows × (t i64, mask i64, columns i64) | base folds
             | per pane group: panes u32, each pane: number i64, folds
    fold     number kinds: n i64, number i64 (total: 16 bytes) | set and list kinds: n u32, values i64
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from anxin.engine.errors import StateMismatch
from anxin.engine.windows.folds import FoldState, Row, empty_states
from anxin.engine.windows.layout import MISSING, FoldKind, StreamLayout

MAGIC = b"ANXWIN1\n"
ORDER_MARK = 0x01020304
BLOCK_BYTES = 1 << 18
HAS_BASE = 1
HAS_PANES = 2
IS_CAPPED = 4

_HEADER = struct.Struct("<8sII8sq")
_STREAM = struct.Struct("<32sQQ")
_ENTITY = struct.Struct("<QIB")
_U32 = struct.Struct("<I")
_I64 = struct.Struct("<q")

Write = Callable[[bytes], object]
Read = Callable[[int], bytes]


@dataclass
class Record:
    """One entity as it is saved; rows are `(t, seq, mask, *columns)` with seq counted from 0."""

    hash: int
    rows: list[Row]
    base: list[FoldState] | None
    panes: list[dict[int, list[FoldState]]] | None
    is_capped: bool


@dataclass(frozen=True)
class Header:
    """The head of a saved state: how many streams follow, and the watermark."""

    streams: int
    watermark: int | None


@dataclass(frozen=True)
class StreamHead:
    """The head of one saved stream."""

    fingerprint: bytes
    evicted: int
    entities: int


def pack_header(streams: int, key_check: bytes, watermark: int | None) -> bytes:
    """Return the header of a saved state."""
    return _HEADER.pack(MAGIC, ORDER_MARK, streams, key_check, MISSING if watermark is None else watermark)


def read_header(read: Read, key_check: bytes) -> Header:
    """Read a header; raise StateMismatch when the state is of another format, byte order or key."""
    magic, mark, streams, check, watermark = _HEADER.unpack(read_all(read, _HEADER.size))
    if magic != MAGIC:
        raise StateMismatch(reason="another format", reason_zh="格式不同")
    if mark != ORDER_MARK:
        raise StateMismatch(reason="another byte order", reason_zh="字节序不同")
    if check != key_check:
        raise StateMismatch(reason="another key", reason_zh="密钥不同")
    return Header(streams, None if watermark == MISSING else watermark)


def pack_stream(fingerprint: bytes, evicted: int, entities: int) -> bytes:
    """Return the head of one stream."""
    return _STREAM.pack(fingerprint, evicted, entities)


def read_stream(read: Read) -> StreamHead:
    """Read the head of one stream."""
    return StreamHead(*_STREAM.unpack(read_all(read, _STREAM.size)))


def read_all(read: Read, size: int) -> bytes:
    """Read exactly `size` bytes; raise StateMismatch when the state ends before."""
    found = read(size)
    while len(found) < size:
        more = read(size - len(found))
        if not more:
            raise StateMismatch(reason="it ends too early", reason_zh="内容不完整")
        found += more
    return found


def read_blocks(read: Read) -> Iterator[bytes]:
    """Yield the blocks of records of one stream."""
    while True:
        (size,) = _U32.unpack(read_all(read, 4))
        if size == 0:
            return
        yield read_all(read, size)


def write_blocks(write: Write, blocks: Iterable[bytes]) -> None:
    """Write blocks of records, and the empty block that ends them."""
    for block in blocks:
        write(_U32.pack(len(block)))
        write(block)
    write(_U32.pack(0))


def pack_record(record: Record) -> bytes:
    """Return one entity as bytes, the same for equal states."""
    base = record.base if record.base and not all(each.is_empty() for each in record.base) else ()
    panes_by_group = record.panes if record.panes and any(record.panes) else ()
    flags = (HAS_BASE if base else 0) | (HAS_PANES if panes_by_group else 0) | (IS_CAPPED * record.is_capped)
    parts = [_ENTITY.pack(record.hash % 2**64, len(record.rows), flags)]
    for row in record.rows:
        numbers = [row[0], *[MISSING if each is None else each for each in row[2:]]]
        parts.append(struct.pack(f"<{len(numbers)}q", *numbers))
    parts += [_pack_fold(each) for each in base]
    for panes in panes_by_group:
        parts.append(_U32.pack(len(panes)))
        for at in sorted(panes):
            parts.append(_I64.pack(at))
            parts += [_pack_fold(each) for each in panes[at]]
    return b"".join(parts)


def _pack_fold(state: FoldState) -> bytes:
    if state.fold.kind in {FoldKind.DISTINCT, FoldKind.VALUES}:
        values = list(state.values or ())
        if state.fold.kind == FoldKind.DISTINCT:
            values.sort()
        return struct.pack(f"<I{len(values)}q", len(values), *values)
    if state.fold.kind == FoldKind.TOTAL:
        return _I64.pack(state.n) + (state.number or 0).to_bytes(16, "little", signed=True)
    return struct.pack("<qq", state.n, MISSING if state.number is None else state.number)


class RecordReader:
    """Reads the records of one block."""

    def __init__(self, layout: StreamLayout, block: bytes) -> None:
        self.layout = layout
        self.block = block
        self.at = 0

    def records(self) -> Iterator[Record]:
        """Yield every record; raise StateMismatch when the block is not made of whole records."""
        try:
            while self.at < len(self.block):
                yield self._record()
        except struct.error as problem:
            raise StateMismatch(reason="a record is cut", reason_zh="记录被截断") from problem

    def _take(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(f"<{form}", self.block, self.at)
        self.at += struct.calcsize(f"<{form}")
        return found

    def _record(self) -> Record:
        hashed, count, flags = self._take("QIB")
        width = 2 + len(self.layout.spec.columns)
        rows = []
        for seq in range(count):
            t, mask, *values = self._take(f"{width}q")
            rows.append((t, seq, mask, *[None if each == MISSING else each for each in values]))
        base = self._folds(empty_states(self.layout.base)) if flags & HAS_BASE else None
        panes = [self._panes(at) for at in range(len(self.layout.panes))] if flags & HAS_PANES else None
        signed = hashed - 2**64 if hashed >= 2**63 else hashed
        return Record(signed, rows, base, panes, bool(flags & IS_CAPPED))

    def _panes(self, group: int) -> dict[int, list[FoldState]]:
        (count,) = self._take("I")
        panes = {}
        for _ in range(count):
            (at,) = self._take("q")
            panes[at] = self._folds(empty_states(self.layout.panes[group].folds))
        return panes

    def _folds(self, states: list[FoldState]) -> list[FoldState]:
        for state in states:
            kind = state.fold.kind
            if kind in {FoldKind.DISTINCT, FoldKind.VALUES}:
                (state.n,) = self._take("I")
                values = self._take(f"{state.n}q")
                state.values = set(values) if kind == FoldKind.DISTINCT else list(values)
            elif kind == FoldKind.TOTAL:
                (state.n,) = self._take("q")
                state.number = int.from_bytes(bytes(self._take("16B")), "little", signed=True)
            else:
                state.n, number = self._take("qq")
                state.number = None if number == MISSING else number
        return states


def digest_of(watermark: int | None, streams: Iterable[tuple[bytes, int, Iterable[bytes]]]) -> bytes:
    """Return 32 bytes over (fingerprint, evicted, live records) of every stream, in whatever order records come."""
    whole = hashlib.sha256(repr(watermark).encode())
    for fingerprint, evicted, records in streams:
        total, count = 0, 0
        for record in records:
            total += int.from_bytes(hashlib.sha256(record).digest(), "little")
            count += 1
        whole.update(fingerprint + struct.pack("<QQ", evicted, count) + (total % 2**256).to_bytes(32, "little"))
    return whole.digest()
