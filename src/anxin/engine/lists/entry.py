"""One entry of a list, and how its provenance and expiry are packed into one integer."""

from __future__ import annotations

import enum

import msgspec

from anxin.engine.errors import EngineError

EXPIRY_BITS = 43
EXPIRY_MASK = (1 << EXPIRY_BITS) - 1
VALUE_LIMIT = 512
SHARED_CODES = 65_536

ListValue = str | int


class ListEntryInvalid(EngineError):
    """An entry cannot be put on a list; says why."""

    code = "list.entry_invalid"
    zh = "名单“{name}”的条目不正确：{zh}"
    en = "An entry of list “{name}” is not right: {en}"


class ValueUnfit(ValueError):
    """A value does not fit its kind; says why in both languages, without showing it."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh = zh
        self.en = en
        super().__init__(en)


class EntryKind(enum.StrEnum):
    """How an entry's value is compared with what is looked up."""

    EXACT = "exact"
    PREFIX = "prefix"
    NETWORK = "network"
    PATTERN = "pattern"
    DOMAIN = "domain"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One entry; live while `t < expires_at` (ms UTC), always when `expires_at` is None.

    A personal value (phone, mail, address of a device) comes as the keyed token that the caller made, never in clear.
    """

    value: str
    kind: EntryKind = EntryKind.EXACT
    reason: str = ""
    added_by: str = ""
    source: str = ""
    expires_at: int | None = None


def is_live(code: int, t: int) -> bool:
    """Return whether the entry behind `code` holds at `t`."""
    expiry = code & EXPIRY_MASK
    return not expiry or t < expiry


class Provenance:
    """The distinct (reason, added_by, source) of a store; an entry keeps one integer instead of four objects."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str, str]] = []
        self._index: dict[tuple[str, str, str], int] = {}
        self._shared: dict[int, int] = {}

    def code(self, entry: Entry) -> int:
        """Return the integer that holds all but value and kind; equal codes are mostly one object."""
        key = (entry.reason, entry.added_by, entry.source)
        index = self._index.get(key)
        if index is None:
            index = self._index[key] = len(self.texts)
            self.texts.append(key)
        if len(self._shared) >= SHARED_CODES:
            self._shared.clear()
        code = index << EXPIRY_BITS | (entry.expires_at or 0)
        return self._shared.setdefault(code, code)

    def entry(self, kind: EntryKind, value: str, code: int) -> Entry:
        """Return the entry that was packed into `code`."""
        reason, added_by, source = self.texts[code >> EXPIRY_BITS]
        expires_at = code & EXPIRY_MASK or None
        return Entry(value, kind, reason=reason, added_by=added_by, source=source, expires_at=expires_at)
