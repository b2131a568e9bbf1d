"""Entries that match every text beginning with them."""

from __future__ import annotations

from anxin.engine.lists.entry import ValueUnfit, is_live


class PrefixEntries:
    """One look-up per distinct prefix length, longest first."""

    def __init__(self) -> None:
        self.entries: dict[str, int] = {}
        self._counts: dict[int, int] = {}
        self._lengths: tuple[int, ...] = ()

    def canonical(self, value: str) -> str:
        """Return `value` unchanged; raise ValueUnfit when it is empty, for it would match everything."""
        if not value:
            raise ValueUnfit("前缀为空", "the prefix is empty")
        return value

    def put(self, value: str, code: int) -> None:
        if value not in self.entries:
            self._count(len(value), 1)
        self.entries[value] = code

    def remove(self, value: str) -> bool:
        if self.entries.pop(value, None) is None:
            return False
        self._count(len(value), -1)
        return True

    def find(self, text: str, t: int) -> str | None:
        for length in self._lengths:
            prefix = text[:length]
            code = self.entries.get(prefix)
            if code is not None and is_live(code, t):
                return prefix
        return None

    def _count(self, length: int, change: int) -> None:
        count = self._counts[length] = self._counts.get(length, 0) + change
        if count == 0:
            del self._counts[length]
        if count <= 1:
            self._lengths = tuple(sorted(self._counts, reverse=True))
