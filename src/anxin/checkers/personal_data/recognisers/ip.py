"""Addresses of machines, versions 4 and 6."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from anxin.checkers.personal_data.span import Span

KIND = "ip"
EXAMPLES = ("from 203.0.113.7", "2001:db8::1 连接")
QUIET = ("256.1.1.1", "1.2.3", "10:30:15", "版本 1.2.3.4.5")
_FOUR = re.compile(r"(?<![0-9A-Za-z.])(?:\d{1,3}\.){3}\d{1,3}(?![0-9A-Za-z]|\.\d)")
_SIX = re.compile(r"(?<![0-9A-Za-z:.])(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{3,39}(?![0-9A-Za-z:])")


def find(text: str) -> Iterator[Span]:
    """Yield addresses that the standard's reader accepts."""
    for pattern in (_FOUR, _SIX):
        for match in pattern.finditer(text):
            if _is_address(match.group()):
                yield Span(match.start(), match.end(), KIND, 0.9)


def _is_address(written: str) -> bool:
    try:
        ipaddress.ip_address(written)
    except ValueError:
        return False
    return any(each.isalnum() for each in written)
