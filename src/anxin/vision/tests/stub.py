"""A reader that costs nothing and does what the picture's first pixel tells, saying in a file that it began."""

from __future__ import annotations

import io
import os
import signal
import time
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from anxin.checkers.images.errors import PictureRefused
from anxin.checkers.images.reading import ImageReading
from anxin.checkers.screenshots.page import Box, Page, Scan

SERVE, TELL, WAIT, HANG, DIE, EAT, FAULT, REFUSE = range(8)
"""Answer that nothing stands there; answer pid and environment; wait for a file; or never answer properly."""


def order(what: int, *, begun: Path | None = None, gate: Path | None = None) -> bytes:
    """Return the picture that makes the reader do something, touch a file before that, and WAIT for another."""
    out, said = io.BytesIO(), PngInfo()
    for word, path in (("begun", begun), ("gate", gate)):
        if path is not None:
            said.add_text(word, str(path))
    Image.new("L", (4, 4), what).save(out, "PNG", pnginfo=said)
    return out.getvalue()


def load_models() -> None:
    print("what a library prints is no frame")  # noqa: T201  # that is the point


def scan_screenshot(data: bytes) -> Scan:
    picture = Image.open(io.BytesIO(data))
    what, said = picture.getpixel((0, 0)), picture.info
    if "begun" in said:
        Path(said["begun"]).touch()
    if what == WAIT:
        while not Path(said["gate"]).exists():
            time.sleep(0.01)
    elif what == HANG:
        time.sleep(600)
    elif what == DIE:
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == EAT:
        bytearray(8 << 30)
    elif what == FAULT:
        raise RuntimeError("a bug")
    elif what == REFUSE:
        raise PictureRefused("broken")
    reading = ImageReading("PNG", 4, 4, is_animated=False, pdq="0" * 64, pdq_quality=0, unsafe_probability=0.0)
    # A number that chance gives must not stand on a picture that is judged.
    text = f"{os.getpid()} {sorted(os.environ)}" if what == TELL else ""
    return Scan(reading, Page(text, (Box(0, 0, 4, 4),) * len(text)), (), redacted=data)
