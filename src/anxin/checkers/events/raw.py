"""Fill events that are still JSON, as a history or standard input holds them."""

from __future__ import annotations

from typing import Any

import msgspec

from anxin.checkers.events.fields import FILLED, MET, TEXT, with_fields
from anxin.checkers.events.fill import fill_event
from anxin.checkers.signatures.force import InForce

# What an event may weigh; one that would weigh more filled is decided as it came.
MOST_BYTES = 65_536
_NAMES = tuple(f'"{name}"'.encode() for name in FILLED)


def fill_raw(raw: bytes, *, known: InForce | None = None, at: int = 0) -> bytes:
    """Return the body with the fields its sender left out; a body that is no event with a text comes back as it is."""
    if b'"text"' not in raw or not any(name in raw for name in _NAMES):
        return raw
    try:
        event = msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return raw
    event_type, text = event.get("event_type"), event.get(TEXT)
    if not isinstance(event_type, str) or not isinstance(text, str) or not text:
        return raw
    names = tuple(name for name in FILLED.get(event_type, ()) if event.get(name) is None)
    if not names:
        return raw
    number = event.get("conv_message_no")
    found = fill_event(
        event_type, text, names, known=known, at=at, message_no=number if isinstance(number, int) else None
    )
    fields = dict(found.fields) | ({MET: list(found.met)} if found.met else {})
    body = with_fields(raw, msgspec.json.encode(fields)[1:-1])
    return body if len(body) <= MOST_BYTES else raw
