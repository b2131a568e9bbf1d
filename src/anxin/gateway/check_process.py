"""The gateway's end of the check worker: starts it at the first need, and asks it beside the event loop."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from typing import Literal, cast

import msgspec

from anxin.gateway.check_messages import LENGTH, LONGEST_FRAME, READY, Answered, Asked, DescribeSignatures, frame
from anxin.gateway.journal import note, warn

Hear = Callable[[Answered | None], None]
Standing = Literal["cold", "starting", "loading", "ready", "failed"]
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV")
_MODULE = "anxin.gateway.check_worker"
# Few are under way at once, so that an event never waits behind a long queue of pasted texts.
_UNDER_WAY = 4
_MOST_CALLS, _MOST_EVENTS, _MOST_PICTURES = 64, 5_000, 4
_HUNG_SECONDS, _START_SECONDS, _PAUSE_SECONDS = 10.0, 30.0, 1.0


class CheckProcess:
    """One worker process and the questions to it; used on the event loop.

    `load` is called when a fresh worker can hear, with what to call when it was told everything; until then questions
    wait. A worker that dies or hangs is replaced at the next question.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, *, load: Callable[[Callable[[], None]], None]) -> None:
        self._loop = loop
        self._load = load
        self._numbers = READY
        self._events: deque[tuple[Asked, Hear]] = deque()
        self._calls: deque[tuple[Asked, Hear]] = deque()
        self._under_way: dict[int, Hear] = {}
        self._pictures: dict[int, Hear] = {}
        self._since = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._transport: asyncio.Transport | None = None
        self._line: _Line | None = None
        self.standing: Standing = "cold"
        self.starts = 0

    @property
    def pid(self) -> int | None:
        """Return the worker's process id, None when there is none."""
        return self._process.pid if self._process is not None else None

    @property
    def waiting(self) -> int:
        """Return how many questions have no answer yet."""
        return len(self._events) + len(self._calls) + len(self._under_way)

    def new_number(self) -> int:
        """Return a number for a message."""
        self._numbers += 1
        return self._numbers

    def ask_event(self, message: Asked, hear: Hear) -> None:
        """Ask on behalf of an event; `hear` gets None when there can be no answer."""
        self._ask(self._events, _MOST_EVENTS, message, hear)

    def ask_call(self, message: Asked, hear: Hear) -> None:
        """Ask on behalf of a call; events go first."""
        self._ask(self._calls, _MOST_CALLS, message, hear)

    def ask_picture(self, message: Asked, hear: Hear) -> None:
        """Ask about a picture: it may take long, and holds up nothing else."""

        def begin(answer: Answered | None) -> None:
            if answer is None or len(self._pictures) >= _MOST_PICTURES or self._transport is None:
                hear(None)
                return
            self._pictures[message.number] = hear
            self._transport.write(frame(message))

        if self.standing == "ready":
            begin(Answered(READY))
        else:
            # A question that any worker can answer waits until there is one.
            self._ask(self._calls, _MOST_CALLS, DescribeSignatures(self.new_number(), message.organisation, 0), begin)

    def tell(self, message: Asked, hear: Hear) -> None:
        """Send at once, before all questions; for secrets and orders."""
        if self._transport is None:
            hear(None)
            return
        self._send(message, hear)

    def _ask(self, line: deque[tuple[Asked, Hear]], most: int, message: Asked, hear: Hear) -> None:
        if self.standing == "cold" or (self.standing == "failed" and self._loop.time() >= self._since + _PAUSE_SECONDS):
            self.start()
        if self.standing == "failed" or len(line) >= most:
            hear(None)
            return
        line.append((message, hear))
        self._send_next()

    def _send_next(self) -> None:
        while self.standing == "ready" and len(self._under_way) < _UNDER_WAY and (self._events or self._calls):
            self._send(*(self._events or self._calls).popleft())

    def _send(self, message: Asked, hear: Hear) -> None:
        assert self._transport is not None
        if not self._under_way:
            self._since = self._loop.time()
        self._under_way[message.number] = hear
        self._transport.write(frame(message))

    def start(self) -> None:
        """Start the worker unless it runs."""
        if self.standing not in ("cold", "failed"):
            return
        self.standing, self._since = "starting", self._loop.time()
        self.starts += 1
        ours, theirs = socket.socketpair()
        with theirs:
            theirs.set_inheritable(True)
            number = theirs.fileno()
            command = [sys.executable, "-m", _MODULE, str(number)]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=(number,), env=_environment())
        ours.settimeout(0.0)
        self._line = _Line(self, self._loop)
        self._loop.create_task(self._connect(ours, self._line))

    async def _connect(self, ours: socket.socket, line: _Line) -> None:
        await self._loop.create_connection(lambda: line, sock=ours)

    def connected(self, line: _Line, transport: asyncio.Transport) -> None:
        """Take the line up."""
        if line is self._line:
            self._transport = transport
        else:
            transport.abort()

    def heard(self, answer: Answered) -> None:
        """Pass an answer on to who asked."""
        if answer.number == READY:
            self.standing = "loading"
            self._load(self._loaded)
            return
        hear = self._pictures.pop(answer.number, None)
        if hear is None:
            hear = self._under_way.pop(answer.number, None)
            self._since = self._loop.time()
        if answer.fault:
            warn("checks.fault", fault=answer.fault)
        if hear is not None:
            hear(None if answer.fault else answer)
        self._send_next()

    def _loaded(self) -> None:
        if self.standing == "loading":
            self.standing = "ready"
            note("checks.ready", pid=self.pid)
            self._send_next()

    def tick(self) -> None:
        """End a worker that hangs or does not start."""
        age = self._loop.time() - self._since
        is_hung = self.standing == "ready" and bool(self._under_way) and age > _HUNG_SECONDS
        if is_hung or (self.standing in ("starting", "loading") and age > _START_SECONDS):
            warn("checks.hung", standing=self.standing)
            self.lost(self._line)

    def lost(self, line: _Line | None) -> None:
        """Give up the worker behind a line, and tell everybody who waits."""
        if line is not self._line or self._line is None:
            return
        self._end()
        self.standing, self._since = "failed", self._loop.time()
        warn("checks.lost", starts=self.starts)
        waiting = [
            *self._pictures.values(),
            *self._under_way.values(),
            *(hear for _, hear in (*self._events, *self._calls)),
        ]
        self._pictures.clear()
        self._under_way.clear()
        self._events.clear()
        self._calls.clear()
        for hear in waiting:
            hear(None)

    def _end(self) -> None:
        self._line = None
        if self._transport is not None:
            self._transport.abort()
            self._transport = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End the worker for good."""
        self._end()
        self.standing = "cold"


def _environment() -> dict[str, str]:
    """Return the few variables the worker needs: it knows no settings and no secrets but those it is told."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"OMP_NUM_THREADS": "1"}


class _Line(asyncio.Protocol):
    """Cuts what the worker sends into answers."""

    def __init__(self, process: CheckProcess, loop: asyncio.AbstractEventLoop) -> None:
        self._process = process
        self._loop = loop
        self._read = bytearray()
        self._decoder = msgspec.msgpack.Decoder(Answered)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._process.connected(self, cast("asyncio.Transport", transport))

    def data_received(self, data: bytes) -> None:
        self._read += data
        while len(self._read) >= LENGTH:
            end = LENGTH + int.from_bytes(self._read[:LENGTH], "big")
            if end > LONGEST_FRAME:
                self._process.lost(self)
                return
            if len(self._read) < end:
                return
            answer = self._decoder.decode(bytes(self._read[LENGTH:end]))
            del self._read[:end]
            self._process.heard(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._process.lost(self)
