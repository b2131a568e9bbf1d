"""The reading process: takes pictures from its standard input, one at a time, and gives what stands on them."""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
from typing import Protocol

from anxin.checkers.images.errors import PictureRefused
from anxin.checkers.screenshots.page import Scan
from anxin.faults import catch_uncaught
from anxin.vision.frames import FrameBroken, receive_frame, send_frame
from anxin.vision.messages import Declined, Failed, Message, Ready, Scanned, encode_message

GRACE_SECONDS = 5.0


class Reader(Protocol):
    """A module that reads pictures."""

    def load_models(self) -> None:
        """Load what is slow to load."""

    def scan_screenshot(self, data: bytes) -> Scan:
        """Return what stands on the picture in a file; raises PictureRefused."""


def main(arguments: list[str]) -> int:
    """Serve until standard input closes: `MEMORY_BYTES SECONDS_PER_PICTURE MODULE`."""
    memory, seconds = int(arguments[0]), float(arguments[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What libraries print must not get between the frames.
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        reader: Reader = importlib.import_module(arguments[2])
        reader.load_models()
    except ModuleNotFoundError as absent:
        return _end(answers, Failed("extra_missing", absent.name or ""))
    except MemoryError:
        return _end(answers, Failed("out_of_memory"))
    _give(answers, Ready())
    return _serve(reader, sys.stdin.fileno(), answers, seconds)


def _serve(reader: Reader, pictures: int, answers: int, seconds: float) -> int:
    while True:
        try:
            data = receive_frame(pictures, None)
        except FrameBroken:
            return 0
        # The worker ends a late process; this ends one whose worker is gone.
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE_SECONDS)
        try:
            _give(answers, Scanned(reader.scan_screenshot(data)))
        except PictureRefused as refused:
            _give(answers, Declined(refused.refusal))
        except MemoryError:
            return _end(answers, Failed("out_of_memory"))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _end(answers: int, message: Failed) -> int:
    _give(answers, message)
    return 1


def _give(answers: int, message: Message) -> None:
    send_frame(answers, encode_message(message), None)


if __name__ == "__main__":
    catch_uncaught()
    sys.exit(main(sys.argv[1:]))
