"""Opaque places in a list."""

from __future__ import annotations

import base64

from anxin.desk.foundation.edge.refusals import FieldInvalid

MOST_ROWS = 200


def render_cursor(*numbers: int) -> str:
    """Return the cursor of a place."""
    return base64.urlsafe_b64encode(",".join(map(str, numbers)).encode()).decode().rstrip("=")


def parse_cursor(text: str, count: int) -> tuple[int, ...]:
    """Return the numbers of a cursor; raise FieldInvalid for one that was not given out here."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        numbers = tuple(int(each) for each in plain.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != count or any(abs(each) >= 1 << 63 for each in numbers):
        raise FieldInvalid(pointer="/cursor", field="cursor", reason="it is not one of ours")
    return numbers


def page_size(limit: int) -> int:
    """Return a limit within bounds."""
    return max(1, min(limit, MOST_ROWS))
