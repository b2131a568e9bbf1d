"""Filling the fields of events from their texts, as the gateway does before it decides."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from functools import cache

import msgspec

from anxin.engine.arrival import Arrival


def with_checks(arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
    """Yield the arrivals with the fields that their senders left out.

    A history taken from a decision log is filled already, and comes back as it is.
    """
    for arrival in arrivals:
        yield arrival if b'"text"' not in arrival.raw else msgspec.structs.replace(arrival, raw=filled(arrival.raw))


def filled(raw: bytes) -> bytes:
    """Return an event's body with the fields its sender left out; as it is where the extra `checks` is absent."""
    if b'"text"' not in raw or not _has_checks():
        return raw
    # Only events with a text pay for loading the checks.
    from anxin.checkers.events.raw import fill_raw

    return fill_raw(raw)


@cache
def _has_checks() -> bool:
    return importlib.util.find_spec("ahocorasick_rs") is not None
