"""The worker's side of sending: a few processes, each given one message at a time and killed when it takes too long."""

from __future__ import annotations

import json
import logging
import os
import queue
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass

_LOG = logging.getLogger(__name__)
SECONDS = 10.0
"""How long one message may take before its process is killed."""
SENDERS = 6
_START_SECONDS = 20.0
_MOST_READ = 65_536
_NOTHING, _GONE = b"nothing came", b"gone"
_KEPT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Message:
    """What one sender needs to know; `inner` are the networks inside that may be reached."""

    address: str
    title: str
    text: str
    is_urgent: bool
    inner: Sequence[str]


@dataclass(frozen=True)
class Attempt:
    """How it went; `status` None without an HTTP answer, `reference` what the provider calls it."""

    outcome: str
    status: int | None = None
    reference: str = ""
    took_ms: int = 0

    @property
    def is_accepted(self) -> bool:
        """Return whether the provider took it."""
        return self.outcome == "accepted"


class Sender:
    """One process; started at the first message, and again after it was killed. It says a line when it is ready."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False

    def send(self, message: Message, seconds: float = SECONDS) -> Attempt:
        """Send one message and wait for its attempt, at most so long as one may take; a start does not count."""
        started = time.monotonic()
        try:
            process = self._running()
        except OSError:
            # No memory, no descriptor or no process to be had at this moment: tried again like a provider that is away.
            return Attempt("unreachable")
        answer = self._wait_until_ready(process) or self._ask(process, message, seconds)
        if answer.endswith(b"\n"):
            try:
                return Attempt(**json.loads(answer))
            except (ValueError, TypeError):
                answer = _GONE
        self.stop()
        took_ms = int((time.monotonic() - started) * 1000)
        return Attempt("slow" if answer == _NOTHING else "unreachable", took_ms=took_ms)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> bytes:
        """Return b"" once it is ready; else what kept it from it."""
        if not self._is_ready:
            said = _hear(process, _START_SECONDS)
            self._is_ready = said.endswith(b"\n")
            return b"" if self._is_ready else said or _GONE
        return b""

    def _ask(self, process: subprocess.Popen[bytes], message: Message, seconds: float) -> bytes:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(asdict(message)).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            return _GONE
        return _hear(process, seconds)

    @property
    def is_running(self) -> bool:
        """Return whether there is a process."""
        return self._process is not None

    def start(self) -> None:
        """Start the process, and do not wait for it."""
        self._running()

    def stop(self) -> None:
        """Kill the process, whatever it is doing."""
        if self._process is None:
            return
        self._is_ready = False
        self._process.kill()
        self._process.wait()
        for each in (self._process.stdin, self._process.stdout):
            if each is not None:
                each.close()
        self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.stop()
        words = [sys.executable, "-m", "anxin.desk.foundation.notifications.sending"]
        environment = {name: value for name, value in os.environ.items() if name in _KEPT}
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        return self._process


def _hear(process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """Return the line a process says; without its end when it is gone, or not all of it came in time."""
    assert process.stdout is not None
    said, until = b"", time.monotonic() + seconds
    while not said.endswith(b"\n"):
        is_there, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
        if not is_there:
            return _NOTHING
        more = os.read(process.stdout.fileno(), _MOST_READ)
        if not more:
            return said
        said += more
    return said


class Dispatch:
    """Several senders side by side; one channel occupies only one of them, so that a hanging one holds nobody up.

    As soon as one is occupied the next is started: whoever is called at the same time does not wait for a start either.
    """

    def __init__(self, senders: int = SENDERS, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._idle: queue.LifoQueue[Sender] = queue.LifoQueue()
        self._senders = [Sender() for _ in range(senders)]
        for each in self._senders:
            self._idle.put(each)
        self._threads = ThreadPoolExecutor(senders, "pages")
        self._under_way: dict[str, tuple[str, Future[Attempt]]] = {}

    def warm(self) -> None:
        """Start the process that gets the next message, so that it does not wait for the start."""
        try:
            sender = self._idle.get_nowait()
        except queue.Empty:
            return
        sender.start()
        self._idle.put(sender)

    @property
    def free(self) -> int:
        """Return how many more messages can be taken at this moment."""
        return len(self._senders) - len(self._under_way)

    @property
    def running(self) -> int:
        """Return how many processes there are."""
        return sum(each.is_running for each in self._senders)

    @property
    def busy_channels(self) -> frozenset[str]:
        """Return the channels that have a message under way."""
        return frozenset(channel for channel, _ in self._under_way.values())

    def submit(self, key: str, channel_id: str, message: Message) -> None:
        """Begin to send; the attempt is collected later under `key`."""
        self._under_way[key] = (channel_id, self._threads.submit(self._send, message))

    def collect(self, seconds: float = 0.0) -> dict[str, Attempt]:
        """Return the attempts that ended; wait up to `seconds` until all have."""
        deadline = time.monotonic() + seconds
        while seconds and any(not each.done() for _, each in self._under_way.values()) and time.monotonic() < deadline:
            time.sleep(0.005)
        ended = [key for key, (_, each) in self._under_way.items() if each.done()]
        return {key: _attempt_of(self._under_way.pop(key)[1]) for key in ended}

    def stop(self) -> None:
        """End every process."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for each in self._senders:
            each.stop()

    def _send(self, message: Message) -> Attempt:
        sender = self._idle.get()
        try:
            self.warm()
            return sender.send(message, self.seconds)
        finally:
            self._idle.put(sender)


def _attempt_of(sending: Future[Attempt]) -> Attempt:
    """Return how it went; a fault of ours is an attempt that failed, so that it is tried again and then told."""
    fault = sending.exception()
    if fault is None:
        return sending.result()
    _LOG.error("sending a page failed: %s", type(fault).__name__)
    return Attempt("fault")
