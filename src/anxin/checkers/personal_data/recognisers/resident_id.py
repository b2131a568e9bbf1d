"""Resident identity numbers of 18 characters with region, birth date and check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from anxin.checkers.personal_data.recognisers.checksums import passes_resident_check
from anxin.checkers.personal_data.span import Span

KIND = "resident_id"
EXAMPLES = ("身份证11010519491231002X", "110105 19491231 002x", "ID card number 230103198008273629")
QUIET = ("110105194913310021", "订单20261122110105194912", "911100006000373410")
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])\d{6}[ -]?(?:1[89]|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"[ -]?\d{3}[0-9Xx](?![0-9A-Za-z])"
)
_FIRST_REGIONS = frozenset("123456789")


def find(text: str) -> Iterator[Span]:
    """Yield numbers with a real birth date; a wrong check digit lowers the score to 0.7, for people mistype them."""
    for match in _NUMBER.finditer(text):
        number = re.sub(r"[ -]", "", match.group())
        if not _is_date(number[6:14]):
            continue
        fits = passes_resident_check(number) and number[0] in _FIRST_REGIONS
        yield Span(match.start(), match.end(), KIND, 0.99 if fits else 0.7)


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
