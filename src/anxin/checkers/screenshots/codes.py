"""Read the QR and bar codes on a picture."""

from __future__ import annotations

import zxingcpp
from PIL import Image

from anxin.checkers.screenshots.page import Box, Code

_KINDS = zxingcpp.BarcodeFormat
# Kinds with strong check sums; the others are seen in ordinary lines of text.
READ = (
    _KINDS.QRCode,
    _KINDS.MicroQRCode,
    _KINDS.RMQRCode,
    _KINDS.DataMatrix,
    _KINDS.Aztec,
    _KINDS.PDF417,
    _KINDS.EAN13,
    _KINDS.Code128,
)
MOST_CODES = 32
LONGEST_TEXT = 4096


def read_codes(image: Image.Image) -> tuple[Code, ...]:
    """Return the codes that can be read, with their boxes."""
    found = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormats(READ))[:MOST_CODES]
    return tuple(Code(each.format.name, each.text[:LONGEST_TEXT], _box(each.position)) for each in found)


def _box(position: zxingcpp.Position) -> Box:
    corners = (position.top_left, position.top_right, position.bottom_left, position.bottom_right)
    across, down = [each.x for each in corners], [each.y for each in corners]
    return Box(min(across), min(down), max(across) + 1, max(down) + 1)
