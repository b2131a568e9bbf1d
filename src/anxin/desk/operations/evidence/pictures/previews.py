"""Ask the decoding process for previews and painted copies; a picture that breaks it breaks nothing else."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from dataclasses import dataclass

from anxin.checkers.images.errors import PictureRefused
from anxin.checkers.images.header import accept_header
from anxin.checkers.screenshots.page import Box

SECONDS = 30
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV")
_CHILD = "anxin.desk.operations.evidence.pictures.child"


class PictureUnreadable(Exception):
    """The decoder gave no picture: broken, too large, or it ended over it."""


@dataclass(frozen=True)
class Previews:
    """A picture's size, and two JPEGs of it: one so blurred that nothing can be read, one clear."""

    width: int
    height: int
    blurred: bytes
    clear: bytes


def make_previews(data: bytes) -> Previews:
    """Return previews of a picture; raise PictureUnreadable."""
    made = _ask(data, "preview")
    width, height, length = struct.unpack_from("<III", made)
    blurred = made[12 : 12 + length]
    return Previews(width, height, blurred, made[16 + length :])


def cover_boxes(data: bytes, boxes: tuple[Box, ...]) -> bytes:
    """Return a PNG of the picture with boxes painted over and no metadata; raise PictureUnreadable."""
    return _ask(data, "cover", *(f"{each.left},{each.top},{each.right},{each.bottom}" for each in boxes))


def _ask(data: bytes, *arguments: str) -> bytes:
    try:
        accept_header(data)
        done = subprocess.run(
            [sys.executable, "-m", _CHILD, *arguments],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            start_new_session=True,
        )
    except (PictureRefused, subprocess.TimeoutExpired) as refused:
        raise PictureUnreadable from refused
    if done.returncode != 0 or not done.stdout:
        raise PictureUnreadable(f"status {done.returncode}")
    return done.stdout
