"""Which of the two languages the reader of a terminal has, and texts that stand in both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Language = Literal["zh", "en"]
VARIABLE = "ANXIN_LANGUAGE"
_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
_SAY_NOTHING = ("", "C", "POSIX")


def both(zh: str, en: str) -> str:
    """Return one text of both languages, as help texts hold it; `said` takes one of them out again."""
    return f"{zh}\n{en}"


def said(text: str, language: Language) -> str:
    """Return one language of a text made by `both`; a text of one line is returned as it is."""
    zh, _, en = text.partition("\n")
    return zh if language == "zh" or not en else en


def reader_language(environment: Mapping[str, str]) -> Language:
    """Return the reader's language: `ANXIN_LANGUAGE` when it names one, else the locale's, Chinese when neither does.

    A locale of neither language is read in English.
    """
    chosen = environment.get(VARIABLE, "").lower()
    if chosen in ("zh", "en"):
        return "zh" if chosen == "zh" else "en"
    for variable in _LOCALES:
        locale = environment.get(variable, "")
        if locale.partition(".")[0] not in _SAY_NOTHING:
            return "zh" if locale.lower().startswith("zh") else "en"
    return "zh"
