"""Postal addresses in Latin letters, as written in letters and forms: a street with its number, what follows, boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.recognisers.words import words
from anxin.checkers.personal_data.span import Span

KIND = "address"
EXAMPLES = (
    "resides at 97 Lincoln Street.",
    "5701 North 67th Avenue",
    "99493 Martinez Rapids Apt. 762",
    "PO Box 1234",
    "his address: 45 Kirkegata 15, Oslo",
    "12 Hauptgasse 7\nSuite 12\nBern\n3011",
    "the corner of Main Street and Third Avenue",
)
QUIET = (
    "in 2026 the Street",
    "3 days ago",
    "Room for improvement",
    "top 20 songs for June 2024",
    "bought 2 Apples, Monday 12000",
)
_SUFFIX = f"(?:{'|'.join(words('street'))})"
_FLAT = r"(?:,? (?:Apt|Suite|Ste|Unit|Apartment|Room|No)\.? ?#?\d{1,5})"
_SIDE = r"(?: (?:Northwest|Northeast|Southwest|Southeast|North|South|East|West|NW|NE|SW|SE))?"
_STREET = re.compile(
    rf"(?<![\w.])\d{{1,6}}"
    rf"(?: (?:[A-Z][A-Za-z'.-]{{0,20}}|\d{{1,3}}(?:st|nd|rd|th))){{1,4}}? {_SUFFIX}\b\.?{_SIDE}{_FLAT}{{0,2}}"
)
_BOX = re.compile(r"(?:\d{1,6} )?(?:P\.?O\.? Box|Postbox|(?:PSC|Unit) \d{1,5},? Box) \d{1,6}", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?:lives (?:at|on)|resid\w+ (?:at|on)|address(?: is)?:?|located at)\s{{1,3}}"
    rf"(\d{{1,6}} [A-Z][\w'. -]{{2,40}}?{_FLAT}{{0,2}})(?=[,.\n]|$| and | with )"
)
_LETTERS = r"[^\W\d_][\w'’./-]{0,30}"
_LINKS = "(?:de|dei|della|del|du|des|la|le|les|di|van|der|den|of|am|an|y|e)"
# A street begins with the number of the house; its name may hold further numbers.
_NUMBER = re.compile(r"(?<![\w.,/#-])\d{1,6}(?= )")
_TOKEN = re.compile(rf" (?:{_LETTERS}|\d{{1,5}}(?:st|nd|rd|th|\.)?[A-Za-z]?(?![\w]))")
_MOST_TOKENS = 7
_FLAT_BEFORE = re.compile(r"(?i:apt|suite|unit|apartment)\.? \d{1,5},? $")
_CORNER = re.compile(
    rf"(?i:the corner of) (?:(?:{_LETTERS}|\d{{1,5}}\.?) ){{1,6}}?and (?:{_LETTERS}|\d{{1,5}})"
    rf"(?: (?:[^\W\d_a-z][\w'’.-]*|\d{{1,5}}\.?)){{0,4}}"
)
_NUMBER_LAST = re.compile(
    rf"(?:side of|(?:lives|enter|resid\w+) (?:on|in|at)|(?:sent|return|delivered|same:|user:) ?(?:to)?) "
    rf"((?:[A-Z][\w'’.-]* and )?(?:(?:[^\W\d_a-z][\w'’.-]*|ul\.|{_LINKS}) ){{1,5}}\d{{1,5}})\b",
    re.MULTILINE,
)
_MILITARY = re.compile(r"(?:US[A-Z]{2,4}|Unit \d+) [A-Za-z0-9]+[, ]{0,2}\s?(?:FPO|APO|DPO) A[AEP] \d{5}", re.IGNORECASE)
# What may follow the street, each on its own line or after a comma; quoted lines begin with a mark.
_BETWEEN = r"[ ]{0,2}[,|]?[ ]{0,2}(?:\r?\n[ >?]{0,4}){0,2}"
_BREAK = r"[ ]{0,2}(?:[,|][ ]{0,2}(?:\r?\n[ >?]{0,4}){0,2}|(?:\r?\n[ >?]{0,4}){1,2})"
_FLAT_PART = rf"{_BETWEEN}(?i:apt|suite|ste|unit|apartment|floor)\.? ?#?\d{{1,5}}\b"
_ZIP_PART = (
    rf"{_BETWEEN}(?:[A-Za-z]{{2}}[,|]? )?(?:\d{{4,6}}(?:-\d{{4}})?|[A-Z]{{1,2}}\d[\dA-Z]? \d[A-Z]{{2}})(?![\w-])"
)
_CAPITAL = r"(?:[^\W\d_a-z][\w'’.-]*|nan)"
_NAME = rf"{_CAPITAL}(?: (?:{_CAPITAL}|{_LINKS})){{0,3}}(?: \([A-Z][a-z]+\))?(?!\w)"
_PARTS = {
    "flat": re.compile(_FLAT_PART),
    "zip": re.compile(_ZIP_PART),
    "place": re.compile(_BREAK + _NAME),
    "near": re.compile(rf"(?<=\d) {_NAME}"),
}
# In a text without capitals a place is two words at most.
_LOWER_PARTS = {**_PARTS, "place": re.compile(_BREAK + r"[^\W\d_]{2,20}(?: [^\W\d_]{2,20})?\b")}
_MOST_PARTS = 7
_POINTS = {"flat": 2, "zip": 2, "place": 1, "near": 1}
_TOLD = re.compile(
    r"(?:address(?:es)?(?: is| to| with)?|here they are|the same|sent to|return to|send it to|ship\w* to|deliver\w* to"
    r"|arrived at|meet (?:you|me|us) at|lives? (?:at|on|in)|resid\w+ (?:at|on|in)|located at|moved to|user|it's in|and)"
    r"\W{0,3}$",
    re.IGNORECASE,
)
_STREET_WORD = re.compile(
    rf" (?:{_SUFFIX}\b|rue\b|avenue|avenida|calle|via\b|strasse|utca"
    r"|[^\W\d_]+(?:vej|gade|gatan|gata|veien|stien|katu|kuja|tie|straat|weg|strasse|straße|gasse)\b)",
    re.IGNORECASE,
)
_ENOUGH = 4


def find(text: str) -> Iterator[Span]:
    """Yield streets with their number, boxes, corners, and what is named an address."""
    for pattern, score in ((_STREET, 0.85), (_BOX, 0.8), (_CORNER, 0.7), (_MILITARY, 0.8)):
        for match in pattern.finditer(text):
            yield Span(_with_flat(text, match.start()), _followed(text, match.end(), _PARTS)[0], KIND, score)
    for pattern in (_NAMED, _NUMBER_LAST):
        for match in pattern.finditer(text):
            yield Span(match.start(1), _followed(text, match.end(1), _PARTS)[0], KIND, 0.7)
    for match in _NUMBER.finditer(text):
        end, points = _best_end(text, match.end())
        # What stands before is looked at only where it decides.
        is_told = points + 2 >= _ENOUGH > points and _TOLD.search(text, max(0, match.start() - 24), match.start())
        if points >= _ENOUGH or is_told:
            yield Span(_with_flat(text, match.start()), end, KIND, 0.75)


def _with_flat(text: str, start: int) -> int:
    """Return where an address begins, with a flat that is written before the street."""
    found = _FLAT_BEFORE.search(text, max(0, start - 24), start)
    return found.start() if found else start


def _best_end(text: str, number_end: int) -> tuple[int, int]:
    """Return where the street that a number begins is likeliest to end with all that follows, and its points."""
    best, points, at = number_end, -1, number_end
    for count in range(_MOST_TOKENS):
        token = _TOKEN.match(text, at)
        if token is None:
            break
        at = token.end()
        street = text[number_end:at]
        parts = _LOWER_PARTS if street.islower() else _PARTS
        end, found = _followed(text, at, parts)
        found += 2 * bool(_STREET_WORD.search(street)) + (count > 0 and token.group().strip(" .").isdigit())
        if found > points:
            best, points = end, found
    return best, points


def _followed(text: str, at: int, parts: dict[str, re.Pattern[str]]) -> tuple[int, int]:
    """Return where the parts after a street end, and how much they speak for an address."""
    points = 0
    for _ in range(_MOST_PARTS):
        found = next(((name, match) for name, part in parts.items() if (match := part.match(text, at))), None)
        if found is None or (found[0] == "near" and not points):
            break
        points += _POINTS[found[0]]
        at = found[1].end()
    return at, points
