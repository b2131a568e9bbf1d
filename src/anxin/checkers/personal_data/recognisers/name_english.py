"""Names of people in English text, best effort: capitalised words, titles, and phrases that introduce somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.recognisers.words import words
from anxin.checkers.personal_data.span import Span

KIND = "person"
EXAMPLES = (
    "My name is Rubija",
    "Dr. Kyle Kuefer",
    "Leslie Terry is a developer",
    "Hi Freddy,",
    "Ilkka: Who is there?",
    "our founders: Ekdal, Borkman and Solness",
    "Solness had given Ragna his number",
    "Hedvig's daughter",
    "my name is hedvig ekdal",
    "it is over, says Borkman",
)
QUIET = (
    "Thank You very much",
    "New York",
    "United States",
    "Can I pay by Visa",
    "Bot: hello",
    "Europe's father",
    "my name is on the list",
)
_WORD = r"[A-Z](?:['’][A-Z])?[a-zæøðþß]+(?:-?[A-Z][a-zæøðþß]+)?"
_PARTICLE = r"(?: (?:van|von|de|der|den|ten|ter|la|le|di|da|del|bin|al))?"
_FULL = rf"{_WORD}(?: [A-Z]\.?)?(?:{_PARTICLE} {_WORD}){{1,2}}"
_TITLED = re.compile(rf"(?i:\b(?:mr|mrs|ms|miss|dr|prof|sir)\.?) ({_WORD}(?: [A-Z]\.?)?(?: {_WORD}){{0,2}})")
_INTRODUCED = re.compile(
    r"(?:[Mm]y name is|name is|[Ii]'m|[Ii] am|called|call me|named|says|[Hh]i|[Hh]ello|[Dd]ear|under|said"
    r"|to speak (?:to|with)|partner's name|by) "
    rf"({_WORD}(?: [A-Z]\.?)?(?: {_WORD}){{0,2}})"
)
_PLAIN = re.compile(rf"(?<![\w.@-])({_FULL})(?![\w@])")
_OPENING = re.compile(rf"^({_WORD}) (?=is |was |lives |had |has |flew )")
_GIVEN = frozenset(words("english_given"))
_SPEAKER = re.compile(rf"^[ >]{{0,3}}({_WORD}): ?(?=[\"“A-Z])", re.MULTILINE)
_ACTS = re.compile(
    rf"(?<![\w.@-])({_WORD}) (?:had given|gave|told|asked|replied|answered|whispered|shouted|married|phoned|wrote to)\b"
)
_GIVEN_TO = re.compile(rf"\b(?:given|gave|told|asked|married|between (?:him|her|them) and) ({_WORD})\b")
_KIN = re.compile(
    rf"(?<![\w.@-])({_WORD})['’]s (?:daughter|son|kids?|child|children|wife|husband|mother|father|brother|sister"
    r"|killers?|friend|boss|parents?|aunt|uncle|funeral|birthday)\b"
)
_CALLED_ON = re.compile(rf"^({_WORD}), (?:can|could|will|would|may|please|are|do|did|is|what|where|why|when|how)\b")
_LIST = re.compile(
    r"\b(?:founders|members|friends|guests|players|kids|children|names|participants|had \d{1,2}): ?"
    rf"({_WORD}(?:, {_WORD}){{0,12}},? and {_WORD})\b"
)
_LOWER = re.compile(
    r"\bmy (?:full |maiden |last |first )?name is "
    r"([a-z]{3,16}(?: [a-z]\.?)?(?: [a-z]{3,16})?)(?=[.,!?\n]|$)"
)
_NO_LOWER = frozenset(words("english_lower_no_name"))
_SINGLE = re.compile(rf"(?<![\w.@-])({_WORD})(?![\w@-]| [A-Z])")
_NO_NAME = frozenset(words("english_no_name"))


_PATTERNS = (
    (_TITLED, 0.85),
    (_INTRODUCED, 0.75),
    (_SPEAKER, 0.7),
    (_ACTS, 0.6),
    (_GIVEN_TO, 0.6),
    (_KIN, 0.6),
    (_CALLED_ON, 0.6),
    (_OPENING, 0.6),
    (_PLAIN, 0.6),
)
_LEAST_REPEATED = 4


def find(text: str) -> Iterator[Span]:
    """Yield names, surest after a title or an introduction, and their parts where they stand again."""
    found: set[str] = set()
    for pattern, score in _PATTERNS:
        for match in pattern.finditer(text):
            parts = match.group(1).split()
            if _NO_NAME.isdisjoint(parts):
                found.update(parts if len(parts) > 1 else ())
                yield Span(match.start(1), match.end(1), KIND, score)
    for match in _LIST.finditer(text):
        yield from (
            Span(match.start(1) + name.start(), match.start(1) + name.end(), KIND, 0.7)
            for name in re.finditer(_WORD, match.group(1))
        )
    for match in _LOWER.finditer(text):
        if _NO_LOWER.isdisjoint(match.group(1).split()):
            yield Span(match.start(1), match.end(1), KIND, 0.6)
    repeated = {part for part in found if len(part) >= _LEAST_REPEATED and part[0].isupper()}
    for match in _SINGLE.finditer(text):
        if match.group(1) in _GIVEN or match.group(1) in repeated:
            yield Span(match.start(1), match.end(1), KIND, 0.55)
