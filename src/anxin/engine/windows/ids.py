"""A map of 64-bit numbers with two generations, in pure Python; the kernel has a compact twin."""

from __future__ import annotations

from typing import Protocol

ENTRY_BYTES = 150
LIMIT = 2**64


class Ids(Protocol):
    """What both tables offer: keys and values are unsigned 64-bit numbers."""

    def put(self, key: int, value: int) -> None:
        """Set a key in the younger generation; raise OverflowError beyond 64 bits."""

    def get(self, key: int) -> int | None:
        """Return the newest value of a key, or None."""

    def rotate(self) -> None:
        """Drop the older generation; the younger becomes the older."""

    def __len__(self) -> int: ...

    @property
    def bytes(self) -> int:
        """Return the memory held, in bytes."""


class PythonIdTable:
    """The pure-Python `Ids`."""

    def __init__(self) -> None:
        self._young: dict[int, int] = {}
        self._old: dict[int, int] = {}

    def put(self, key: int, value: int) -> None:
        if not (0 <= key < LIMIT and 0 <= value < LIMIT):
            raise OverflowError("keys and values are unsigned 64-bit numbers")
        self._young[key] = value

    def get(self, key: int) -> int | None:
        if not 0 <= key < LIMIT:
            raise OverflowError("keys and values are unsigned 64-bit numbers")
        found = self._young.get(key)
        return self._old.get(key) if found is None else found

    def rotate(self) -> None:
        self._old, self._young = self._young, {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    @property
    def bytes(self) -> int:
        return len(self) * ENTRY_BYTES
