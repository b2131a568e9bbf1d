"""The contract that the compiled kernel and the pure-Python reference both fulfil."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from anxin.engine.windows.layout import StreamLayout
from anxin.engine.windows.plan import WindowPlan

FeatureValue = int | float | bool | None
Place = str | int | bool | None


@dataclass(frozen=True)
class StreamStats:
    """Size of one stream: entities and rows held, entities evicted since the start, bytes in use (estimated)."""

    entities: int
    rows: int
    evicted: int
    bytes: int


@dataclass(frozen=True)
class Held:
    """What a stream holds: entities, how many of them are capped, and how many were evicted since the start."""

    entities: int
    evicted: int
    capped: int


@dataclass(frozen=True)
class Donor:
    """What an implementation shows of itself so that another can adopt from it."""

    plan: WindowPlan
    layouts: Sequence[StreamLayout]
    watermark: int | None
    key_check: bytes
    blocks: Callable[[int], Iterable[bytes]]
    held: Callable[[int], Held]


class Windows(Protocol):
    """Windowed state of one organisation.

    After `observe`, `too_late` tells whether the event was not counted, and `approximate` holds the positions in the
    answered vector that came from panes. `watermark` is the largest counted event time, or None before the first.
    """

    too_late: bool
    approximate: tuple[int, ...]

    def __init__(self, plan: WindowPlan, *, key: bytes) -> None:
        """Start empty; `key` is the 16-byte secret of the keyed hash."""

    @property
    def watermark(self) -> int | None: ...

    def observe(self, reader: int, t: int, places: Sequence[Place]) -> list[FeatureValue]:
        """Count one event and answer the reader's features, in the reader's order; None is missing.

        `places` is flat: for each stream of the reader its key parts (text, or None when the event lacks it: then the
        stream is skipped and its features are missing), its mask (int: bit i set when filter i is true; 0 enters no
        row), its columns (int, bool or text by column kind; None when missing). Raise OverflowError for integers beyond
        ±(2**63 − 1), TypeError or ValueError for places that do not fit the plan, before anything is counted.
        """

    def peek(self, reader: int, t: int, places: Sequence[Place]) -> list[FeatureValue]:
        """Answer as `observe` would, and leave the state as it was (what-if)."""

    def token(self, text: str) -> int:
        """Return the signed 64-bit token of a text, as `last` over a text column answers it."""

    def dump(self, write: Callable[[bytes], object]) -> None:
        """Write the whole state, stream by stream, least recently touched entity first; fit for a forked child."""

    def load(self, read: Callable[[int], bytes]) -> None:
        """Read a dump into this empty state.

        Streams whose fingerprint the plan lacks are skipped; raise StateMismatch for another format, byte order or
        key, or when the dump is cut: these windows are then not to be used.
        """

    def adopt(self, other: Windows) -> tuple[int, ...]:
        """Take over rows, bases and panes of `other` into these empty windows, and its watermark; `other` is spent.

        Quick however much there is: an entity is rewritten for the new plan at its next touch, or by `carry`. Return
        the streams that are *warming*: those that do not hold all they would hold had this plan run from the start.
        All others answer exactly as if it had. Raise StateMismatch when the keys differ.
        """

    def carry(self, work: int) -> bool:
        """Do about `work` entities' worth, at least 1, of what adopting left to do; return whether more is left.

        No answer, dump or digest depends on how much of it is done.
        """

    def donor(self) -> Donor:
        """Return what other windows need to adopt from these."""

    def digest(self) -> bytes:
        """Return a 32-byte digest of the live state, the same for equal states whatever the table order."""

    def stats(self) -> list[StreamStats]:
        """Return the size of each stream."""
