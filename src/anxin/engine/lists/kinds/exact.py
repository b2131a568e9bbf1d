"""Entries that match one value, letter by letter."""

from __future__ import annotations

from anxin.engine.lists.entry import ValueUnfit, is_live


class ExactEntries:
    """A plain table: text to code. Both are untracked by the garbage collector, so millions cost it nothing."""

    def __init__(self) -> None:
        self.entries: dict[str, int] = {}

    def canonical(self, value: str) -> str:
        """Return `value` unchanged; raise ValueUnfit when it is empty."""
        if not value:
            raise ValueUnfit("值为空", "the value is empty")
        return value

    def put(self, value: str, code: int) -> None:
        self.entries[value] = code

    def remove(self, value: str) -> bool:
        return self.entries.pop(value, None) is not None

    def find(self, text: str, t: int) -> str | None:
        code = self.entries.get(text)
        return text if code is not None and is_live(code, t) else None
