"""HTTP answers as bytes, and the place each takes in its connection's order."""

from __future__ import annotations

import http
import itertools
import re
import secrets
import time
from email.utils import formatdate
from typing import Protocol

from anxin.engine.errors import EngineError
from anxin.gateway.problems import PROBLEM_MEDIA, Refusal, preferred_language, problem_status, render_problem

JSON_MEDIA = b"application/json"

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_PROCESS = secrets.token_hex(4)
_COUNT = itertools.count(1)
_LINES = {each.value: b"HTTP/1.1 %d %s\r\n" % (each.value, each.phrase.encode()) for each in http.HTTPStatus}


class DateLine:
    """The Date header, renewed once a second by the server's sweep, and the head of an ordinary answer with it."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Take the wall clock's second."""
        self.line = b"date: " + formatdate(time.time(), usegmt=True).encode() + b"\r\n"
        self.ok_head = _LINES[200] + self.line + b"content-type: " + JSON_MEDIA + b"\r\ncontent-length: "


DATE = DateLine()


class Flusher(Protocol):
    """What a slot needs of its connection."""

    def flush(self) -> None: ...


class Slot:
    """The place of one answer; a connection's answers leave in the order of its requests.

    `wire` is None until answered. `last` closes the connection after this answer. `headers` are the request's.
    """

    __slots__ = ("_request_id", "connection", "headers", "is_bodyless", "last", "wire")

    def __init__(self, connection: Flusher, headers: dict[bytes, bytes], *, last: bool, is_bodyless: bool) -> None:
        self.connection = connection
        self.headers = headers
        self.last = last
        self.is_bodyless = is_bodyless
        self.wire: bytes | None = None
        self._request_id = ""

    @property
    def request_id(self) -> str:
        """The caller's X-Request-Id when it is a plain one, else one made for this request."""
        if not self._request_id:
            offered = self.headers.get(b"x-request-id", b"")
            is_plain = _REQUEST_ID.fullmatch(offered) is not None
            self._request_id = offered.decode() if is_plain else f"{_PROCESS}-{next(_COUNT)}"
        return self._request_id

    @property
    def language(self) -> str:
        """The caller's language: zh or en."""
        return preferred_language(self.headers.get(b"accept-language"))

    def ok(self, body: bytes) -> None:
        """Answer 200 with JSON."""
        if self.last or self.is_bodyless or self.wire is not None:
            self.respond(200, body)
            return
        self.wire = b"%b%d\r\n\r\n%b" % (DATE.ok_head, len(body), body)
        self.connection.flush()

    def respond(
        self, status: int, body: bytes, *, media: bytes = JSON_MEDIA, headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        """Answer once; a second answer to the same slot is a fault."""
        if self.wire is not None:
            raise RuntimeError("answered twice")
        head = [_LINES[status], DATE.line, b"content-type: %s\r\ncontent-length: %d\r\n" % (media, len(body))]
        head.extend(b"%s: %s\r\n" % header for header in headers)
        head.append(b"connection: close\r\n\r\n" if self.last else b"\r\n")
        if not self.is_bodyless:
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
        body = render_problem(error, language=self.language, request_id=self.request_id)
        self.respond(status, body, media=PROBLEM_MEDIA, headers=tuple(headers))
