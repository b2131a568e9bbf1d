"""What one character becomes, whatever stands beside it: a light table for reading, a strong one for matching."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Protocol, cast

from anxin.checkers.normalise.spellings import by_character

REPLACEMENT = "\ufffd"
REMOVED_CATEGORIES = frozenset({"Cf", "Mn", "Me"})
# Letters and symbols by their category that are drawn as nothing.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5")
KEPT_CONTROLS = "\t\n\r"
SYMBOL_LETTERS = {
    **{chr(0x1F130 + i): chr(65 + i) for i in range(26)},
    **{chr(0x1F150 + i): chr(65 + i) for i in range(26)},
    **{chr(0x1F170 + i): chr(65 + i) for i in range(26)},
    **{chr(0x1F1E6 + i): chr(65 + i) for i in range(26)},
    **{chr(0x2776 + i): str(i + 1) for i in range(10)},
    **{chr(0x2780 + i): str(i + 1) for i in range(10)},
    **{chr(0x278A + i): str(i + 1) for i in range(10)},
    **{chr(0x24F5 + i): str(i + 1) for i in range(10)},
    "\u24ff": "0",
    "🆎": "AB",
    "🆑": "CL",
    "🆒": "COOL",
    "🆓": "FREE",
    "🆔": "ID",
    "🆕": "NEW",
    "🆖": "NG",
    "🆗": "OK",
    "🆘": "SOS",
    "🆙": "UP",
    "🆚": "VS",
    "🔟": "10",
    "💯": "100",
    "\u2800": " ",
    "㊙": "秘",
    "㊗": "祝",
    "🈲": "禁",
    "🈵": "满",
    "🉐": "得",
}
ACCENTED_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")
# What a table remembers at most; a hostile text could otherwise fill memory with every character there is.
MOST_REMEMBERED = 60_000
MOST_ROUNDS = 4


class _Converter(Protocol):
    """What is used of the traditional-to-simplified library."""

    def convert(self, text: str) -> str: ...


class LightTable(dict[str, str]):
    """Characters with their reading: width, look-alikes, enclosed and mathematical letters; invisible ones are empty.

    Case and line ends stay. What comes out comes out the same again.
    """

    def __init__(self) -> None:
        """Begin with the look-alikes."""
        super().__init__()
        self._known = {**by_character("look_alikes"), **SYMBOL_LETTERS}

    def __missing__(self, character: str) -> str:
        """Work a character out and remember it."""
        read = character
        for _ in range(MOST_ROUNDS):
            again = "".join(self._once(each) for each in read)
            if again == read:
                break
            read = again
        if len(self) < MOST_REMEMBERED:
            self[character] = read
        return read

    def _once(self, character: str) -> str:
        known = self._known.get(character)
        if known is not None:
            return known
        if character in KEPT_CONTROLS:
            return character
        category = unicodedata.category(character)
        if category in REMOVED_CATEGORIES or category == "Cc" or character in BLANK:
            return ""
        if category == "Cs":
            return REPLACEMENT
        return " " if category == "Zs" else unicodedata.normalize("NFKC", _without_accent(character))


class StrongTable(dict[str, str]):
    """Characters for matching: the light reading, lower case, simplified, pictures as the words they stand for."""

    def __init__(self) -> None:
        """Begin with the pictures."""
        super().__init__()
        self._words = by_character("words")

    def __missing__(self, character: str) -> str:
        """Work a character out and remember it."""
        read = self._words.get(character)
        if read is None:
            read = "".join(light_table()[each] for each in light_table()[character].lower())
            read = "".join(simplified(each) if each > "⺀" else each for each in read)
        if len(self) < MOST_REMEMBERED:
            self[character] = read
        return read


def _without_accent(character: str) -> str:
    """Return a Latin, Greek or Cyrillic letter's base; other scripts need their marks."""
    if character < "\u00c0" or not unicodedata.decomposition(character):
        return character
    if not unicodedata.name(character, "").startswith(ACCENTED_SCRIPTS):
        return character
    parts = unicodedata.normalize("NFD", character)
    return "".join(part for part in parts if unicodedata.category(part) != "Mn")


@cache
def light_table() -> LightTable:
    """Return the one light table."""
    return LightTable()


@cache
def strong_table() -> StrongTable:
    """Return the one strong table."""
    return StrongTable()


@cache
def _converter() -> _Converter:
    # Loads its dictionaries in some 70 ms: not at import.
    import opencc

    return cast("_Converter", opencc.OpenCC("t2s"))


def simplified(character: str) -> str:
    """Return the simplified form of one character."""
    return _converter().convert(character) if "㐀" <= character <= "\U0003ffff" else character
