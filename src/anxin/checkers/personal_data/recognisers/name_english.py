"""Names of people in English text, best effort: capitalised words, titles, and phrases that introduce somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.span import Span

KIND = "person"
EXAMPLES = ("My name is Rubija", "Dr. Kyle Kuefer", "Leslie Terry is a developer", "Hi Freddy,")
QUIET = ("Thank You very much", "New York", "United States", "Can I pay by Visa")
_WORD = r"[A-Z][a-z'’-]+(?:[A-Z][a-z]+)?"
_FULL = rf"{_WORD}(?: [A-Z]\.?)?(?: {_WORD}){{1,2}}"
_TITLED = re.compile(rf"(?i:\b(?:mr|mrs|ms|miss|dr|prof|sir)\.?) ({_WORD}(?: [A-Z]\.?)?(?: {_WORD}){{0,2}})")
_INTRODUCED = re.compile(
    rf"(?:[Mm]y name is|name is|[Ii]'m|[Ii] am|called|named|[Hh]i|[Hh]ello|[Dd]ear|under|said|to speak (?:to|with)|partner's name|by) "
    rf"({_WORD}(?: [A-Z]\.?)?(?: {_WORD}){{0,2}})"
)
_PLAIN = re.compile(rf"(?<![\w.@-])({_FULL})(?![\w@])")
_OPENING = re.compile(rf"^({_WORD}) (?=is |was |lives |had |has |flew )")
_NO_NAME = frozenset(
    "Dr Mr Mrs Ms Miss Doctor Prof The A An This That These Those I You He She It We They My Your His Her Its Our Their What When Where Who Why How Which Is Are Was Were Do Does Did "
    "Can Could Will Would Shall Should May Might Must Have Has Had Not No Yes Please Thank Thanks Hello Hi Dear Recently However Currently Additionally "
    "Financially Street Avenue Road Lane Drive Court Boulevard Way Place Terrace Apt Suite Unit Box Inc Ltd Llc Corporation Company Group Bank Services "
    "Systems Solutions Technologies Partners Labs Media Software Health Data Capital Energy Insurance Research Network Analytics International Association "
    "North South East West Northern Southern New United States Kingdom City Island Islands Republic America American English French German Dutch Chinese "
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April June July August September October November December "
    "If In On At By For From To Of And But Or So As With Without About After Before During Since Until Let Make Take Give Get Go Come Tell Ask Call Send "
    "Just Also Then There Here Now Today Yesterday Tomorrow Maybe Never Always Only Some Any All Both Each Every Many Much More Most Other Another Visa "
    "Mastercard American Express Reserve Federal Transfer Internal Fund Number Account Card Email Phone Address Order Customer Service Support Border Force "
    "Great God Saint St De La Los Las San Santa Mount Lake River Park Hotel University College School Hospital Church Museum Office President Minister "
    "Weekly Entertainment Times News Post Journal Guilty Pleasures Rock Roll Song Songs Music Film Movie Show".split()
)


def find(text: str) -> Iterator[Span]:
    """Yield names, surest after a title or an introduction."""
    for pattern, score in ((_TITLED, 0.85), (_INTRODUCED, 0.75), (_OPENING, 0.6), (_PLAIN, 0.6)):
        for match in pattern.finditer(text):
            words = match.group(1).split()
            if _NO_NAME.isdisjoint(words):
                yield Span(match.start(1), match.end(1), KIND, score)
