"""Find amounts of money in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec

_NUMBER = r"(?:[0-9]{1,3}(?:[,，][0-9]{3}){1,4}|[0-9]{1,12})(?:\.[0-9]{1,2})?(?![0-9])"
_BEFORE = re.compile(rf"(¥|￥|RMB|CNY|人民币|\$|USD|US\$)\s?({_NUMBER})(?:\s?(万|亿))?", re.IGNORECASE)
_AFTER = re.compile(
    rf"(?<![0-9.,¥￥$])({_NUMBER})\s?(万|亿)?\s?(元|块钱|圆|人民币|RMB|美元|美金|dollars|USD)", re.IGNORECASE
)
_DOLLARS = frozenset({"$", "us$", "usd", "美元", "美金", "dollars"})
_TIMES = {"万": 10_000, "亿": 100_000_000}
MINOR_UNITS = 100
MOST = 100


class Amount(msgspec.Struct, frozen=True, order=True):
    """An amount at its place (half-open) in minor units of a currency (ISO 4217)."""

    start: int
    end: int
    minor_units: int
    currency: str


def find_amounts(text: str) -> tuple[Amount, ...]:
    """Return the amounts of a text in order, at most 100; Chinese numerals are not read."""
    found: list[Amount] = []
    for each in sorted([*_written_before(text), *_written_after(text)]):
        if not found or each.start >= found[-1].end:
            found.append(each)
    return tuple(found[:MOST])


def _written_before(text: str) -> Iterator[Amount]:
    for match in _BEFORE.finditer(text):
        yield _amount(match, match[2], match[3], match[1])


def _written_after(text: str) -> Iterator[Amount]:
    for match in _AFTER.finditer(text):
        yield _amount(match, match[1], match[2], match[3])


def _amount(match: re.Match[str], number: str, times: str | None, unit: str) -> Amount:
    value = Decimal(re.sub("[,，]", "", number)) * _TIMES.get(times or "", 1) * MINOR_UNITS
    return Amount(match.start(), match.end(), int(value), "USD" if unit.lower() in _DOLLARS else "CNY")
