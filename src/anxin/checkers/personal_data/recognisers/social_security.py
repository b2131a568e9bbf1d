"""United States social security numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.span import Span

KIND = "social_security"
EXAMPLES = ("SSN 123-45-6789",)
QUIET = ("000-12-3456", "666-12-3456", "123-00-6789", "123-45-0000")
_NUMBER = re.compile(r"(?<![0-9A-Za-z-])(?!000|666)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![0-9A-Za-z-])")


def find(text: str) -> Iterator[Span]:
    """Yield numbers whose three groups are allowed."""
    for match in _NUMBER.finditer(text):
        yield Span(match.start(), match.end(), KIND, 0.85)
