"""Shares with the interval they are known to: Wilson's, for few cases as well as for many."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


@dataclass(frozen=True)
class Share:
    """`hits` of `n`: the share and its 95 % interval (E. B. Wilson, 1927); None where there is nothing to divide."""

    hits: int
    n: int
    value: float | None
    low: float | None
    high: float | None


def share_of(hits: int, n: int) -> Share:
    """Return the share with its interval; raise ValueError unless 0 ≤ hits ≤ n."""
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n}")
    if n == 0:
        return Share(0, 0, None, None, None)
    p, square = hits / n, Z95 * Z95
    middle = (p + square / (2 * n)) / (1 + square / n)
    half = Z95 / (1 + square / n) * math.sqrt(p * (1 - p) / n + square / (4 * n * n))
    return Share(hits, n, p, max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half)))
