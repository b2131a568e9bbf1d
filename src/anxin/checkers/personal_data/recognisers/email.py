"""E-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.span import Span

KIND = "email"
EXAMPLES = ("写信到zhang_san@example.com。", "a.b+c@mail.example.co.uk")
QUIET = ("@someone", "a@b", "user@", "价格@3元")
_DOMAIN = re.compile(r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6}[A-Za-z]{2,24}(?![A-Za-z0-9-])")
_MOST_LOCAL = 64
_LOCAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._%+-]*[A-Za-z0-9_+-])?$")
_LOCAL_LETTER = re.compile(r"[A-Za-z0-9._%+-]")


def find(text: str) -> Iterator[Span]:
    """Yield addresses, looking back from each sign."""
    for match in _DOMAIN.finditer(text):
        start = match.start()
        while start > 0 and match.start() - start < _MOST_LOCAL and _LOCAL_LETTER.match(text[start - 1]):
            start -= 1
        local = _LOCAL.search(text, start, match.start())
        if local:
            yield Span(local.start(), match.end(), KIND, 0.97)
