"""One HTTP request as the calls see it, which of its headers are looked at, what answers it, and what bounds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from anxin.engine.errors import EngineError
from anxin.gateway.answers import Slot

SWALLOWED_BODY = 65_536
FORWARDED = b"x-forwarded-for"
_NAMES = (
    b"Authorization",
    b"Content-Type",
    b"Content-Length",
    b"Accept-Language",
    b"X-Request-Id",
    b"X-Forwarded-For",
    b"Expect",
    b"Host",
    b"Transfer-Encoding",
    b"Upgrade",
)
HEADERS = {form: name.lower() for name in _NAMES for form in (name, name.lower(), name.upper())}
# Those that would let a proxy in front and this program see different requests, if each chose another one.
ONCE = frozenset({b"authorization", b"content-type", b"host"})


class Request:
    """One request; `body_limit` is set when the call is known, before its body is read.

    `before` is the request before it on the same connection, None for the first: what is known of it may be used.
    """

    __slots__ = (
        "address",
        "before",
        "body",
        "body_limit",
        "call",
        "caller",
        "headers",
        "method",
        "path",
        "query",
        "slot",
    )

    def __init__(self, *, method: bytes, path: bytes, query: bytes, headers: dict[bytes, bytes], address: str) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.address = address
        self.body = b""
        self.body_limit = SWALLOWED_BODY
        self.call: object = None
        self.caller: object = None
        self.before: Request | None = None
        self.slot: Slot


class Desk(Protocol):
    """What answers requests: `open` may refuse from the head alone, `call` answers the slot sooner or later."""

    def open(self, request: Request) -> None: ...

    def call(self, request: Request) -> None: ...

    def refused(self, error: EngineError) -> None: ...


@dataclass(frozen=True)
class WireLimits:
    """Bounds of a connection: bytes, and seconds."""

    head_bytes: int = 16_384
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    idle_seconds: float = 75.0
    write_seconds: float = 20.0
    linger_seconds: float = 2.0
    connections: int = 2_048
    held_bytes: int = 268_435_456


def origin_form(target: bytes) -> bytes:
    """Return path and query of a target that may name scheme and host too; any other one as it is."""
    if target[:1] == b"/":
        return target
    scheme, mark, rest = target.partition(b"://")
    if not mark or scheme.lower() not in (b"http", b"https"):
        return target
    for place, byte in enumerate(rest):
        if byte in b"/?":
            return rest[place:] if byte == 47 else b"/" + rest[place:]
    return b"/"
