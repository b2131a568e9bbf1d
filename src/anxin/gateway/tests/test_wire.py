"""What a connection makes of bytes that a proxy in front might read in another way, or that fill memory."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Iterator

import pytest

from anxin.engine.errors import EngineError
from anxin.gateway.addresses import Proxies
from anxin.gateway.requests import Request, WireLimits, origin_form
from anxin.gateway.tests.test_garbage import Socket
from anxin.gateway.wire import Connection, Line

HEAD = b"POST /v1/decisions HTTP/1.1\r\nHost: h\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n"


class Keeping:
    """Answers every request, and keeps what it was."""

    def __init__(self) -> None:
        self.seen: list[tuple[bytes, bytes, bytes]] = []
        self.headers: list[dict[bytes, bytes]] = []
        self.is_broken = False
        self.answer = b"{}"
        self.waiting: list[Request] | None = None

    def open(self, request: Request) -> None:
        request.body_limit = 4_000_000

    def call(self, request: Request) -> None:
        if self.is_broken:
            raise RuntimeError
        self.seen.append((request.method, request.path, bytes(request.body)))
        self.headers.append(request.headers)
        if self.waiting is not None and not self.waiting:
            self.waiting.append(request)
        else:
            request.slot.ok(self.answer)

    def refused(self, error: EngineError) -> None:
        pass


class Caller:
    """One connection, its desk, and what was written to it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.desk = Keeping()
        self.line = Line(self.desk, limits=WireLimits(), proxies=Proxies(()), loop=loop)
        self.connection: Connection = self.line.connect()
        self.socket = Socket()
        self.socket.can_write_eof = lambda: True  # type: ignore[method-assign]
        self.is_closed = False
        self.socket.close = self.socket.write_eof = self._close  # type: ignore[method-assign]
        self.connection.connection_made(self.socket)

    def _close(self) -> None:
        self.is_closed = True

    def send(self, *parts: bytes) -> list[bytes]:
        """Return the first words of the answers, after each part has come by itself."""
        for part in parts:
            self.connection.data_received(part)
        return [each.split(b"\r\n")[0].split(b" ")[1] for each in self.socket.written]


@pytest.fixture
def caller() -> Iterator[Caller]:
    loop = asyncio.new_event_loop()
    yield Caller(loop)
    loop.close()


@pytest.mark.parametrize("is_torn", [False, True], ids=["at once", "byte by byte"])
@pytest.mark.parametrize(
    ("framing", "body"),
    [
        (b"Content-Length: 9\r\n\r\n", b'{"a": 12}'),
        (b"Transfer-Encoding: chunked\r\n\r\n", b'9\r\n{"a": 12}\r\n0\r\n\r\n'),
    ],
    ids=["length", "chunks"],
)
def test_a_call_that_offers_http_2_is_answered_with_its_body(
    caller: Caller, framing: bytes, body: bytes, is_torn: bool
) -> None:
    call = HEAD + H2C + framing + body
    sent = (call + HEAD + b"Content-Length: 2\r\n\r\n{}") * 2
    parts = [sent[at : at + 1] for at in range(len(sent))] if is_torn else [sent]
    assert caller.send(*parts) == [b"200"] * 4
    path = (b"POST", b"/v1/decisions")
    assert caller.desk.seen == [(*path, b'{"a": 12}'), (*path, b"{}")] * 2
    assert (caller.is_closed, caller.line.held) == (False, 0)


def test_a_call_without_a_body_that_offers_http_2_keeps_its_connection(caller: Caller) -> None:
    get = b"GET /healthz HTTP/1.1\r\nHost: h\r\n"
    assert caller.send(get + H2C + b"\r\n", get + b"\r\n") == [b"200", b"200"]


def test_a_target_may_name_scheme_and_host(caller: Caller) -> None:
    assert caller.send(b"GET http://h:1/v1/holds/user/u?x=1 HTTP/1.1\r\nHost: h:1\r\n\r\n") == [b"200"]
    assert caller.desk.seen == [(b"GET", b"/v1/holds/user/u", b"")]


@pytest.mark.parametrize(
    ("target", "origin"),
    [
        (b"/a?b", b"/a?b"),
        (b"//a/b", b"//a/b"),
        (b"HTTPS://h/a/b?c=http://d/", b"/a/b?c=http://d/"),
        (b"http://h", b"/"),
        (b"http://h?a=/b", b"/?a=/b"),
        (b"ftp://h/a", b"ftp://h/a"),
        (b"*", b"*"),
        (b"h:80", b"h:80"),
    ],
)
def test_a_target_is_brought_to_path_and_query(target: bytes, origin: bytes) -> None:
    assert origin_form(target) == origin


@pytest.mark.parametrize("line", [b"host: h", b"HOST: other", b"Authorization: Bearer b", b"Content-Type: text/plain"])
def test_a_header_that_must_be_one_is_not_taken_twice(caller: Caller, line: bytes) -> None:
    first = b"Authorization: Bearer a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
    assert caller.send(HEAD + first + line + b"\r\n\r\n{}") == [b"400"]
    assert caller.desk.seen == []


def test_a_trailer_changes_nothing_of_the_head(caller: Caller) -> None:
    trailers = b"0\r\nAuthorization: Bearer b\r\nContent-Type: c\r\nHost: d\r\nX-Request-Id: e\r\n\r\n"
    assert caller.send(CHUNKED + b"2\r\n{}\r\n" + trailers) == [b"200"]
    assert caller.desk.headers == [{b"host": b"h", b"transfer-encoding": b"chunked"}]


@pytest.mark.parametrize(
    "filling",
    [b"2\r\n{}\r\n0\r\nX-A: " + b"a" * 1000, b"2\r\n{}\r\n0\r\nX-A: a\r\n", b"2;a=" + b"a" * 1000],
    ids=["one trailer", "trailers", "extension of a chunk"],
)
def test_what_is_no_body_is_bounded(caller: Caller, filling: bytes) -> None:
    more = b"X-A: a\r\n" * 120 if filling.endswith(b"\n") else b"a" * 1000
    assert caller.send(CHUNKED, filling, *[more] * 15) == []
    assert caller.send(*[more] * 3) == [b"431"]
    assert (caller.desk.seen, caller.line.held, caller.is_closed) == ([], 0, True)


def test_chunks_whose_sizes_come_by_themselves_are_no_filling(caller: Caller) -> None:
    chunks = [part for _ in range(9000) for part in (b"2\r\n", b"  \r\n")]
    assert caller.send(CHUNKED, *chunks, b"0\r\n\r\n") == [b"200"]
    assert [len(body) for _, _, body in caller.desk.seen] == [18_000]


def test_calls_that_come_behind_a_body_are_no_filling(caller: Caller) -> None:
    head = HEAD + b"X-A: " + b"a" * 400 + b"\r\nContent-Length: 2\r\n\r\n"
    assert caller.send(head, b"{}" + (head + b"{}") * 60 + head) == [b"200"] * 61
    assert caller.send(b"{}") == [b"200"] * 62


def test_a_body_in_tiny_chunks_takes_little_more_than_its_size(caller: Caller) -> None:
    part = b"2\r\n  \r\n" * 5_000
    tracemalloc.start()
    try:
        caller.send(CHUNKED, *[part] * 20)
        assert tracemalloc.get_traced_memory()[0] < 500_000
    finally:
        tracemalloc.stop()
    assert caller.line.held == 200_000
    assert caller.send(b"0\r\n\r\n") == [b"200"]
    assert (caller.line.held, len(caller.desk.seen[0][2])) == (0, 200_000)


@pytest.mark.parametrize(("version", "is_told"), [(b"1.1", True), (b"1.0", False)])
def test_only_who_knows_the_word_is_told_to_continue(caller: Caller, version: bytes, is_told: bool) -> None:
    head = HEAD.replace(b"1.1", version) + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    assert caller.send(head) == ([b"100"] if is_told else [])
    assert caller.send(b"{}")[-1] == b"200"


def test_a_fault_in_one_call_leaves_no_byte_of_the_others_counted(caller: Caller) -> None:
    caller.desk.is_broken = True
    call = HEAD + b"Content-Length: 2\r\n\r\n{}"
    with pytest.raises(RuntimeError):
        caller.send(call * 3 + call[:-1])
    caller.connection.connection_lost(None)
    assert caller.line.held == 0


def test_beyond_those_that_are_told_why_connections_are_cut(caller: Caller) -> None:
    caller.line.limits = WireLimits(connections=2)
    sockets = []
    for _ in range(70):
        socket = Socket()
        socket.can_write_eof = lambda: False  # type: ignore[method-assign]
        socket.close = socket.abort = lambda: None  # type: ignore[method-assign]
        caller.line.connect().connection_made(socket)
        sockets.append(socket)
    assert [len(each.written) for each in sockets] == [0] + [1] * 64 + [0] * 5
    assert caller.send(HEAD + b"Content-Length: 2\r\n\r\n{}") == [b"200"]


class SlowSocket(Socket):
    """Its other side takes nothing in until it is told to."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        super().write(data)
        self.waiting += len(data)

    def abort(self) -> None:
        raise AssertionError


def turn(loop: asyncio.AbstractEventLoop) -> None:
    """Let the event loop do what is due."""
    loop.call_soon(loop.stop)
    loop.run_forever()


def test_calls_of_a_slow_client_are_answered_as_fast_as_it_takes_the_answers_in() -> None:
    loop = asyncio.new_event_loop()
    desk, socket = Keeping(), SlowSocket()
    line = Line(desk, limits=WireLimits(), proxies=Proxies(()), loop=loop)
    connection = line.connect()
    connection.connection_made(socket)
    desk.answer = b"a" * 40_000
    calls = [HEAD + b"Content-Length: 3\r\n\r\n%3d" % number for number in range(200)]
    connection.data_received(b"".join(calls))
    assert (len(desk.seen), line.held, socket.is_read) == (2, 3 * 198, False)
    turn(loop)
    connection.pause_writing()
    turn(loop)
    assert len(desk.seen) == 2
    socket.waiting = 0
    connection.resume_writing()
    assert (len(desk.seen), socket.is_read) == (4, False)
    connection.data_received(b"garbage\r\n\r\n")
    connection.data_received(b"garbage\r\n\r\n")
    socket.close = socket.write_eof = lambda: None  # type: ignore[method-assign]
    while len(desk.seen) < 200:
        socket.waiting = 0
        turn(loop)
    assert [body for _, _, body in desk.seen] == [b"%3d" % number for number in range(200)]
    assert [each.split(b" ")[1] for each in socket.written] == [b"200"] * 200 + [b"400"]
    assert line.held == 0
    connection.connection_lost(None)
    loop.close()


def test_what_a_lost_client_had_still_to_ask_is_asked_no_more() -> None:
    loop = asyncio.new_event_loop()
    desk, socket = Keeping(), SlowSocket()
    line = Line(desk, limits=WireLimits(), proxies=Proxies(()), loop=loop)
    connection = line.connect()
    connection.connection_made(socket)
    desk.answer = b"a" * 70_000
    connection.data_received((HEAD + b"Content-Length: 2\r\n\r\n{}") * 9)
    connection.connection_lost(None)
    turn(loop)
    assert (len(desk.seen), line.held, line.open) == (1, 0, set())
    loop.close()


def test_answers_do_not_pile_up_behind_one_that_is_not_there_yet() -> None:
    loop = asyncio.new_event_loop()
    caller = Caller(loop)
    desk = caller.desk
    desk.waiting = []
    caller.send(b"".join(HEAD + b"Content-Length: 3\r\n\r\n%3d" % number for number in range(300)))
    turn(loop)
    assert (len(desk.seen), caller.socket.written) == (65, [])
    desk.waiting[0].slot.ok(b"{}")
    while len(desk.seen) < 300:
        turn(loop)
    assert [body for _, _, body in desk.seen] == [b"%3d" % number for number in range(300)]
    assert (len(caller.socket.written), caller.line.held, caller.socket.is_read) == (300, 0, True)
    loop.close()
