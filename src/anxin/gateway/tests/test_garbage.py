"""Searches for garbage wait for a pause; what a connection held is gone with it."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from anxin.engine.errors import EngineError
from anxin.gateway.addresses import Proxies
from anxin.gateway.garbage import MOST_OWED, SERVING, STARTING, Garbage
from anxin.gateway.problems import NotFound
from anxin.gateway.requests import Request, WireLimits
from anxin.gateway.wire import Line


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Stand in for the collector and note what it is asked for; its thresholds come back at the end."""
    asked: list[str] = []
    before = gc.get_threshold()
    monkeypatch.setattr(gc, "collect", lambda: asked.append("search"))
    monkeypatch.setattr(gc, "freeze", lambda: asked.append("freeze"))
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 0))
    yield asked
    gc.set_threshold(*before)


def test_a_search_waits_for_a_pause(searches: list[str]) -> None:
    garbage = Garbage()
    garbage.tick(10)
    garbage.tick(10)
    garbage.owe()
    garbage.tick(11)
    garbage.tick(12)
    assert searches == []
    garbage.tick(12)
    garbage.tick(12)
    assert searches == ["search"]


def test_without_a_pause_a_search_comes_after_many_orders(searches: list[str]) -> None:
    garbage = Garbage()
    for number in range(2 * MOST_OWED + 1):
        garbage.owe()
        garbage.tick(number)
    assert searches == ["search"] * 2


def test_what_grows_old_owes_a_search_too(searches: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    garbage = Garbage()
    for number, older in enumerate((0, MOST_OWED - 1, MOST_OWED)):
        monkeypatch.setattr(gc, "get_count", lambda older=older: (0, 0, older))
        garbage.tick(number)
        assert searches == []
        garbage.tick(number)
    assert searches == ["search"]


def test_what_the_start_made_is_never_walked(searches: list[str]) -> None:
    garbage = Garbage()
    assert gc.get_threshold() == STARTING
    garbage.settle()
    assert (searches, gc.get_threshold()) == (["freeze"], SERVING)


class Refusing:
    """Refuses every second request from its head, and answers the others."""

    def __init__(self) -> None:
        self.count = 0

    def open(self, request: Request) -> None:
        self.count += 1
        if self.count % 2 == 0:
            raise NotFound

    def call(self, request: Request) -> None:
        request.slot.ok(b"{}")

    def refused(self, error: EngineError) -> None:
        pass


class Socket(asyncio.Transport):
    """Takes what is written; `waiting` is how much of it still waits for the other side."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.waiting = 0
        self.is_read = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True


@pytest.mark.parametrize("sent", [0, 1, 2, 3], ids=lambda count: f"{count} requests")
@pytest.mark.parametrize("rest", [b"", b"POST / HT", b"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\n{"])
def test_a_lost_connection_is_gone_without_a_search(sent: int, rest: bytes) -> None:
    loop = asyncio.new_event_loop()
    line = Line(Refusing(), limits=WireLimits(), proxies=Proxies(()), loop=loop)
    connection, socket = line.connect(), Socket()
    connection.connection_made(socket)
    gone = weakref.ref(connection)
    gc.disable()
    try:
        connection.data_received(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n" * sent + rest)
        assert [each.split()[1] for each in socket.written] == [b"200", b"404", b"200"][:sent]
        connection.connection_lost(None)
        del connection
        assert gone() is None
    finally:
        gc.enable()
        loop.close()
