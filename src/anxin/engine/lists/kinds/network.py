"""Entries that are networks in CIDR notation, version 4 and 6."""

from __future__ import annotations

import ipaddress

from anxin.engine.lists.entry import ValueUnfit, is_live

FIRST, SECOND, THIRD, FOURTH = ({str(octet): octet << shift for octet in range(256)} for shift in (24, 16, 8, 0))
PADDED = "%4s" * 8


class NetworkEntries:
    """The networks of both versions; a single address is a network of full length.

    What is looked up is an address, or a network such as `203.0.113.0/24`, which matches when it lies within an entry.
    """

    def __init__(self) -> None:
        self.entries: dict[str, int] = {}
        self._v4 = _Version(32, (16, 8, 0))
        self._v6 = _Version(128, (48, 32, 16, 0))

    def canonical(self, value: str) -> str:
        """Return the network in its usual notation; raise ValueUnfit when it is none or has host bits set."""
        try:
            return str(ipaddress.ip_network(value))
        except ValueError:
            raise ValueUnfit("不是网段，或主机位不为零", "not a network, or bits set behind its length") from None

    def put(self, value: str, code: int) -> None:
        version, address, length = self._place(value)
        version.put(address, length, value)
        self.entries[value] = code

    def remove(self, value: str) -> bool:
        if self.entries.pop(value, None) is None:
            return False
        version, address, length = self._place(value)
        version.remove(address, length)
        return True

    def find(self, text: str, t: int) -> str | None:
        if ":" not in text:
            address = parse_v4(text)
            if address is not None:
                return self._v4.find(address, t, self.entries)
        elif "/" not in text:
            address = parse_v6(text)
            if address is None:
                return None
            if address >> 32 == 0xFFFF:
                return self._v4.find(address & 0xFFFF_FFFF, t, self.entries)
            return self._v6.find(address, t, self.entries)
        return self._find_network(text, t) if "/" in text else None

    def _find_network(self, text: str, t: int) -> str | None:
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            return None
        version = self._v4 if network.version == 4 else self._v6
        for length, table in sorted(version.tables.items(), reverse=True):
            if length <= network.prefixlen:
                found = table.get(int(network.network_address) >> version.bits - length)
                if found is not None and is_live(self.entries[found], t):
                    return found
        return None

    def _place(self, value: str) -> tuple[_Version, int, int]:
        network = ipaddress.ip_network(value)
        return self._v4 if network.version == 4 else self._v6, int(network.network_address), network.prefixlen


class _Version:
    """Networks of one version by length, and an index from leading bits to the lengths that occur below them.

    The index keeps a length after its last network left: that costs a look-up, never an answer.
    """

    def __init__(self, bits: int, heads: tuple[int, ...]) -> None:
        self.bits = bits
        self.tables: dict[int, dict[int, str]] = {}
        self._levels: list[tuple[int, dict[int, tuple[tuple[int, dict[int, str]], ...]]]] = [
            (bits - head, {}) for head in heads
        ]
        self._used = tuple(self._levels[:0])

    def put(self, address: int, length: int, value: str) -> None:
        down = self.bits - length
        table = self.tables.setdefault(length, {})
        table[address >> down] = value
        shift, index = next(level for level in self._levels if self.bits - level[0] <= length)
        places = index.get(address >> shift, ())
        if all(place[0] != down for place in places):
            index[address >> shift] = tuple(sorted((*places, (down, table)), key=lambda place: place[0]))
        self._used = tuple(level for level in self._levels if level[1])

    def remove(self, address: int, length: int) -> None:
        del self.tables[length][address >> self.bits - length]

    def find(self, address: int, t: int, entries: dict[str, int]) -> str | None:
        for shift, index in self._used:
            for down, table in index.get(address >> shift, ()):
                found = table.get(address >> down)
                if found is not None and is_live(entries[found], t):
                    return found
        return None


def parse_v4(text: str) -> int | None:
    """Return the number of a dotted address, or None when it is none.

    >>> parse_v4("10.0.0.1"), parse_v4("10.0.0.256")
    (167772161, None)
    """
    try:
        a, b, c, d = text.split(".")
        return FIRST[a] | SECOND[b] | THIRD[c] | FOURTH[d]
    except (ValueError, KeyError):
        return None


def parse_v6(text: str) -> int | None:
    """Return the number of a version 6 address, or None when it is none; a zone is not accepted."""
    if "." in text:
        return _parse_v6_mixed(text)
    groups = text.split(":")
    if "" in groups:
        groups = _filled(text)
    if len(groups) != 8:
        return None
    padded = PADDED % tuple(groups)
    if len(padded) != 32 or not text.isascii() or " " in text:
        return None
    digits = padded.replace(" ", "0")
    try:
        return int(digits, 16) if digits.isalnum() else None
    except ValueError:
        return None


def _filled(text: str) -> list[str]:
    """Return the groups of an address with `::` written out; an empty list when it is none."""
    head, gap, tail = text.partition("::")
    before, after = head.split(":") if head else [], tail.split(":") if tail else []
    missing = 8 - len(before) - len(after)
    return [] if not gap or missing < 1 or "" in before or "" in after else [*before, *["0"] * missing, *after]


def _parse_v6_mixed(text: str) -> int | None:
    try:
        return int(ipaddress.IPv6Address(text))
    except ValueError:
        return None
