"""A stretch of text that is personal data."""

from __future__ import annotations

import msgspec


class Span(msgspec.Struct, frozen=True, order=True):
    """A half-open range of characters, its kind, and how sure it is (0–1); below 0.5 it is not reported."""

    start: int
    end: int
    kind: str
    score: float
