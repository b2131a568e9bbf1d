"""Bodies that are no event, with what must be said of each: status, code and the place that is wrong."""

from __future__ import annotations

import json
import time
from typing import NamedTuple

from tests.journeys.shop import payment

SENDER = "bad-1"
"""Who sends them all: what is counted of this user afterwards shows what was counted of them."""

_NOW = time.time_ns() // 1_000_000
_YEAR = 365 * 86_400_000


class Bad(NamedTuple):
    """One bad body; `pointer` is None when no single field is wrong."""

    body: bytes
    status: int
    code: str
    pointer: str | None


def body(**fields: object) -> bytes:
    """Return a payment of the sender with these fields; one given as None is left out."""
    return json.dumps(payment(SENDER, **fields)).encode()


def _malformed(raw: bytes) -> Bad:
    return Bad(raw, 400, "event.malformed", None)


def _wrong(field: str, **fields: object) -> Bad:
    return Bad(body(**fields), 422, "event.field_invalid", f"/{field}")


BODIES: dict[str, Bad] = {
    "empty": _malformed(b""),
    "not JSON": _malformed(b'{"event_id":'),
    "not an object": _malformed(b"[1]"),
    "not UTF-8": _malformed(body().replace(SENDER.encode(), b"\xff")),
    "two documents": _malformed(body() + b"{}"),
    "deep nesting": _malformed(b'{"x":' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
    "a little too deep": _malformed(body(note=[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]])),
    "NaN": _malformed(body(amount=1).replace(b'"amount": 1', b'"amount": NaN')),
    "infinite": _malformed(body(amount=1).replace(b'"amount": 1', b'"amount": -Infinity')),
    "no id": _wrong("event_id", event_id=None),
    "no type": _wrong("event_type", event_type=None),
    "no time": _wrong("occurred_at", occurred_at=None),
    "unknown type": Bad(body(event_type="moon.landed"), 422, "event.type_unknown", "/event_type"),
    "two types": Bad(
        body().replace(b'"event_type"', b'"event_type": "account.login", "event_type"'),
        422,
        "event.field_invalid",
        "/event_type",
    ),
    "text for a number": _wrong("amount", amount="much"),
    "number for a text": _wrong("device_id", device_id=7),
    "fraction of a cent": _wrong("amount", amount=1.5),
    "negative money": _wrong("amount", amount=-1),
    "huge number": _wrong("amount", amount=10**30),
    "no amount": _wrong("amount", amount=None),
    "money without currency": _wrong("currency", currency=None),
    "two currencies": _wrong("currency", currency="CNY,USD"),
    "no such address": _wrong("ip", ip="999.1.1.1"),
    "long id": _wrong("event_id", event_id="x" * 129),
    "future": Bad(body(occurred_at=_NOW + _YEAR), 422, "event.time_ahead", "/occurred_at"),
    "microseconds": Bad(body(occurred_at=_NOW * 1000), 422, "event.time_beyond", "/occurred_at"),
    "past": Bad(body(occurred_at=1), 422, "event.time_before", "/occurred_at"),
    "no moment": _wrong("occurred_at", occurred_at="yesterday"),
}

LINES: dict[str, Bad] = {name: bad for name, bad in BODIES.items() if bad.body} | {
    "huge": _malformed(body(note="x" * 65_536)),
}
"""Those that fit on a line of their own, and one that no single call would take."""
