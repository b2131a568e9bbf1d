"""Open a picture from strangers: bounded before decoding, first frame only, upright, plain RGB, no metadata."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass

from PIL import Image, ImageOps

from anxin.checkers.images.errors import PictureRefused
from anxin.checkers.images.header import MOST_PIXELS, Format, accept_header

# What Pillow's decoders raise on bytes that were made, or broken, to confuse them.
_BROKEN = (
    Image.DecompressionBombError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    OSError,
    OverflowError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class Picture:
    """A decoded picture in RGB; `is_animated` tells that only its first frame is here."""

    image: Image.Image
    format: Format
    is_animated: bool


def open_picture(data: bytes) -> Picture:
    """Return the picture in a file of at most 20 MB and 40 million pixels; raises PictureRefused."""
    header = accept_header(data)
    with warnings.catch_warnings():
        # Decoders warn of metadata that is thrown away anyhow.
        warnings.simplefilter("ignore")
        return _decoded(data, header.format)


def _decoded(data: bytes, kind: Format) -> Picture:
    try:
        with Image.open(io.BytesIO(data), formats=(kind,)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise PictureRefused("too_many_pixels")
            is_animated = bool(getattr(opened, "is_animated", False))
            opened.load()
            return Picture(_plain(opened), kind, is_animated)
    except _BROKEN:
        raise PictureRefused("broken") from None


def _plain(opened: Image.Image) -> Image.Image:
    """Return an upright copy in RGB on white, with nothing but its pixels."""
    upright = ImageOps.exif_transpose(opened)
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        plain = Image.new("RGB", seen.size, "white")
        plain.paste(seen, mask=seen.getchannel("A"))
        return plain
    plain = upright.convert("RGB")
    plain.info.clear()
    return plain
