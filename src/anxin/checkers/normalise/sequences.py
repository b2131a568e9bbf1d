"""Tricks that need neighbours: spaced-out characters, characters split into parts, digits in words, letters as digits.

Every pattern looks at a bounded stretch, so the time grows with the length of the text and not faster.
"""

from __future__ import annotations

import re
from functools import cache

from anxin.checkers.normalise.normalised import Edit
from anxin.checkers.normalise.spellings import by_character, by_parts

SEPARATORS = " \t\r\n.\\-_|*/~^`'\"+·•=#<>()\\[\\]{}【】「」『』〔〕、—…※★☆●○◆◇■□▲△"
_SEPARATED = re.compile(f"[{SEPARATORS}]{{1,3}}(?=[a-z0-9㐀-鿿])")
_DIGITS_TOGETHER_FROM = 4
# In running English a lone "a" or "i" is a word, so two letters apart by a space count only when neither is one.
_LONE_WORDS = frozenset("ai")


def separator_edits(text: str) -> list[Edit]:
    """Return removals of separators between characters that stand alone, as in `微 信`, `v.x` and `1 3 8`."""
    found = [match.span() for match in _SEPARATED.finditer(text)]
    return [Edit(*span, "") for at, span in enumerate(found) if span[0] and _stands_apart(text, found, at)]


def _stands_apart(text: str, found: list[tuple[int, int]], at: int) -> bool:
    start, end = found[at]
    left, right = text[start - 1], text[end]
    sort = _sort(left)
    if not sort or sort != _sort(right):
        return False
    before = _sort(text[start - 2]) if start > 1 else ""
    after = _sort(text[end + 1]) if end + 1 < len(text) else ""
    if sort == "ideograph":
        return before != sort or after != sort
    left_alone, right_alone = before not in ("letter", "digit"), after != sort
    if not (left_alone and right_alone):
        return False
    if sort == "letter" and not text[start:end].isspace():
        return True
    return _is_in_run(text, found, at) or (sort == "letter" and not {left, right} & _LONE_WORDS)


def _is_in_run(text: str, found: list[tuple[int, int]], at: int) -> bool:
    """Tell whether a further separated single character of the sort stands before or after."""
    start, end = found[at]
    sort = _sort(text[end])
    follows = at + 1 < len(found) and found[at + 1][0] == end + 1 and _sort(text[found[at + 1][1]]) == sort
    if follows:
        return True
    return (
        at > 0 and found[at - 1][1] == start - 1 and found[at - 1][0] > 0 and _sort(text[found[at - 1][0] - 1]) == sort
    )


def _sort(character: str) -> str:
    if "㐀" <= character <= "鿿":
        return "ideograph"
    if "a" <= character <= "z":
        return "letter"
    return "digit" if "0" <= character <= "9" else ""


@cache
def _parts() -> tuple[re.Pattern[str], dict[str, str]]:
    known = by_parts()
    return re.compile("|".join(sorted(known, key=len, reverse=True))), known


def part_edits(text: str) -> list[Edit]:
    """Return the joining of characters that were written as their parts, as in `弓长`."""
    pattern, known = _parts()
    return [Edit(*match.span(), known[match.group()]) for match in pattern.finditer(text)]


@cache
def _digits() -> tuple[re.Pattern[str], dict[int, str]]:
    known = by_character("digits")
    return re.compile(f"[0-9{''.join(known)}]{{{_DIGITS_TOGETHER_FROM},}}"), str.maketrans(known)


def digit_edits(text: str) -> list[Edit]:
    """Return digits written as words turned into digits, in runs of four and more."""
    pattern, known = _digits()
    edits = []
    for match in pattern.finditer(text):
        run = match.group()
        if not run.isascii():
            edits.append(Edit(*match.span(), run.translate(known)))
    return edits


@cache
def _leet() -> tuple[re.Pattern[str], dict[str, str]]:
    known = by_character("leet")
    return re.compile(f"[{re.escape(''.join(known))}](?=[a-z])"), known


def leet_edits(text: str) -> list[Edit]:
    """Return single symbols between two letters turned into the letter they are read as."""
    pattern, known = _leet()
    return [
        Edit(*match.span(), known[match.group()])
        for match in pattern.finditer(text)
        if match.start() and "a" <= text[match.start() - 1] <= "z"
    ]
