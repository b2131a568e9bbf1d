"""Names of people in English text, best effort: capitalised words, titles, and phrases that introduce somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.recognisers.words import words
from anxin.checkers.personal_data.span import Span

KIND = "person"
EXAMPLES = ("My name is Rubija", "Dr. Kyle Kuefer", "Leslie Terry is a developer", "Hi Freddy,")
QUIET = ("Thank You very much", "New York", "United States", "Can I pay by Visa")
_WORD = r"[A-Z](?:['’][A-Z])?[a-zæøðþß]+(?:-?[A-Z][a-zæøðþß]+)?"
_FULL = rf"{_WORD}(?: [A-Z]\.?)?(?: {_WORD}){{1,2}}"
_TITLED = re.compile(rf"(?i:\b(?:mr|mrs|ms|miss|dr|prof|sir)\.?) ({_WORD}(?: [A-Z]\.?)?(?: {_WORD}){{0,2}})")
_INTRODUCED = re.compile(
    r"(?:[Mm]y name is|name is|[Ii]'m|[Ii] am|called|named|[Hh]i|[Hh]ello|[Dd]ear|under|said"
    r"|to speak (?:to|with)|partner's name|by) "
    rf"({_WORD}(?: [A-Z]\.?)?(?: {_WORD}){{0,2}})"
)
_PLAIN = re.compile(rf"(?<![\w.@-])({_FULL})(?![\w@])")
_OPENING = re.compile(rf"^({_WORD}) (?=is |was |lives |had |has |flew )")
_GIVEN = frozenset(words("english_given"))
_SINGLE = re.compile(rf"(?<![\w.@-])({_WORD})(?![\w@-]| [A-Z])")
_NO_NAME = frozenset(words("english_no_name"))


def find(text: str) -> Iterator[Span]:
    """Yield names, surest after a title or an introduction."""
    for pattern, score in ((_TITLED, 0.85), (_INTRODUCED, 0.75), (_OPENING, 0.6), (_PLAIN, 0.6)):
        for match in pattern.finditer(text):
            parts = match.group(1).split()
            if _NO_NAME.isdisjoint(parts):
                yield Span(match.start(1), match.end(1), KIND, score)
    for match in _SINGLE.finditer(text):
        if match.group(1) in _GIVEN:
            yield Span(match.start(1), match.end(1), KIND, 0.55)
