"""Small pictures in every format that is taken."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image


def gradient(width: int = 96, height: int = 64) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


def encoded(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (image or gradient()).save(out, kind, **options)
    return out.getvalue()


def animated(kind: str) -> bytes:
    """Return an animation: one red frame, then one blue."""
    red, blue = Image.new("RGB", (32, 24), "red"), Image.new("RGB", (32, 24), "blue")
    return encoded(kind, red, save_all=True, append_images=[blue])


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG that claims to be huge, its pixels being well compressed zeros."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """Return a good PNG with a text chunk that unfolds to 64 MB."""
    good = encoded("PNG")
    body = b"Comment\0\0" + zlib.compress(bytes(64 << 20))
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    return good[:33] + chunk + good[33:]
