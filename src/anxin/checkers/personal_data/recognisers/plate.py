"""Chinese vehicle plates, with five or (new energy) six characters after the two of the place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.span import Span

KIND = "plate"
EXAMPLES = ("车牌京A12345", "粤B·D12345", "沪AF0123D")
QUIET = ("京东A1", "京ABCDEF", "鲁A12")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·. -]?"
    r"(?=[A-Z]{0,5}[0-9])[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])"
)


def find(text: str) -> Iterator[Span]:
    """Yield plates that hold a digit."""
    for match in _PLATE.finditer(text):
        yield Span(match.start(), match.end(), KIND, 0.9)
