"""Send and receive frames (length, then bytes) over a pipe, never waiting past a deadline."""

from __future__ import annotations

import os
import select
import struct
import time

_LENGTH = struct.Struct("<I")
MOST_BYTES = 512 << 20
_PIECE = 1 << 20


class FrameLate(Exception):
    """The other side neither took nor gave anything until the deadline."""


class FrameBroken(Exception):
    """The other side closed the pipe, or sent what is no frame."""


def send_frame(pipe: int, body: bytes, deadline: float | None) -> None:
    """Write a frame to a non-blocking pipe; raises FrameLate, FrameBroken.

    `deadline` is of the monotonic clock; None waits as long as it takes.
    """
    for part in (memoryview(_LENGTH.pack(len(body))), memoryview(body)):
        while part:
            _wait(pipe, select.POLLOUT, deadline)
            try:
                part = part[os.write(pipe, part[:_PIECE]) :]
            except BlockingIOError:
                continue
            except OSError as fault:
                raise FrameBroken from fault


def receive_frame(pipe: int, deadline: float | None) -> bytes:
    """Read a frame from a non-blocking pipe; raises FrameLate, FrameBroken.

    `deadline` is of the monotonic clock; None waits as long as it takes.
    """
    (length,) = _LENGTH.unpack(_receive(pipe, _LENGTH.size, deadline))
    if length > MOST_BYTES:
        raise FrameBroken
    return _receive(pipe, length, deadline)


def _receive(pipe: int, length: int, deadline: float | None) -> bytes:
    body = bytearray()
    while len(body) < length:
        _wait(pipe, select.POLLIN, deadline)
        try:
            piece = os.read(pipe, min(_PIECE, length - len(body)))
        except BlockingIOError:
            continue
        except OSError as fault:
            raise FrameBroken from fault
        if not piece:
            raise FrameBroken
        body += piece
    return bytes(body)


def _wait(pipe: int, event: int, deadline: float | None) -> None:
    remaining = None if deadline is None else deadline - time.monotonic()
    poll = select.poll()
    poll.register(pipe, event)
    if remaining is not None and remaining <= 0:
        raise FrameLate
    if not poll.poll(None if remaining is None else remaining * 1000):
        raise FrameLate
