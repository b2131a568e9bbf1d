"""The saved form of an engine's state: one section per part, each with its length."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from anxin.engine.brakes import Brakes, BrakesDump
from anxin.engine.errors import StateMismatch
from anxin.engine.lists.holds import Hold, HoldStore
from anxin.engine.lists.store import ListStore, ListStoreDump
from anxin.engine.windows.contract import Windows

MAGIC = b"ANXENG1\n"
_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True)
class SavedParts:
    """The parts of an engine that are saved; `brakes` by policy label, `warming` by feature of the window plan."""

    windows: Windows
    lists: ListStore
    holds: HoldStore
    brakes: dict[str, Brakes]
    control_seq: int
    warming: dict[int, int]


class _Small(msgspec.Struct):
    """Everything but the windows."""

    control_seq: int
    lists: ListStoreDump
    holds: list[Hold]
    brakes: dict[str, BrakesDump]
    warming: dict[int, int]


def dump_parts(parts: SavedParts, write: Callable[[bytes], object]) -> None:
    """Write all parts."""
    small = _Small(
        parts.control_seq,
        parts.lists.dump(),
        parts.holds.dump(),
        {label: brakes.dump() for label, brakes in parts.brakes.items()},
        parts.warming,
    )
    body = msgspec.msgpack.encode(small)
    write(MAGIC + _LENGTH.pack(len(body)))
    write(body)
    parts.windows.dump(write)


def load_parts(parts: SavedParts, read: Callable[[int], bytes]) -> tuple[int, dict[int, int]]:
    """Read into the parts; return the control sequence and what is warming. Raise StateMismatch."""
    if read(len(MAGIC)) != MAGIC:
        raise StateMismatch(reason="it was written in another format", reason_zh="写入时的格式不同")
    (length,) = _LENGTH.unpack(read(_LENGTH.size))
    try:
        small = msgspec.msgpack.decode(read(length), type=_Small)
    except msgspec.DecodeError as problem:
        raise StateMismatch(reason=str(problem)) from problem
    parts.lists.load(small.lists)
    parts.holds.load(small.holds)
    for label, brakes in parts.brakes.items():
        if label in small.brakes:
            brakes.load(small.brakes[label])
    parts.windows.load(read)
    return small.control_seq, small.warming


def digest_parts(parts: SavedParts) -> bytes:
    """Return a 32-byte digest of all parts."""
    brakes = {label: each.dump() for label, each in sorted(parts.brakes.items())}
    small = (parts.control_seq, brakes, sorted(parts.warming.items()))
    pieces = (parts.windows.digest(), parts.lists.digest(), parts.holds.digest(), msgspec.msgpack.encode(small))
    return hashlib.sha256(b"".join(pieces)).digest()
