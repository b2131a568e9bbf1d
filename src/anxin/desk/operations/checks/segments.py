"""Show a text as the checks read it: cues marked at their places, links dead, what was hidden made visible."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from anxin.checkers.links.find import FoundLink, find_links
from anxin.checkers.normalise.normalised import Normalised
from anxin.checkers.normalise.text import normalise
from anxin.checkers.result import Cue
from anxin.desk.foundation.ui.words import Words, say

SHOWN_CHARACTERS = 4_000
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_WIDE_FROM, _WIDE_TO = "\uff01", "\uff5e"
_INVISIBLE = Words("{n} 个不可见字符", "{n} invisible character|{n} invisible characters")
_TURNED = Words("{n} 个文字方向控制符", "{n} mark that turns the writing around|{n} marks that turn the writing around")
_WIDE = Words("{n} 个全角字母或数字", "{n} wide letter or digit|{n} wide letters or digits")
_REWRITTEN = Words("{n} 处变形写法已还原", "{n} disguised spelling undone|{n} disguised spellings undone")


@dataclass(frozen=True)
class Segment:
    """A stretch of the shown text; `notes` are the numbers of the reasons that point at it, empty for plain text."""

    text: str
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class ReadText:
    """The text as it was read, in segments; `hidden` tells what had been disguised."""

    segments: tuple[Segment, ...]
    hidden: tuple[str, ...]
    is_cut: bool


def read_text(text: str, cues: Sequence[Cue]) -> ReadText:
    """Return the text's beginning in its folded form, each cue's place marked with the cue's number (from 1)."""
    shown = text[:SHOWN_CHARACTERS]
    folded = normalise(shown)
    links = find_links(shown, limit=SHOWN_CHARACTERS)
    edges = _edges(len(shown), cues, links)
    segments = []
    for start, end in pairwise(edges):
        notes = tuple(n for n, cue in enumerate(cues, 1) if cue.start < end and start < cue.end)
        link = next((each for each in links if each.start <= start and end <= each.end), None)
        words = link.address.defanged if link is not None else _dead(_folded(folded, start, end))
        if words:
            segments.append(Segment(words, notes))
    return ReadText(tuple(segments), tuple(hidden_in(shown, folded)), len(text) > SHOWN_CHARACTERS)


def _edges(length: int, cues: Iterable[Cue], links: Sequence[FoundLink]) -> list[int]:
    """Return where segments begin and end; a link is never cut."""
    places = {0, length, *(min(place, length) for cue in cues for place in (cue.start, cue.end))}
    inside = [range(each.start + 1, each.end) for each in links]
    whole = {place for place in places if not any(place in each for each in inside)}
    return sorted(whole | {place for each in links for place in (each.start, each.end)})


def _folded(folded: Normalised, start: int, end: int) -> str:
    offsets = folded.offsets
    return folded.text[bisect_left(offsets, start) : min(bisect_left(offsets, end), len(folded.text))]


def _dead(text: str) -> str:
    return text.replace("://", "[:]//")


def hidden_in(text: str, folded: Normalised) -> Iterable[str]:
    """Yield a sentence for each way in which the text hid something."""
    turned = sum(one in _TURNING for one in text)
    invisible = sum(unicodedata.category(one) == "Cf" and one not in _TURNING for one in text)
    wide = sum(_WIDE_FROM <= one <= _WIDE_TO and one.isalnum() for one in text)
    plain = unicodedata.normalize("NFKC", text).casefold()
    rewritten = _changes(plain, folded.text)
    for words, count in ((_TURNED, turned), (_INVISIBLE, invisible), (_WIDE, wide), (_REWRITTEN, rewritten)):
        if count:
            yield say(words, n=count)


def _changes(plain: str, folded: str) -> int:
    """Return how many letters and digits the fold wrote otherwise than by width, case and spacing."""
    before = [one for one in plain if one.isalnum()]
    after = [one for one in folded if one.isalnum()]
    if len(before) == len(after):
        return sum(one != other for one, other in zip(before, after, strict=True))
    return abs(len(before) - len(after))
