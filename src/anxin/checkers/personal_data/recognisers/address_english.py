"""Street addresses in English, as written in letters and forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.recognisers.words import words
from anxin.checkers.personal_data.span import Span

KIND = "address"
EXAMPLES = ("resides at 97 Lincoln Street.", "5701 North 67th Avenue", "99493 Martinez Rapids Apt. 762", "PO Box 1234")
QUIET = ("in 2026 the Street", "3 days ago", "Room for improvement")
_SUFFIX = f"(?:{'|'.join(words('street'))})"
_FLAT = r"(?:,? (?:Apt|Suite|Ste|Unit|Apartment|Room|No)\.? ?#?\d{1,5})"
_SIDE = r"(?: (?:Northwest|Northeast|Southwest|Southeast|North|South|East|West|NW|NE|SW|SE))?"
_STREET = re.compile(
    rf"(?<![\w.])\d{{1,6}}"
    rf"(?: (?:[A-Z][A-Za-z'.-]{{0,20}}|\d{{1,3}}(?:st|nd|rd|th))){{1,4}}? {_SUFFIX}\b\.?{_SIDE}{_FLAT}{{0,2}}"
)
_BOX = re.compile(r"(?:P\.?O\.? Box|Postbox|(?:PSC|Unit) \d{1,5},? Box) \d{1,6}", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?:lives (?:at|on)|resid\w+ (?:at|on)|address(?: is)?:?|located at)\s{{1,3}}"
    rf"(\d{{1,6}} [A-Z][\w'. -]{{2,40}}?{_FLAT}{{0,2}})(?=[,.\n]|$| and | with )"
)


def find(text: str) -> Iterator[Span]:
    """Yield streets with their number, boxes, and what is named an address."""
    for pattern, score in ((_STREET, 0.85), (_BOX, 0.8)):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), KIND, score)
    for match in _NAMED.finditer(text):
        yield Span(match.start(1), match.end(1), KIND, 0.7)
