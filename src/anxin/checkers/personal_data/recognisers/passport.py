"""Passport and travel permit numbers, where they are named or have the shape of the Chinese ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.span import Span

KIND = "passport"
EXAMPLES = ("护照号E12345678", "passport no. EA1234567", "护照：G12345678")
QUIET = ("型号G12345678", "E123456", "A1234")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:[A-Z]{1,2}\d{7,8}|1[45]\d{7})(?![0-9A-Za-z])")
_NAMED = re.compile(r"(?:护照|通行证|passport)[^0-9]{0,16}$", re.IGNORECASE)


def find(text: str) -> Iterator[Span]:
    """Yield numbers after a word that names them."""
    for match in _NUMBER.finditer(text):
        if _NAMED.search(text, max(0, match.start() - 24), match.start() + 1):
            yield Span(match.start(), match.end(), KIND, 0.9)
