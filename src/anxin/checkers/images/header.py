"""Read format and size from the first bytes of a picture, before a decoder sees it."""

from __future__ import annotations

import struct
from typing import Literal

import msgspec

from anxin.checkers.images.errors import PictureRefused

Format = Literal["PNG", "JPEG", "WEBP", "GIF", "BMP"]
MOST_BYTES, MOST_PIXELS = 20_000_000, 40_000_000
_PNG, _GIFS = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")
# Start-of-frame markers (ITU-T T.81, table B.1): C0–CF without the tables C4, C8 and CC.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
_OLD_BITMAP = 12


class Header(msgspec.Struct, frozen=True):
    """What the first bytes claim."""

    format: Format
    width: int
    height: int


def accept_header(data: bytes) -> Header:
    """Return what a file of at most 20 MB and 40 million pixels claims to be; raises PictureRefused."""
    if not data:
        raise PictureRefused("empty")
    if len(data) > MOST_BYTES:
        raise PictureRefused("too_large")
    header = read_header(data)
    if header.width * header.height > MOST_PIXELS:
        raise PictureRefused("too_many_pixels")
    return header


def read_header(data: bytes) -> Header:
    """Return what a file claims to be; raises PictureRefused for other formats and headers cut short."""
    kind = _format(data)
    if kind is None:
        raise PictureRefused("unknown_format")
    try:
        width, height = _SIZES[kind](data)
    except (struct.error, IndexError):
        raise PictureRefused("broken") from None
    if width <= 0 or height <= 0:
        raise PictureRefused("broken")
    return Header(kind, width, height)


def _format(data: bytes) -> Format | None:
    if data.startswith(_PNG):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(_GIFS):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    return "BMP" if data.startswith(b"BM") and data[6:10] == b"\0\0\0\0" else None


def _png(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise PictureRefused("broken")
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _bmp(data: bytes) -> tuple[int, int]:
    (length,) = struct.unpack_from("<I", data, 14)
    if length == _OLD_BITMAP:
        width, height = struct.unpack_from("<HH", data, 18)
        return width, height
    # A negative height stands for rows from the top.
    width, height = struct.unpack_from("<ii", data, 18)
    return width, abs(height)


def _webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise PictureRefused("broken")


def _jpeg(data: bytes) -> tuple[int, int]:
    at = 2
    while at < len(data):
        if data[at] != 0xFF:
            raise PictureRefused("broken")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        else:
            (length,) = struct.unpack_from(">H", data, at + 2)
            at += 2 + max(length, 2)
    raise PictureRefused("broken")


_SIZES = {"PNG": _png, "JPEG": _jpeg, "GIF": _gif, "WEBP": _webp, "BMP": _bmp}
