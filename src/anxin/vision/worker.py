"""Check screenshots in a process of their own, with a queue, a time limit and a memory limit."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from typing import Self

import msgspec

from anxin.checkers.images.errors import PictureRefused
from anxin.checkers.images.header import accept_header
from anxin.checkers.screenshots.check import Screenshot, judge_screenshot
from anxin.checkers.screenshots.knowledge import NOTHING_KNOWN, Knowledge
from anxin.checkers.screenshots.page import Scan
from anxin.vision.errors import WorkerRefused
from anxin.vision.frames import FrameBroken, FrameLate, receive_frame, send_frame
from anxin.vision.limits import Limits
from anxin.vision.messages import Declined, Failed, Message, Ready, Scanned, decode_message

READER = "anxin.checkers.screenshots.scan"
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV")
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class ScreenshotWorker:
    """A process that reads pictures, started at the first one and replaced when it dies, hangs or grows old.

    May be used from many threads: one picture is read at a time, the others wait. Judging what was read happens in the
    caller, so that lists and signatures of this very moment count.
    """

    def __init__(self, limits: Limits | None = None, *, reader: str = READER) -> None:
        self.limits = limits or Limits()
        self._reader = reader
        self._places = threading.BoundedSemaphore(self.limits.backlog + 1)
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._taken = 0
        self._is_closed = False

    def check(self, data: bytes, *, knowledge: Knowledge = NOTHING_KNOWN) -> Screenshot:
        """Return the answer about the picture in a file; raises PictureRefused, WorkerRefused."""
        return judge_screenshot(self.scan(data), knowledge=knowledge)

    async def check_async(self, data: bytes, *, knowledge: Knowledge = NOTHING_KNOWN) -> Screenshot:
        """Return the same to a caller that runs an event loop, which is not held up."""
        return await asyncio.to_thread(self.check, data, knowledge=knowledge)

    def scan(self, data: bytes) -> Scan:
        """Return what stands on the picture in a file; raises PictureRefused, WorkerRefused."""
        accept_header(data)
        if not self._places.acquire(blocking=False):
            raise WorkerRefused("backlog_full")
        try:
            with self._turn:
                return self._read(data)
        finally:
            self._places.release()

    def start(self) -> None:
        """Start the process now, so that the first picture need not wait for the models; raises WorkerRefused."""
        with self._turn:
            self._running()

    def close(self) -> None:
        """End the process, after the picture that is being read; what waits is refused."""
        self._is_closed = True
        with self._turn:
            self._drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The reading process, None while there is none."""
        return self._process.pid if self._process is not None else None

    @property
    def is_alive(self) -> bool:
        """Whether a reading process runs."""
        return self._process is not None and self._process.poll() is None

    def _read(self, data: bytes) -> Scan:
        process = self._running()
        self._taken += 1
        message = self._exchange(process, data, self.limits.seconds_per_picture)
        if self._taken >= self.limits.pictures_per_process:
            self._drop()
        if isinstance(message, Declined):
            raise PictureRefused(message.refusal)
        if isinstance(message, Scanned):
            return message.scan
        self._drop()
        raise WorkerRefused(message.cause if isinstance(message, Failed) else "died")

    def _running(self) -> subprocess.Popen[bytes]:
        """Return a process that has its models loaded."""
        if self._is_closed:
            raise WorkerRefused("closed")
        if self._process is not None and self.is_alive:
            return self._process
        self._drop()
        process = self._process = _open_process(self._reader, self.limits)
        message = self._exchange(process, None, self.limits.seconds_to_start)
        if not isinstance(message, Ready):
            self._drop()
            cause, detail = (message.cause, message.detail) if isinstance(message, Failed) else ("not_started", "")
            raise WorkerRefused(cause, detail)
        return process

    def _exchange(self, process: subprocess.Popen[bytes], data: bytes | None, seconds: float) -> Message:
        """Give a picture, or nothing, and return the answer; a process that gives none in time is ended."""
        assert process.stdin is not None
        assert process.stdout is not None
        deadline = time.monotonic() + seconds
        try:
            if data is not None:
                send_frame(process.stdin.fileno(), data, deadline)
            return decode_message(receive_frame(process.stdout.fileno(), deadline))
        except FrameLate:
            self._drop()
            raise WorkerRefused("too_slow" if data is not None else "not_started", f"{seconds} s") from None
        except (FrameBroken, msgspec.MsgspecError):
            status = self._drop()
            raise WorkerRefused("died" if data is not None else "not_started", f"status {status}") from None

    def _drop(self) -> int | None:
        """End the process at once and return its status; None where there was none."""
        process, self._process, self._taken = self._process, None, 0
        if process is None:
            return None
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.kill()
        return process.wait()


def _open_process(reader: str, limits: Limits) -> subprocess.Popen[bytes]:
    """Start a reading process that knows nothing of this one's secrets and is not stopped by its terminal."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | _ONE_THREAD
    bounds = (str(limits.memory_bytes), str(limits.seconds_per_picture))
    process = subprocess.Popen(
        [sys.executable, "-m", "anxin.vision.child", *bounds, reader],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        env=environment,
        start_new_session=True,
    )
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        os.set_blocking(pipe.fileno(), False)
    return process
