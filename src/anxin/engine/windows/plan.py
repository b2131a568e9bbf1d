"""The spec table that drives windowed features: what is kept for whom, and what is answered when."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass, field

DAY_MS = 86_400_000
EXACT_LIMIT_MS = 30 * DAY_MS
EVER = 0
LATEST_VALUES = 256


class Aggregate(enum.IntEnum):
    """The aggregates of `docs/semantics.md`, with the numbers the kernel uses."""

    COUNT = 0
    SUM = 1
    AVG = 2
    MIN = 3
    MAX = 4
    DISTINCT = 5
    LAST = 6
    FIRST_SEEN = 7
    SINCE = 8
    MEDIAN = 9
    MAD = 10
    QUANTILE = 11
    SEQUENCE = 12
    ABSENCE = 13


class ColumnKind(enum.IntEnum):
    """How a value enters a row: a signed 64-bit integer, or text kept as its keyed 64-bit token."""

    INTEGER = 0
    TEXT = 1


@dataclass(frozen=True)
class StreamSpec:
    """One row log per entity: rows `(t, seq, mask, columns)`.

    `entities` names one or two entities; `has_currency` adds the event's currency to the key.
    `filters` holds one text per bit of the mask (at most 63): a row's bit says that the filter was true for it.
    `columns` are named value columns. Two streams with the same `fingerprint` hold the same state.
    """

    entities: tuple[str, ...]
    has_currency: bool
    filters: tuple[str, ...]
    columns: tuple[tuple[str, ColumnKind], ...]

    @property
    def key_parts(self) -> int:
        """Return how many texts make the key: the entities, and the currency when it counts."""
        return len(self.entities) + (1 if self.has_currency else 0)

    @property
    def width(self) -> int:
        """Return how many places the stream takes in an observation: key parts, mask, columns."""
        return self.key_parts + 1 + len(self.columns)


@dataclass(frozen=True)
class FeatureSpec:
    """One feature over one stream.

    `filter` and `column` are indexes into the stream (column −1: none). `window_ms` 0 means ever. `quantile` is in
    1/1000. `steps` are filter indexes of a sequence; `without` is the filter index of an absence, else −1.
    """

    name: str
    stream: int
    aggregate: Aggregate
    filter: int
    column: int = -1
    window_ms: int = EVER
    delay_ms: int = 0
    min_rows: int = 1
    quantile: int = 0
    steps: tuple[int, ...] = ()
    without: int = -1


@dataclass(frozen=True)
class ReaderSpec:
    """What one event type touches (`streams`, each at most once) and answers (`features`, in vector order)."""

    event_type: str
    streams: tuple[int, ...]
    features: tuple[int, ...]


@dataclass(frozen=True)
class WindowPlan:
    """Streams, features and readers, with the limits that belong to the answers.

    `lateness_ms` is the allowed lateness; `row_cap` and `entity_cap` are the caps of `docs/semantics.md`.
    """

    streams: tuple[StreamSpec, ...]
    features: tuple[FeatureSpec, ...]
    readers: tuple[ReaderSpec, ...]
    lateness_ms: int = 600_000
    row_cap: int = 1_000_000
    entity_cap: int = 5_000_000
    reader_index: dict[str, int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for index, reader in enumerate(self.readers):
            self.reader_index[reader.event_type] = index

    def stream_features(self, stream: int) -> tuple[FeatureSpec, ...]:
        """Return the features of one stream, in plan order."""
        return tuple(each for each in self.features if each.stream == stream)

    def retention_ms(self, stream: int) -> int:
        """Return R of the stream: the largest window plus delay answered from rows."""
        reaches = [
            each.window_ms + each.delay_ms for each in self.stream_features(stream) if each.window_ms <= EXACT_LIMIT_MS
        ]
        return max(reaches, default=0)

    def fingerprint(self, stream: int) -> str:
        """Return a hash of all that determines the state of one stream."""
        features = [
            (int(f.aggregate), f.filter, f.column, f.window_ms, f.delay_ms, f.min_rows, f.quantile, f.steps, f.without)
            for f in self.stream_features(stream)
        ]
        text = repr((self.streams[stream], sorted(features), self.lateness_ms, self.row_cap, self.entity_cap))
        return hashlib.sha256(text.encode()).hexdigest()
