"""International bank account numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.recognisers.checksums import passes_iban_check
from anxin.checkers.personal_data.span import Span

KIND = "iban"
EXAMPLES = ("IBAN GB82 WEST 1234 5698 7654 32", "DE89370400440532013000")
QUIET = ("GB82WEST12345698765431", "AB12")
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![0-9A-Za-z])")


def find(text: str) -> Iterator[Span]:
    """Yield accounts whose check digits fit."""
    for match in _ACCOUNT.finditer(text):
        if passes_iban_check(match.group().replace(" ", "")):
            yield Span(match.start(), match.end(), KIND, 0.97)
