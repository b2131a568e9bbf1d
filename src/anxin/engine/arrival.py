"""One event of the past, as it arrived, and what became known about it later."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from anxin.engine.errors import EngineError


class LaterEvent(NamedTuple):
    """An event that follows from a label: `raw` is its JSON body, `known_at` (ms UTC) the moment it arrives."""

    known_at: int
    raw: bytes


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """One event of a history.

    `row` is its place in the source, from 1. `label` is true for fraud, false for ordinary, None when nobody knows.
    `later` are the label events it leads to. `part` names its part of the data, None when there are no parts. `unfit`
    says why no event could be made of the row; `raw` is empty then.
    """

    raw: bytes
    row: int
    label: bool | None = None
    later: tuple[LaterEvent, ...] = ()
    part: str | None = None
    unfit: EngineError | None = None
