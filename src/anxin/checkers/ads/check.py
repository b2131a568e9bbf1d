"""Find advertising terms that need care, with article, exemption context and a suggestion."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from functools import cache

import ahocorasick_rs
import msgspec

from anxin.checkers.document import shipped_document
from anxin.checkers.normalise.text import normalise
from anxin.checkers.result import Advice, Checked, Cue, Words, level_of

READ_CHARACTERS = 20_000
# Share of the weight that stays in an exemption context, and how far (characters) the context reaches.
EXEMPT_SHARE, REACH = 0.4, 20
NEVER = Words(
    "不要承诺“改个说法就能过审”,豁免须由合规确认。",
    "Never promise that rewording passes; compliance confirms exemptions.",
)


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Terms that one article covers."""

    zh: str
    en: str
    article: str
    weight: float
    terms: tuple[str, ...]
    suggestion: Words


class Exemption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A context in which a term may be lawful."""

    zh: str
    en: str
    words: tuple[str, ...]


class TermFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All terms, what is none of them, and the exemptions."""

    owner: str
    dated: date
    review_by: date
    source: str
    confidence: str
    groups: dict[str, Group]
    innocent: tuple[str, ...]
    exempt: dict[str, Exemption]


class Found(msgspec.Struct, frozen=True):
    """A word of the file at its place in the folded text; `part` is groups, innocent or exempt."""

    part: str
    name: str
    start: int
    end: int


class Terms:
    """The file compiled to one automaton."""

    def __init__(self, file: TermFile) -> None:
        self.file = file
        entries = [("groups", name, term) for name, group in file.groups.items() for term in group.terms]
        entries += [("innocent", "", word) for word in file.innocent]
        entries += [("exempt", name, word) for name, context in file.exempt.items() for word in context.words]
        self._entries = entries
        self._automaton = ahocorasick_rs.AhoCorasick([normalise(word).text for _, _, word in entries])

    def find(self, text: str) -> list[Found]:
        """Return all words in a folded text, overlapping ones too."""
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [Found(*self._entries[place][:2], start, end) for place, start, end in matches]


@cache
def shipped_terms() -> Terms:
    """Return the shipped terms, compiled at the first call."""
    raw = shipped_document("anxin.checkers.ads", "terms.yaml")
    return Terms(msgspec.convert(raw, TermFile))


def check_advertisement(text: str) -> Checked:
    """Return every term with its article and exemption context, and what to write instead.

    `facts`: `articles` named, `exemptions` whose context stands near a term: they lower, compliance decides.
    """
    terms = shipped_terms()
    folded = normalise(text[:READ_CHARACTERS])
    found = terms.find(folded.text)
    flagged = longest(
        [each for each in found if each.part == "groups"], [each for each in found if each.part == "innocent"]
    )
    contexts = Contexts([each for each in found if each.part == "exempt"])
    cues, exempt, worst = [], set[str](), 0.0
    for each in flagged:
        group = terms.file.groups[each.name]
        near = {context.name for context in contexts.near(each) if gap(each, context) <= REACH}
        exempt |= near
        weight = group.weight * (EXEMPT_SHARE if near else 1.0)
        worst = max(worst, weight)
        words = Words(f"{group.zh}({group.article})", f"{group.en} ({group.article})")
        start, end = folded.offsets[each.start], folded.offsets[each.end - 1] + 1
        cues.append(Cue(f"ads.{each.name}", words, weight, start, end, "ads/terms"))
    score = min(100.0, worst + 5 * max(0, len({each.name for each in flagged}) - 1))
    groups = list(
        dict.fromkeys(each.name for each in sorted(flagged, key=lambda one: -terms.file.groups[one.name].weight))
    )
    facts = {}
    if groups:
        facts["articles"] = " ".join(dict.fromkeys(terms.file.groups[name].article for name in groups))
    if exempt:
        facts["exemptions"] = " ".join(sorted(exempt))
    say = tuple(terms.file.groups[name].suggestion for name in groups)
    return Checked(
        "advertisement", level_of(score), score, tuple(cues), Advice(say=say, never=(NEVER,) if say else ()), facts
    )


class Contexts:
    """Words of exemption in order, so that those near a term are found without looking at all."""

    def __init__(self, found: Sequence[Found]) -> None:
        self._found = sorted(found, key=lambda each: each.start)
        self._starts = [each.start for each in self._found]
        self._longest = max((each.end - each.start for each in found), default=0)

    def near(self, term: Found) -> Sequence[Found]:
        """Return the words that may lie within reach of a term."""
        first = bisect_left(self._starts, term.start - REACH - self._longest)
        return self._found[first : bisect_right(self._starts, term.end + REACH)]


def longest(found: Sequence[Found], innocent: Sequence[Found]) -> list[Found]:
    """Return the terms that lie in no innocent word and in no longer term, in their order."""
    kept: list[Found] = []
    covered = -1
    for each in sorted([*innocent, *found], key=lambda one: (one.start, -one.end, one.part != "innocent")):
        # What began earlier and ends later holds it.
        if each.end > covered:
            covered = each.end
            kept.append(each)
    return [each for each in kept if each.part != "innocent"]


def gap(one: Found, other: Found) -> int:
    """Return the characters between two spans; 0 when they touch."""
    return max(0, one.start - other.end, other.start - one.end)
