"""Paint over personal data on a copy of the picture."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

from PIL import Image, ImageDraw

from anxin.checkers.screenshots.page import Box, Code, Page
from anxin.checkers.screenshots.veil import personal_ranges

COVER = (24, 24, 27)
_PERSON_CODES = re.compile(
    r"^(?:wxp://|weixin://|https?://(?:u\.wechat\.com|qr\.alipay\.com|qm\.qq\.com|w\.url\.cn)/)", re.I
)


def covered_boxes(page: Page, codes: Iterable[Code]) -> tuple[Box, ...]:
    """Return what to paint over: personal data in the text, and codes that lead to a person or hold such data."""
    boxes = [box for start, end in personal_ranges(page.text) for box in page.boxes(start, end)]
    boxes += [each.box for each in codes if _PERSON_CODES.match(each.text) or personal_ranges(each.text)]
    return tuple(boxes)


def redacted_copy(image: Image.Image, boxes: Iterable[Box]) -> bytes:
    """Return a PNG of the picture with boxes painted over, a little wider than they are, and no metadata."""
    copy = image.copy()
    draw = ImageDraw.Draw(copy)
    for box in boxes:
        grown = box.grown(max(3, box.height // 6))
        draw.rectangle((grown.left, grown.top, grown.right, grown.bottom), fill=COVER)
    out = io.BytesIO()
    copy.save(out, "PNG", compress_level=1)
    return out.getvalue()
