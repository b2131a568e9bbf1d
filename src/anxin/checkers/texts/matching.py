"""Find all cues of a library in one pass: words by automaton, patterns as one set, nearness from the words found."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

import ahocorasick_rs
import msgspec
import re2

from anxin.checkers.normalise.text import normalise
from anxin.checkers.texts.packs import CueSpec

# Longer texts are read up to here; a message that needs more to be a scam is none.
READ_CHARACTERS = 20_000
# Characters between two words of a `near` line.
GAP = 14
# Characters before a cue in which a denial or a warning takes it back, and after it.
BEFORE, AFTER = 12, 8
DENIALS = (
    "不会",
    "绝不",
    "切勿",
    "请勿",
    "不要",
    "谨防",
    "警惕",
    "防范",
    "当心",
    "小心",
    "拒绝",
    "严禁",
    "从不",
    "勿轻信",
    "不得",
    "别信",
    "不用",
    "不需",
    "无需",
    "远离",
    "不轻信",
    "识别",
    "举报",
    "打击",
    "没有要求",
    "不可",
    "禁止",
    "凡是",
    "若遇",
    "如遇",
    "never",
    "will not",
    "won't",
    "do not",
    "don't",
    "beware",
    "avoid",
    "report",
)
STOPS = frozenset(",.!?;。\n")
AFTERS = ("都是诈骗", "是诈骗", "的骗局", "诈骗手", "就是骗", "的都是骗", "等诈骗", "是骗子", "均为诈骗", "均是诈骗")


class Hit(msgspec.Struct, frozen=True):
    """One place where a cue stands, in offsets of the folded text, half-open."""

    code: str
    start: int
    end: int


class Matcher:
    """All cues compiled together; made once, then only read."""

    def __init__(self, cues: Mapping[str, CueSpec]) -> None:
        self._cues = dict(cues)
        self._words: list[str] = []
        self._of_word: list[list[str]] = []
        self._groups_of_word: list[list[int]] = []
        self._near: list[tuple[str, tuple[int, ...]]] = []
        self._near_of_group: list[int] = []
        self._patterns: list[tuple[str, re2._Regexp]] = []
        self._set = re2.Set.SearchSet()
        places: dict[str, int] = {}
        for code, cue in self._cues.items():
            for word in cue.phrases:
                self._of_word[self._place(word, places)].append(code)
            for line in cue.near:
                self._add_near(code, line, places)
            for pattern in cue.patterns:
                self._set.Add(pattern)
                self._patterns.append((code, re2.compile(pattern)))
        denials = [*DENIALS, *AFTERS]
        self._denials = {self._place(word, places): word in AFTERS for word in denials}
        self._automaton = ahocorasick_rs.AhoCorasick(self._words)
        if self._patterns:
            self._set.Compile()

    def _place(self, word: str, places: dict[str, int]) -> int:
        word = normalise(word).text
        if word not in places:
            places[word] = len(self._words)
            self._words.append(word)
            self._of_word.append([])
            self._groups_of_word.append([])
        return places[word]

    def _add_near(self, code: str, line: str, places: dict[str, int]) -> None:
        groups = []
        for words in line.split(" .. "):
            group = len(self._near_of_group)
            self._near_of_group.append(len(self._near))
            groups.append(group)
            for word in words.split("|"):
                self._groups_of_word[self._place(word.strip(), places)].append(group)
        self._near.append((code, tuple(groups)))

    def find(self, text: str) -> list[Hit]:
        """Return where cues stand in a folded text, each code at its first place that nobody denies."""
        found: dict[str, Hit] = {}
        in_groups: dict[int, list[tuple[int, int]]] = {}
        before: list[int] = []
        after: list[int] = []
        spans: list[tuple[str, int, int]] = []
        for place, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if place in self._denials:
                (after if self._denials[place] else before).append(start if self._denials[place] else end)
            if self._words[place].isascii() and not stands_alone(text, start, end):
                continue
            spans.extend((code, start, end) for code in self._of_word[place])
            for group in self._groups_of_word[place]:
                in_groups.setdefault(group, []).append((start, end))
        spans.extend(self._near_spans(in_groups))
        spans.extend(self._pattern_spans(text))
        before.sort()
        after.sort()
        for code, start, end in spans:
            if code not in found and not (self._cues[code].negatable and is_denied(text, (start, end), before, after)):
                found[code] = Hit(code, start, end)
        return list(found.values())

    def _near_spans(self, in_groups: dict[int, list[tuple[int, int]]]) -> list[tuple[str, int, int]]:
        spans: list[tuple[str, int, int]] = []
        for near in {self._near_of_group[group] for group in in_groups}:
            code, groups = self._near[near]
            if all(group in in_groups for group in groups):
                spans.extend((code, *span) for span in sequences([in_groups[group] for group in groups]))
        return sorted(spans, key=lambda span: span[1])

    def _pattern_spans(self, text: str) -> list[tuple[str, int, int]]:
        if not self._patterns:
            return []
        spans = []
        for index in sorted(self._set.Match(text) or ()):
            code, pattern = self._patterns[index]
            seen = pattern.search(text)
            if seen:
                spans.append((code, seen.start(), seen.end()))
        return spans


def sequences(places: Sequence[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Return the spans that take one place of each list, in order, with at most GAP characters between."""
    spans = places[0]
    for following in places[1:]:
        spans = [
            (start, after_end)
            for start, end in spans[:50]
            for after_start, after_end in following[:50]
            if 0 <= after_start - end <= GAP
        ]
    return spans


def stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether a word in Latin letters is not part of a longer one."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (is_letter(before) and is_letter(text[start])) and not (is_letter(after) and is_letter(text[end - 1]))


def is_letter(character: str) -> bool:
    """Return whether it is a Latin letter or a digit."""
    return character.isascii() and character.isalnum()


def is_denied(text: str, span: tuple[int, int], before: Sequence[int], after: Sequence[int]) -> bool:
    """Return whether a denial ends shortly before the span, or a warning begins shortly after, in the same clause.

    `before` and `after` are in order: only the few that are near are looked at, however many a text is made of.
    """
    start, end = span
    ended = before[bisect_left(before, start - BEFORE) : bisect_right(before, start)]
    begun = after[bisect_left(after, end) : bisect_right(after, end + AFTER)]
    taken_back = any(same_clause(text[place:start]) for place in ended)
    return taken_back or any(same_clause(text[end:place]) for place in begun)


def same_clause(between: str) -> bool:
    """Return whether no stop stands in between."""
    return STOPS.isdisjoint(between)
