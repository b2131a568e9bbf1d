"""What components take: small frozen values that queries or pages build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from anxin.desk.foundation.ui.words import Words

_NOTHING_YET = Words("这里还没有内容", "Nothing here yet")
_NO_WORDS = Words("", "")


@dataclass(frozen=True)
class Reason:
    """One reason as a sentence. `source` says what knows it, `at` since when; `is_known` False says data is missing."""

    sentence: str
    source: str = ""
    at: datetime | None = None
    is_known: bool = True


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened. `tone` is "", ok, info, warning or danger, `icon` a lucide name, `href` may be None."""

    at: datetime
    title: str
    detail: str = ""
    by: str = ""
    icon: str = "circle"
    tone: str = ""
    href: str | None = None


@dataclass(frozen=True)
class Cell:
    """One cell of a table: text, perhaps a link. `value` may be markup that a tag already made safe."""

    value: object
    href: str | None = None


@dataclass(frozen=True)
class Column:
    """One column; numbers stand right with even figures, and `is_minor` ones leave a narrow screen."""

    words: Words
    is_number: bool = False
    is_minor: bool = False


@dataclass(frozen=True)
class Row:
    """One line of a table; Enter opens its `href` when the keyboard is on it. `key` names it for live updates."""

    cells: Sequence[Cell]
    href: str | None = None
    key: str = ""


@dataclass(frozen=True)
class Table:
    """A list as people read it. `next_href` is the page after this one (None: the end), `csv_href` the same as CSV.

    `empty` says what will appear here while there is nothing, `empty_how` how to make it appear.
    """

    caption: Words
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: Words = _NOTHING_YET
    empty_how: Words = _NO_WORDS
    next_href: str | None = None
    csv_href: str | None = None


@dataclass(frozen=True)
class Choice:
    """One value a filter or a pick-list offers."""

    value: str
    words: Words


ALL = Words("全部", "All")


@dataclass(frozen=True)
class Filter:
    """One field of a filter bar; without choices it is a text field (`kind`: search, text, date).

    `unchosen` says what is shown while none of the choices is chosen.
    """

    name: str
    words: Words
    value: str = ""
    choices: Sequence[Choice] = ()
    kind: str = "text"
    unchosen: Words = ALL


@dataclass(frozen=True)
class Step:
    """One step of a playbook. `state` is done, next, todo or skipped; exactly one is next until all are done."""

    words: Words
    state: str = "todo"
    detail: str = ""
    href: str | None = None


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence. `kind` is image, audio, video, document or text; `sha256` its fingerprint at receipt."""

    title: str
    kind: str
    sha256: str
    at: datetime
    by: str = ""
    size_bytes: int = 0
    href: str | None = None
    preview_href: str | None = None


@dataclass(frozen=True)
class Point:
    """One point of a trend: what stands on the axis, and the value (None: nothing was measured)."""

    label: str
    value: float | None


@dataclass(frozen=True)
class Bar:
    """One bar of a distribution: half-open [lower, upper), and how many fell in."""

    lower: float
    upper: float
    count: int


@dataclass(frozen=True)
class Distribution:
    """How values spread, with the threshold drawn in (None: none)."""

    title: Words
    bars: Sequence[Bar]
    threshold: float | None = None
    unit: Words = field(default_factory=lambda: Words("条", "items"))
    csv_href: str | None = None


@dataclass(frozen=True)
class Trend:
    """A course over time, with its target line (None: none); `is_lower_better` decides which side is good."""

    title: Words
    points: Sequence[Point]
    target: float | None = None
    unit: Words = field(default_factory=lambda: Words("", ""))
    is_lower_better: bool = False
    csv_href: str | None = None


@dataclass(frozen=True)
class Node:
    """One entity in a relation graph; `kind` as on chips, `tone` as on timelines."""

    key: str
    kind: str
    label: str
    href: str
    tone: str = ""


@dataclass(frozen=True)
class Edge:
    """Two entities and what they share."""

    one: str
    other: str
    words: Words


@dataclass(frozen=True)
class Graph:
    """An entity and what it is linked with; `centre` is the key of the one the page is about."""

    centre: str
    nodes: Sequence[Node]
    edges: Sequence[Edge] = ()
