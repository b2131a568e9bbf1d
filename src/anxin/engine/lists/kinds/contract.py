"""The contract of an entry kind."""

from __future__ import annotations

from typing import Protocol


class Matcher(Protocol):
    """All entries of one kind on one list.

    `entries` maps each canonical value to its packed code; only `put` and `remove` change it.
    """

    entries: dict[str, int]

    def canonical(self, value: str) -> str:
        """Return the one spelling under which `value` is kept; raise ValueUnfit when it is malformed."""

    def put(self, value: str, code: int) -> None:
        """Add or replace the entry of a canonical value."""

    def remove(self, value: str) -> bool:
        """Drop the entry of a canonical value; return whether there was one."""

    def find(self, text: str, t: int) -> str | None:
        """Return the value of the most specific entry that matches `text` and is live at `t`, or None."""
