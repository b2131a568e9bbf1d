"""Look into a ZIP without unpacking it: names and sizes of its directory, at most so many of them."""

from __future__ import annotations

import struct
from dataclasses import dataclass

MOST_LISTED, MOST_READ = 200, 50_000
_END, _ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_END_SEARCH = 65_557
_BOMB_BYTES, _BOMB_RATIO = 1 << 30, 100
_RATIO_FROM = 10 << 20
_UNKNOWN = 0xFFFFFFFF


@dataclass(frozen=True)
class ArchiveEntry:
    """One file of an archive, by what the directory says; `size` unpacked."""

    name: str
    size: int


@dataclass(frozen=True)
class ArchiveLook:
    """The first entries, how many there are, what they take unpacked; `is_whole` False: the directory is broken."""

    entries: tuple[ArchiveEntry, ...]
    count: int
    unpacked: int
    is_bomb: bool
    is_encrypted: bool
    is_whole: bool

    def holds(self, part: str) -> bool:
        """Return whether a listed name is, or begins with, `part`."""
        return any(each.name.startswith(part) for each in self.entries)


def list_archive(data: bytes) -> ArchiveLook:
    """Return what the directory of a ZIP says; nothing of it is unpacked."""
    end = data.rfind(_END, max(0, len(data) - _END_SEARCH))
    if end < 0 or len(data) < end + 22:
        return ArchiveLook((), 0, 0, is_bomb=False, is_encrypted=False, is_whole=False)
    (count, _, at) = struct.unpack_from("<HII", data, end + 10)
    entries: list[ArchiveEntry] = []
    read = unpacked = 0
    is_encrypted = is_unknown = False
    while data[at : at + 4] == _ENTRY and at + 46 <= len(data) and read < MOST_READ:
        flags, _, size, name_length, extra, comment = _fields(data, at)
        if len(entries) < MOST_LISTED:
            entries.append(ArchiveEntry(_name(data[at + 46 : at + 46 + name_length], flags), size))
        is_encrypted |= bool(flags & 1)
        is_unknown |= size == _UNKNOWN
        unpacked += size
        read += 1
        at += 46 + name_length + extra + comment
    is_huge = unpacked > _BOMB_BYTES or (unpacked > _RATIO_FROM and unpacked > _BOMB_RATIO * len(data))
    is_bomb = is_huge or is_unknown or read >= MOST_READ
    return ArchiveLook(tuple(entries), max(read, count), unpacked, is_bomb, is_encrypted, read == count)


def _fields(data: bytes, at: int) -> tuple[int, int, int, int, int, int]:
    (flags,) = struct.unpack_from("<H", data, at + 8)
    packed, size, name, extra, comment = struct.unpack_from("<IIHHH", data, at + 20)
    return flags, packed, size, name, extra, comment


def _name(raw: bytes, flags: int) -> str:
    return raw.decode("utf-8" if flags & 0x800 else "gb18030", errors="replace")
