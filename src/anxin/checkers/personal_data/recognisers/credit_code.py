"""Unified social credit codes of organisations, 18 characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.recognisers.checksums import passes_credit_check
from anxin.checkers.personal_data.span import Span

KIND = "credit_code"
EXAMPLES = ("统一社会信用代码91110000600037341L",)
QUIET = ("91110000600037341M", "ABCDEFGHJKLMNPQRTU")
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}(?![0-9A-Za-z])", re.IGNORECASE)

# One in 31 identity numbers fits by chance.
_IDENTITY = re.compile(r"[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}")


def find(text: str) -> Iterator[Span]:
    """Yield codes whose check character fits."""
    for match in _CODE.finditer(text):
        if not _IDENTITY.fullmatch(match.group()) and passes_credit_check(match.group().upper()):
            yield Span(match.start(), match.end(), KIND, 0.98)
