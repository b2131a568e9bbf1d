"""Numbers made to look like an official short number by digits before or after it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from anxin.checkers.phones.official import OfficialLine

# What carriers put before a provincial or national line by right: the area code.
_AREA = re.compile(r"0(?:10|2\d|[3-9]\d{2})")
_ORDINARY = re.compile(r"1[3-9]\d{9}|0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}|[48]00\d{7}|106\d{5,17}")
MOST_EXTRA = 6
_AREA_ALLOWED = ("96", "12", "95")
SHORT_LENGTHS = (5, 6)


def forged_line(digits: str, lines: Mapping[str, OfficialLine], *, prefixed: bool) -> OfficialLine | None:
    """Return the line that a number imitates; None when it is that line itself, or an ordinary number.

    `prefixed` tells that the country's code stood before it, which no short number carries.
    """
    if digits in lines:
        return lines[digits] if prefixed else None
    if _ORDINARY.fullmatch(digits):
        return None
    for number, line in sorted(lines.items(), key=lambda each: -len(each[0])):
        if number in digits and _imitates(digits, number):
            return line
    return None


def without_area(digits: str) -> str:
    """Return the short number behind an area code that may stand before it; anything else as it is."""
    match = _AREA.match(digits)
    short = digits[match.end() :] if match else ""
    return short if len(short) in SHORT_LENGTHS and short.startswith(_AREA_ALLOWED) else digits


def _imitates(digits: str, number: str) -> bool:
    before, _, after = digits.partition(number)
    if not after and _AREA.fullmatch(before) and number.startswith(_AREA_ALLOWED):
        return False
    if len(number) >= 5:
        return len(before) + len(after) <= MOST_EXTRA
    # Three digits stand in many numbers by chance: only an odd prefix before nothing else, or a short tail, imitates.
    tail = not before and 0 < len(after) <= 2 and not digits.startswith(("12", "119"))
    return tail or (not after and before in ("+", "00", "0", "+86", "0086", "86", "+0", "000"))
