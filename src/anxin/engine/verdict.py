"""Verdicts, weakest first."""

from __future__ import annotations

import enum


class Verdict(enum.IntEnum):
    """What the platform should do with an event; a larger value is more severe."""

    ALLOW = 0
    CHALLENGE = 1
    REVIEW = 2
    HOLD = 3
    FREEZE = 4
    BLOCK = 5

    @property
    def word(self) -> str:
        """Return the word used in answers, policies and logs."""
        return _WORDS[self]

    @classmethod
    def from_word(cls, word: str) -> Verdict:
        """Return the verdict named `word`; raise KeyError when there is none."""
        return cls[word.upper()] if word == word.lower() else cls[word]


_WORDS = tuple(each.name.lower() for each in Verdict)
