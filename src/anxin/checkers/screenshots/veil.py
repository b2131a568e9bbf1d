"""Cover personal data in a text with stars of the same length."""

from __future__ import annotations

import re
from collections.abc import Iterable

from anxin.checkers.personal_data.text import find

# A misread digit breaks the check digit, so every long number is covered, whatever it is.
_LONG_NUMBER = re.compile(r"[0-9](?:[ \-\u2009]?[0-9]){10,}")
_SHORT = 9

Range = tuple[int, int]


def personal_ranges(text: str) -> tuple[Range, ...]:
    """Return the ranges of a text to be covered, in order, joined where they touch."""
    ranges = [(each.start, each.end) for each in find(text)]
    ranges += [each.span() for each in _LONG_NUMBER.finditer(text)]
    at = 0
    for line in text.split("\n"):
        # A line by itself shows what a wrong joint would hide.
        ranges += [(at + each.start, at + each.end) for each in find(line)]
        at += len(line) + 1
    joined: list[Range] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def veil(text: str, ranges: Iterable[Range]) -> str:
    """Return the text with ranges starred: of numbers the first 3 and last 4 stay, of others the first character."""
    for start, end in ranges:
        written = text[start:end]
        is_number = len(written) >= _SHORT and sum(map(str.isdigit, written)) * 2 > len(written)
        stars = re.sub(r"[^\n]", "*", written)
        shown = written[:3] + stars[3:-4] + written[-4:] if is_number else written[:1] + stars[1:]
        text = text[:start] + shown + text[end:]
    return text


def veiled(text: str) -> str:
    """Return a text with its personal data starred."""
    return veil(text, personal_ranges(text))
