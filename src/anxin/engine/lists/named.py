"""One named list: its entries of all kinds, and the look-up that rules hold on to."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from anxin.engine.lists.entry import EXPIRY_MASK, EntryKind, ListValue, is_live
from anxin.engine.lists.kinds.contract import Matcher
from anxin.engine.lists.kinds.domain import DomainEntries
from anxin.engine.lists.kinds.exact import ExactEntries
from anxin.engine.lists.kinds.network import NetworkEntries
from anxin.engine.lists.kinds.pattern import PatternEntries
from anxin.engine.lists.kinds.prefix import PrefixEntries

HOUR_MS = 3_600_000


class NamedList:
    """The entries of one list by kind.

    `matches` is the stable look-up: it may be taken before the first entry and kept while entries come and go.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        exact = ExactEntries()
        self.kinds: dict[EntryKind, Matcher] = {
            EntryKind.EXACT: exact,
            EntryKind.DOMAIN: DomainEntries(),
            EntryKind.PREFIX: PrefixEntries(),
            EntryKind.NETWORK: NetworkEntries(),
            EntryKind.PATTERN: PatternEntries(),
        }
        self._exact = exact.entries
        self._others: tuple[tuple[EntryKind, Matcher], ...] = ()
        self._due: dict[tuple[int, EntryKind], list[str]] = {}
        self._hours: list[tuple[int, EntryKind]] = []

    def __len__(self) -> int:
        return sum(len(matcher.entries) for matcher in self.kinds.values())

    def matches(self, value: ListValue, t: int) -> bool:
        """Return whether an entry live at `t` matches."""
        text = value if isinstance(value, str) else str(value)
        code = self._exact.get(text)
        if code is not None:
            expiry = code & EXPIRY_MASK
            if not expiry or t < expiry:
                return True
        for _, matcher in self._others:  # noqa: SIM110 - a generator would double the time of this look-up
            if matcher.find(text, t) is not None:
                return True
        return False

    def find(self, value: ListValue, t: int) -> tuple[EntryKind, str, int] | None:
        """Return kind, value and code of the entry that matches, the exact one first; None when there is none."""
        text = value if isinstance(value, str) else str(value)
        for kind, matcher in ((EntryKind.EXACT, self.kinds[EntryKind.EXACT]), *self._others):
            found = matcher.find(text, t)
            if found is not None:
                return kind, found, matcher.entries[found]
        return None

    def put(self, kind: EntryKind, value: str, code: int) -> None:
        """Add or replace the entry of a canonical value."""
        matcher = self.kinds[kind]
        matcher.put(value, code)
        if len(matcher.entries) == 1:
            self._choose()
        expiry = code & EXPIRY_MASK
        if expiry:
            self._note_due((expiry // HOUR_MS, kind), value)

    def remove(self, kind: EntryKind, value: str) -> bool:
        """Drop the entry of a canonical value; return whether there was one."""
        matcher = self.kinds[kind]
        removed = matcher.remove(value)
        if not matcher.entries:
            self._choose()
        return removed

    def expire(self, t: int) -> int:
        """Free the entries that ended at or before `t`; return how many. Look-ups answer the same before and after."""
        freed, waiting = 0, []
        while self._hours and self._hours[0][0] <= t // HOUR_MS:
            hour, kind = due = heappop(self._hours)
            entries = self.kinds[kind].entries
            for value in self._due.pop(due):
                code = entries.get(value)
                if code is None or (code & EXPIRY_MASK) // HOUR_MS != hour:
                    continue
                if is_live(code, t):
                    waiting.append((due, value))
                else:
                    freed += self.remove(kind, value)
        for due, value in waiting:
            self._note_due(due, value)
        return freed

    def _note_due(self, due: tuple[int, EntryKind], value: str) -> None:
        values = self._due.get(due)
        if values is None:
            values = self._due[due] = []
            heappush(self._hours, due)
        values.append(value)

    def items(self) -> Iterator[tuple[EntryKind, str, int]]:
        """Yield kind, value and code of every entry, in the order they came within a kind."""
        for kind, matcher in self.kinds.items():
            for value, code in matcher.entries.items():
                yield kind, value, code

    def _choose(self) -> None:
        self._others = tuple(
            (kind, matcher) for kind, matcher in self.kinds.items() if kind is not EntryKind.EXACT and matcher.entries
        )
