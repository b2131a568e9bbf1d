"""What a check command reads when no text is given: standard input, line by line, whatever bytes it holds."""

from __future__ import annotations

import sys
from collections.abc import Iterator


def pasted_lines() -> Iterator[str]:
    """Yield the lines without their ends; bytes that are not UTF-8 become replacement characters."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", errors="replace").rstrip("\r\n")
