"""Sentences in both languages, side by side: what has no English, or no Chinese, cannot be written down."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.functional import lazy
from django.utils.translation import get_language

_MARKS = str.maketrans({"{": "(", "}": ")", "|": "¦"})
_FIELD = re.compile(r"\{(\w+)\}")


class Words(NamedTuple):
    """One sentence in Chinese and English; `{name}` stands for a value.

    English may hold two forms parted by `|`, for one and for another number of `n`: "{n} person|{n} people".
    """

    zh: str
    en: str


def say(words: tuple[str, str], language: str | None = None, /, **values: object) -> str:
    """Return the sentence in `language` (None: the language of the request) with the values filled in.

    Raise KeyError when the sentence names a value that was not given.
    """
    zh, en = words
    if (language or get_language() or "zh").startswith("zh"):
        return _fill(zh, values)
    one, bar, many = en.partition("|")
    return _fill(many if bar and values.get("n") != 1 else one, values)


def _fill(sentence: str, values: dict[str, object]) -> str:
    return _FIELD.sub(lambda found: str(values[found[1]]), sentence)


def filled(words: Words, **values: object) -> Words:
    """Return the sentence in both languages with the values filled in; those that are `Words` in their own language.

    What values hold is not read as a sentence again: braces and bars in them are written otherwise.
    """
    zh, en = ({name: _plain(value, language) for name, value in values.items()} for language in ("zh", "en"))
    return Words(say(words, "zh", **zh), say(words, "en", **en))


def _plain(value: object, language: str) -> object:
    if isinstance(value, int):
        return value
    text = getattr(value, language) if isinstance(value, Words) else str(value)
    return text.translate(_MARKS)


_BETWEEN = Words("、", ", ")


def joined(texts: Iterable[str]) -> str:
    """Return texts one after the other, parted as the language of the request does."""
    return say(_BETWEEN).join(texts)


def say_later(words: Words) -> str:
    """Return words that are put into the language of the request when they are shown: for labels of forms."""
    return _say_when_shown(words)


_say_when_shown = lazy(say, str)
