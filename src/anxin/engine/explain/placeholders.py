"""Reason texts of a rule, filled in for each of three readers."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Literal

from anxin.engine.decision import Text

Reader = Literal["agent", "user", "auditor"]
Fill = Callable[[str], Text]

READERS: tuple[Reader, ...] = ("agent", "user", "auditor")
PLAIN_FOR_USERS = Text("为保护您的账户安全，本次操作需要进一步核实。", "This needs another check to protect you.")


class Template:
    """A text in both languages with `{name}` placeholders, split once and filled many times."""

    def __init__(self, text: Text) -> None:
        """Raise ValueError when braces do not match."""
        self._zh = _parts(text.zh)
        self._en = _parts(text.en)
        self.names = tuple(sorted({name for _, name in (*self._zh, *self._en) if name is not None}))
        self._plain = text if not self.names and "{" not in text.zh + text.en else None

    def fill(self, values: Fill) -> Text:
        """Return the text with each name replaced by what `values` shows for it."""
        if self._plain is not None:
            return self._plain
        found = {name: values(name) for name in self.names}
        return Text(
            "".join(text + (found[name].zh if name is not None else "") for text, name in self._zh),
            "".join(text + (found[name].en if name is not None else "") for text, name in self._en),
        )


def reason(reader: Reader, text: Text, values: Fill) -> Text:
    """Return a rule's text for one reader; a user's text that would show a value gives way to a plain sentence."""
    template = Template(text)
    if reader == "user" and template.names:
        return PLAIN_FOR_USERS
    return template.fill(values)


def _parts(text: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((literal, name) for literal, name, _, _ in string.Formatter().parse(text))
