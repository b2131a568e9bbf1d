"""One HTTP/1.1 connection: parse, bound, time, and answer in order."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import cast

import httptools

from anxin.engine.errors import EngineError
from anxin.gateway.addresses import Proxies
from anxin.gateway.answers import Slot
from anxin.gateway.problems import (
    BodyTooLarge,
    Busy,
    HeadTooLarge,
    RequestMalformed,
    RequestTooSlow,
    TooManyConnections,
)
from anxin.gateway.requests import FORWARDED, HEADERS, ONCE, SWALLOWED_BODY, Desk, Request, WireLimits, origin_form

_PIPELINE = 64
# Each connection that is told why it is sent away is an open file for as long as it lingers.
_TOLD_AT_ONCE = 64
# Bytes of answers that wait for a slow client before its next call is answered.
_WRITTEN_AHEAD = 65_536
_NEVER = float("inf")


class Line:
    """What the connections of one server share; `held` is the bytes of bodies not yet taken in."""

    def __init__(self, desk: Desk, *, limits: WireLimits, proxies: Proxies, loop: asyncio.AbstractEventLoop) -> None:
        self.desk = desk
        self.limits = limits
        self.proxies = proxies
        self.loop = loop
        self.open: set[Connection] = set()
        self.is_draining = False
        self.held = 0

    def connect(self) -> Connection:
        """Return the protocol of a new connection."""
        return Connection(self)

    def sweep(self) -> None:
        """Cut connections whose time is up."""
        now = self.loop.time()
        for connection in tuple(self.open):
            connection.sweep(now)

    def drain(self) -> None:
        """Close idle connections now and the others after their last answer."""
        self.is_draining = True
        for connection in tuple(self.open):
            connection.drain()


class Connection(asyncio.Protocol):
    """Feeds one socket through the parser; never waits, so that no client can hold up another."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._limits = line.limits
        self._slots: deque[Slot] = deque()
        self._ready: deque[Request] = deque()
        self._request: Request | None = None
        self._before: Request | None = None
        self._refusal: EngineError | None = None
        self._cut: EngineError | None = None
        self._body = b""
        self._more = bytearray()
        self._body_bytes = 0
        self._silent_bytes = 0
        self._is_declining = False
        self._held = 0
        self._in_head = False
        self._is_lingering = False
        self._is_paused = False
        self._is_choked = False
        self._is_due = False
        self._deadline = _NEVER

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self._peer = peer[0] if peer else "127.0.0.1"
        self._is_proxy = self._line.proxies.trusts(self._peer)
        self._parser = httptools.HttpRequestParser(self)
        self._line.open.add(self)
        self._start_message()
        excess = len(self._line.open) - self._limits.connections
        if excess > _TOLD_AT_ONCE:
            self._is_lingering = True
            self._transport.abort()
        elif excess > 0 or self._line.is_draining:
            self._stop(TooManyConnections())

    def connection_lost(self, exc: Exception | None) -> None:
        self._line.open.discard(self)
        self._is_lingering = True
        self._let_go()
        self._line.held -= sum(len(request.body) for request in self._ready)
        self._ready.clear()
        # These hold the connection in their turn: with them it would wait for a search for garbage.
        self._request = self._before = self._refusal = self._cut = None
        del self._parser

    def data_received(self, data: bytes) -> None:
        is_over = self._is_lingering or self._cut is not None
        if is_over:
            return
        self._is_due = True
        self._head_bytes += len(data)
        request, body_bytes = self._request, self._body_bytes
        try:
            self._feed(data)
        except httptools.HttpParserCallbackError as fault:
            raise fault.__context__ or fault from fault
        except httptools.HttpParserError:
            self._cut = self._cut or RequestMalformed(reason="it is not HTTP/1.1", reason_zh="不是 HTTP/1.1")
        if self._in_head and max(self._head_bytes, self._header_bytes + len(self._url)) > self._limits.head_bytes:
            self._cut = self._cut or HeadTooLarge(limit=self._limits.head_bytes)
        if request is not None and request is self._request:
            self._bound_silence(0 if body_bytes != self._body_bytes else len(data))
        self._run_ready()
        if self._cut is not None:
            self._stop(self._cut)
        elif len(self._slots) > _PIPELINE and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()

    def _feed(self, data: bytes) -> None:
        while True:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                if self._is_declining:
                    data = self._decline() + data[offer.args[0] :]
                    continue
                # Other protocols are not spoken here: the request is answered as it stands, and nothing more is read.
                if self._slots:
                    self._slots[-1].last = True
                else:
                    self._linger()
            return

    def _decline(self) -> bytes:
        """Take another parser, as the one that met the offer passes over the body; return the head that it needs."""
        self._parser = httptools.HttpRequestParser(self)
        names = (b"content-length", b"transfer-encoding")
        lines = [b"%b: %b\r\n" % (name, self._headers[name]) for name in names if name in self._headers]
        return b"POST / HTTP/1.1\r\n%b\r\n" % b"".join(lines)

    def _bound_silence(self, size: int) -> None:
        """Bound what comes in a row inside a body and is none of it: extensions of chunks, and trailers."""
        self._silent_bytes = self._silent_bytes + size if size else 0
        if self._silent_bytes > self._limits.head_bytes:
            self._cut = self._cut or HeadTooLarge(limit=self._limits.head_bytes)

    def _run_ready(self) -> None:
        """Let the desk answer what was read, as far as answers leave and the client takes them in."""
        # As long as it runs, or is about to, an answer that leaves need not ask for it.
        self._is_due = True
        while self._ready and not self._is_choked and len(self._slots) - len(self._ready) <= _PIPELINE:
            if self._transport.get_write_buffer_size() > _WRITTEN_AHEAD:
                self._line.loop.call_soon(self._go_on)
                return
            request = self._ready.popleft()
            self._line.held -= len(request.body)
            self._line.desk.call(request)
            request.body = b""
        self._is_due = False

    def _go_on(self) -> None:
        try:
            self._run_ready()
        except BaseException:
            self._transport.abort()
            raise

    # parser callbacks

    def on_message_begin(self) -> None:
        if self._is_declining:
            return
        self._start_message()
        self._has_begun = True

    def _start_message(self) -> None:
        self._in_head = True
        self._has_begun = False
        self._head_bytes = 0
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._header_bytes = 0
        self._repeated = b""
        self._deadline = self._line.loop.time() + self._limits.head_seconds

    def on_url(self, url: bytes) -> None:
        if self._in_head:
            self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._header_bytes += len(name) + len(value) + 4
        kept = HEADERS.get(name) or HEADERS.get(name.lower())
        if kept is None or not self._in_head:
            # A trailer says nothing that counts: caller and call are known by now.
            return
        if kept in self._headers:
            if kept == FORWARDED:
                value = self._headers[kept] + b"," + value
            elif kept in ONCE:
                self._repeated = kept
        self._headers[kept] = value

    def on_headers_complete(self) -> None:
        if self._is_declining:
            self._is_declining = False
            return
        self._in_head = False
        if self._cut is not None:
            return
        self._deadline = self._line.loop.time() + self._limits.body_seconds
        self._body_bytes, self._silent_bytes, self._refusal = 0, 0, None
        url = self._url
        path, _, query = (url if url[:1] == b"/" else origin_form(url)).partition(b"?")
        method = self._parser.get_method()
        request = Request(method=method, path=path, query=query, headers=self._headers, address=self._origin())
        self._request = request
        request.before, self._before = self._before, request
        request.slot = self._new_slot(last=not self._parser.should_keep_alive())
        try:
            self._check_head(request)
            self._line.desk.open(request)
            self._check_length(request)
        except EngineError as refusal:
            self._refuse_head(refusal)
        finally:
            request.before = None

    def _origin(self) -> str:
        if not self._is_proxy:
            return self._peer
        return self._line.proxies.origin(self._peer, self._headers.get(FORWARDED))

    def _new_slot(self, *, last: bool) -> Slot:
        is_bodyless = self._request is not None and self._request.method == b"HEAD"
        return Slot(self, self._headers, last=last or self._line.is_draining, is_bodyless=is_bodyless)

    def _check_head(self, request: Request) -> None:
        if self._header_bytes + len(self._url) > self._limits.head_bytes:
            raise HeadTooLarge(limit=self._limits.head_bytes)
        if b"host" not in request.headers and self._parser.get_http_version() == "1.1":
            raise RequestMalformed(reason="the header Host is missing", reason_zh="缺少 Host 头")

        if self._repeated:
            name = self._repeated.decode()
            raise RequestMalformed(reason=f"the header {name} stands twice", reason_zh=f"请求头 {name} 出现了两次")

    def _check_length(self, request: Request) -> None:
        if self._claimed_length() > request.body_limit:
            raise BodyTooLarge(limit=request.body_limit)
        is_expecting = request.headers.get(b"expect", b"").lower() == b"100-continue"
        if is_expecting and not self._slots and self._parser.get_http_version() == "1.1":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _claimed_length(self) -> int:
        return int(self._headers.get(b"content-length", b"0") or b"0")

    def _refuse_head(self, refusal: EngineError) -> None:
        # A short body is swallowed so that the connection stays useful; a long one is not worth reading.
        if isinstance(refusal, BodyTooLarge | HeadTooLarge) or self._claimed_length() > SWALLOWED_BODY:
            self._cut = refusal
        self._refusal = refusal.with_traceback(None)

    def on_body(self, body: bytes) -> None:
        request = self._request
        if self._cut is not None or request is None:
            return
        self._body_bytes += len(body)
        if self._body_bytes > request.body_limit:
            self._cut = self._refusal or BodyTooLarge(limit=request.body_limit)
        elif self._refusal is None:
            # Not a list: a body in chunks of a few bytes would take twenty times its size.
            if self._body:
                self._more += body
            else:
                self._body = body
            self._held += len(body)
            self._line.held += len(body)
            if self._line.held > self._limits.held_bytes:
                self._cut = Busy()

    def _let_go(self) -> None:
        self._line.held -= self._held
        self._held = 0
        self._body, self._more = b"", bytearray()

    def on_message_complete(self) -> None:
        if self._headers.get(b"upgrade", b"").lower() == b"h2c" and self._parser.should_upgrade():
            # Clients that would rather speak HTTP/2 ask with an ordinary call, whose body is still to come.
            self._is_declining = True
            return
        request, self._request = self._request, None
        self._deadline = _NEVER
        if self._cut is not None or request is None:
            return
        self._slots.append(request.slot)
        if self._refusal is not None:
            self._line.desk.refused(self._refusal)
            request.slot.refuse(self._refusal)
            return
        request.body, self._body, self._held = self._body, b"", 0
        if self._more:
            request.body += self._more
            self._more = bytearray()
        self._ready.append(request)

    # answers

    def flush(self) -> None:
        """Send the answers that are next in order; close after one marked as the last."""
        slots = self._slots
        while slots and (wire := slots[0].wire) is not None:
            slot = slots.popleft()
            if self._is_lingering:
                continue
            self._transport.write(wire)
            if slot.last:
                self._linger()
        is_idle = not slots and not self._in_head and self._request is None
        if is_idle and not self._is_lingering and not self._is_choked:
            self._deadline = self._line.loop.time() + self._limits.idle_seconds
        if self._is_paused:
            self._read_on()
        if self._ready and not self._is_due:
            self._is_due = True
            self._line.loop.call_soon(self._go_on)

    def _stop(self, refusal: EngineError) -> None:
        """Refuse what is being read and close; earlier answers still leave first."""
        self._cut = refusal
        self._let_go()
        slot = self._request.slot if self._request is not None else self._new_slot(last=True)
        self._request = None
        slot.last = True
        self._slots.append(slot)
        self._line.desk.refused(refusal)
        slot.refuse(refusal)

    def _linger(self) -> None:
        """Close in a way that lets the client read the answer although its own bytes were not all read."""
        self._is_lingering = True
        self._deadline = self._line.loop.time() + self._limits.linger_seconds
        if self._cut is None or not self._transport.can_write_eof():
            self._transport.close()
        else:
            self._transport.write_eof()

    def pause_writing(self) -> None:
        self._is_choked = True
        self._transport.pause_reading()
        self._deadline = self._line.loop.time() + self._limits.write_seconds

    def resume_writing(self) -> None:
        self._is_choked = False
        self._deadline = self._line.loop.time() + self._limits.idle_seconds
        self._go_on()
        self._read_on()

    def _read_on(self) -> None:
        if not self._is_choked and len(self._slots) < _PIPELINE // 2:
            self._is_paused = False
            self._transport.resume_reading()

    # time

    def sweep(self, now: float) -> None:
        """Cut the connection when its deadline has passed: with a 408 inside a request, silently when idle."""
        if now < self._deadline:
            return
        is_reading = self._request is not None or (self._in_head and self._has_begun)
        if is_reading and not self._is_lingering and self._cut is None:
            self._stop(RequestTooSlow())
        else:
            self._transport.abort()

    def drain(self) -> None:
        """Close when idle; else after the answers under way."""
        if self._slots:
            self._slots[-1].last = True
        elif self._request is not None:
            self._request.slot.last = True
        else:
            self._transport.close()
