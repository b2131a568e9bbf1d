"""Decode one picture in a process of its own: previews of it, or a copy with boxes painted over."""

from __future__ import annotations

import io
import resource
import struct
import sys

MEMORY_BYTES, CPU_SECONDS = 2 << 30, 20
PREVIEW, BLURRED = 1400, 28
COVER = (24, 24, 27)
REFUSED = 3
_SIZE = struct.Struct("<II")


def main(arguments: list[str]) -> int:
    """Read a picture from standard input: `preview`, or `cover LEFT,TOP,RIGHT,BOTTOM …`; write what was made."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from anxin.checkers.images.errors import PictureRefused

    data = sys.stdin.buffer.read()
    try:
        made = _preview(data) if arguments[0] == "preview" else _cover(data, arguments[1:])
    except (PictureRefused, MemoryError):
        return REFUSED
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    return 0


def _preview(data: bytes) -> bytes:
    """Return width and height, then a blurred and a clear preview, each after its length."""
    from PIL import Image

    from anxin.checkers.images.picture import open_picture

    picture = open_picture(data).image
    clear = picture.copy()
    clear.thumbnail((PREVIEW, PREVIEW))
    # So few pixels that no letter survives, then enlarged: it cannot be sharpened again.
    small = picture.resize((BLURRED, max(1, BLURRED * picture.height // picture.width)) if picture.width else (1, 1))
    small.thumbnail((BLURRED, BLURRED))
    blurred = small.resize((small.width * 8, small.height * 8), Image.Resampling.BICUBIC)
    parts = [_encode(blurred, "JPEG"), _encode(clear, "JPEG")]
    return _SIZE.pack(picture.width, picture.height) + b"".join(struct.pack("<I", len(each)) + each for each in parts)


def _cover(data: bytes, boxes: list[str]) -> bytes:
    from PIL import ImageDraw

    from anxin.checkers.images.picture import open_picture

    picture = open_picture(data).image
    draw = ImageDraw.Draw(picture)
    for each in boxes:
        left, top, right, bottom = (int(part) for part in each.split(","))
        draw.rectangle((left, top, right, bottom), fill=COVER)
    return _encode(picture, "PNG")


def _encode(picture: object, form: str) -> bytes:
    from PIL import Image

    assert isinstance(picture, Image.Image)
    out = io.BytesIO()
    if form == "JPEG":
        picture.save(out, "JPEG", quality=82)
    else:
        picture.save(out, "PNG", compress_level=6)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
