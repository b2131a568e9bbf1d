"""All lists of one organisation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from anxin.engine.lists.entry import (
    EXPIRY_BITS,
    EXPIRY_MASK,
    VALUE_LIMIT,
    Entry,
    EntryKind,
    ListEntryInvalid,
    ListValue,
    Provenance,
    ValueUnfit,
)
from anxin.engine.lists.named import NamedList

Colour = Literal["black", "white", "grey"]
Lookup = Callable[[ListValue, int], bool]


class ListDump(msgspec.Struct, frozen=True):
    """One list in a snapshot: by kind, each value with its packed code."""

    name: str
    colour: Colour
    entries: dict[str, dict[str, int]]


class ListStoreDump(msgspec.Struct, frozen=True):
    """A store in a snapshot; codes point into `provenance`. Tables are shared with the live store: encode at once."""

    provenance: list[tuple[str, str, str]]
    lists: list[ListDump]


class ListStore:
    """Named lists with entries of five kinds.

    A list exists from its first `put` or `define`; the colour says what its people mean by it and is grey until told.
    """

    def __init__(self) -> None:
        self._lists: dict[str, NamedList] = {}
        self._colours: dict[str, Colour] = {}
        self._provenance = Provenance()

    def define(self, name: str, colour: Colour) -> None:
        """Create the list when it is not there, and set its colour."""
        self._colours[name] = colour
        self._named(name)

    def colour(self, name: str) -> Colour:
        """Return the colour of a list, grey when it is not known."""
        return self._colours.get(name, "grey")

    def names(self) -> list[str]:
        """Return the names of the defined lists, sorted."""
        return sorted(self._colours)

    def put(self, name: str, entry: Entry) -> None:
        """Add or replace an entry; raise ListEntryInvalid when its value does not fit its kind."""
        value = self._canonical(name, entry.kind, entry.value)
        if entry.expires_at is not None and not 0 < entry.expires_at <= EXPIRY_MASK:
            raise ListEntryInvalid(name=name, zh="到期时间超出范围", en="expires_at is out of range")
        self._colours.setdefault(name, "grey")
        self._named(name).put(entry.kind, value, self._provenance.code(entry))

    def remove(self, name: str, value: str, kind: EntryKind = EntryKind.EXACT) -> bool:
        """Drop an entry; return whether there was one."""
        return name in self._colours and self._lists[name].remove(kind, self._canonical(name, kind, value))

    def lookup(self, name: str) -> Lookup:
        """Return the look-up of a list, to be kept; it answers False as long as the list has no entry."""
        return self._named(name).matches

    def contains(self, name: str, value: ListValue, t: int) -> bool:
        """Return whether an entry live at `t` matches the value."""
        named = self._lists.get(name)
        return named is not None and named.matches(value, t)

    def find(self, name: str, value: ListValue, t: int) -> Entry | None:
        """Return the entry that matches the value at `t`: exact before domain, prefix, network, pattern."""
        named = self._lists.get(name)
        found = named.find(value, t) if named is not None else None
        return self._provenance.entry(*found) if found is not None else None

    def entries(self, name: str) -> Iterator[Entry]:
        """Yield the entries of a list, ended ones that were not yet freed included."""
        if name in self._colours:
            for kind, value, code in self._lists[name].items():
                yield self._provenance.entry(kind, value, code)

    def count(self, name: str) -> int:
        """Return how many entries a list holds."""
        return len(self._lists[name]) if name in self._colours else 0

    def expire(self, t: int) -> int:
        """Free the entries that ended at or before `t`; return how many."""
        return sum(named.expire(t) for named in self._lists.values())

    def dump(self) -> ListStoreDump:
        """Return the whole state as plain values."""
        lists = [
            ListDump(
                name, self._colours[name], {kind.value: each.entries for kind, each in self._lists[name].kinds.items()}
            )
            for name in self.names()
        ]
        return ListStoreDump(self._provenance.texts, lists)

    def load(self, dump: ListStoreDump) -> None:
        """Replace the whole state; look-ups handed out before stay valid."""
        for name in self._colours:
            for kind, value, _ in list(self._lists[name].items()):
                self._lists[name].remove(kind, value)
        self._colours.clear()
        self._provenance = Provenance()
        for each in dump.lists:
            self.define(each.name, each.colour)
            for word, entries in each.entries.items():
                self._restore(each.name, EntryKind(word), entries, dump.provenance)

    def digest(self) -> bytes:
        """Return a 32-byte digest of the content, the same whatever the order of changes."""
        total = 0
        for name in self.names():
            total += _number(f"list\0{name}\0{self._colours[name]}")
            for kind, value, code in self._lists[name].items():
                origin = "\0".join(self._provenance.texts[code >> EXPIRY_BITS])
                total += _number(f"{name}\0{kind}\0{value}\0{code & EXPIRY_MASK}\0{origin}")
        return hashlib.sha256(str(total % (1 << 256)).encode()).digest()

    def _restore(
        self, name: str, kind: EntryKind, entries: dict[str, int], provenance: list[tuple[str, str, str]]
    ) -> None:
        named = self._named(name)
        for value, packed in entries.items():
            reason, added_by, source = provenance[packed >> EXPIRY_BITS]
            entry = Entry(value, kind, reason, added_by, source, packed & EXPIRY_MASK or None)
            named.put(kind, value, self._provenance.code(entry))

    def _canonical(self, name: str, kind: EntryKind, value: str) -> str:
        if len(value) > VALUE_LIMIT:
            zh, en = f"值最多 {VALUE_LIMIT} 个字符", f"a value has at most {VALUE_LIMIT} characters"
            raise ListEntryInvalid(name=name, zh=zh, en=en)
        if not value.isascii() and value != value.encode("utf-8", "ignore").decode():
            raise ListEntryInvalid(name=name, zh="不是有效的 Unicode 文本", en="it is not Unicode text")
        try:
            return self._named(name).kinds[kind].canonical(value)
        except ValueUnfit as unfit:
            raise ListEntryInvalid(name=name, zh=unfit.zh, en=unfit.en) from None

    def _named(self, name: str) -> NamedList:
        named = self._lists.get(name)
        if named is None:
            named = self._lists[name] = NamedList(name)
        return named


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=32).digest(), "big")
