"""The sound of a text: a second view in which homophones agree."""

from __future__ import annotations

import os
from functools import cache

from anxin.checkers.normalise.normalised import Normalised


class SyllableTable(dict[str, str]):
    """Characters with their commonest syllable, without tone; what is no Chinese character is itself."""

    def __missing__(self, character: str) -> str:
        """Look a character up and remember it."""
        if not "㐀" <= character <= "鿿":
            return character
        syllable = self[character] = _syllable(character)
        return syllable


def _syllable(character: str) -> str:
    # Readings of phrases would take 0.8 s and 60 MB to load, and are never used here.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(character, v_to_u=False)[0])


@cache
def _table() -> SyllableTable:
    return SyllableTable()


def pinyin_view(folded: Normalised) -> Normalised:
    """Return the text with each Chinese character as its syllable; `微信`, `薇信` and `weixin` come out alike.

    Syllables stand without gaps; equal neighbouring offsets tell which letters are one syllable.
    """
    pieces = [_table()[each] for each in folded.text]
    offsets = [folded.offsets[at] for at, piece in enumerate(pieces) for _ in piece]
    offsets.append(folded.offsets[-1])
    return Normalised("".join(pieces), offsets)
