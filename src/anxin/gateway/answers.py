"""HTTP answers as bytes, and the place each takes in its connection's order."""

from __future__ import annotations

import http
import time
from email.utils import formatdate
from typing import Protocol

from anxin.engine.errors import EngineError
from anxin.gateway.problems import PROBLEM_MEDIA, Refusal, preferred_language, problem_status, render_problem

JSON_MEDIA = b"application/json"

_LINES = {each.value: b"HTTP/1.1 %d %s\r\n" % (each.value, each.phrase.encode()) for each in http.HTTPStatus}


class DateLine:
    """The Date header, renewed once a second by the server's sweep."""

    def __init__(self) -> None:
        self.line = b""
        self.renew()

    def renew(self) -> None:
        """Take the wall clock's second."""
        self.line = b"date: " + formatdate(time.time(), usegmt=True).encode() + b"\r\n"


DATE = DateLine()


class Flusher(Protocol):
    """What a slot needs of its connection."""

    def flush(self) -> None: ...


class Slot:
    """The place of one answer; a connection's answers leave in the order of its requests.

    `wire` is None until answered. `last` asks for the connection to be closed after this answer.
    """

    __slots__ = ("bodyless", "connection", "language", "last", "request_id", "wire")

    def __init__(self, connection: Flusher, *, last: bool, bodyless: bool = False) -> None:
        self.connection = connection
        self.last = last
        self.bodyless = bodyless
        self.language: bytes | None = None
        self.request_id = ""
        self.wire: bytes | None = None

    def ok(self, body: bytes) -> None:
        """Answer 200 with JSON."""
        self.respond(200, body)

    def respond(
        self, status: int, body: bytes, *, media: bytes = JSON_MEDIA, headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        """Answer once; a second answer to the same slot is a fault."""
        if self.wire is not None:
            raise RuntimeError("answered twice")
        head = [_LINES[status], DATE.line, b"content-type: %s\r\ncontent-length: %d\r\n" % (media, len(body))]
        head.extend(b"%s: %s\r\n" % header for header in headers)
        head.append(b"connection: close\r\n\r\n" if self.last else b"\r\n")
        if not self.bodyless:
            head.append(body)
        self.wire = b"".join(head)
        self.connection.flush()

    def refuse(self, error: EngineError) -> None:
        """Answer with a problem document."""
        headers: list[tuple[bytes, bytes]] = [(b"x-request-id", self.request_id.encode())]
        if isinstance(error, Refusal):
            if error.retry_after is not None:
                headers.append((b"retry-after", b"%d" % error.retry_after))
            if error.allow is not None:
                headers.append((b"allow", error.allow))
        status = problem_status(error)
        if status == 401:
            headers.append((b"www-authenticate", b'Bearer realm="anxin"'))
        body = render_problem(error, language=preferred_language(self.language), request_id=self.request_id)
        self.respond(status, body, media=PROBLEM_MEDIA, headers=tuple(headers))
