"""Telephone numbers: Chinese mobile and fixed, and numbers written the international way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.span import Span

KIND = "phone"
EXAMPLES = (
    "手机13812345678联系",
    "138 1234 5678",
    "+86-138-1234-5678",
    "010-62345678",
    "(212) 555-0147",
    "+44 20 7946 0958",
    "nobody is answering at 71-33-52-22",
    "Bern\\,3660170548-Fax",
)
QUIET = ("2026-11-22 10:00", "订单号 20261122103355", "价格 1234567", "5.5.5.5", "192.168.1.1")
_MOBILE = re.compile(r"(?<![0-9A-Za-z+.])(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![0-9]|[A-Za-z])")
_FIXED = re.compile(r"(?<![0-9A-Za-z.-])\(?0(?:10|2\d|[3-9]\d{2})\)?[- ]?[2-9]\d{6,7}(?:[-转]\d{1,5})?(?![0-9A-Za-z])")
_GROUPED = re.compile(
    r"(?<![\w./$-])(?<!\d,)(?:\+|\(\+?)?\d(?:\d|[ .()-]{1,2}(?=[\d(])){5,22}\d(?:x\d{1,5})?(?![\w/]|[.,-]\d)"
)
_AMERICAN = re.compile(r"(?:\+?1[-. ]|001-)?\(?\d{3}\)?[-. ]?\d{3}[-. ]\d{4}(?:x\d{1,5})?")
_NAMED = re.compile(
    r"(?:phone|call|contact|reach\w*|answer\w* (?:at|on)|registered|desk|office"
    r"|tel|mobile|cell|fax|dial|number|text|电话|手机|致电|联系)[^0-9\n]{0,40}$",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(r"[ -]*(?:office|desk|fax|mobile|cell|home|work|phone)", re.IGNORECASE)
_OTHER_NUMBER = re.compile(r"(?:card|account|id|order|iban|ssn|zip)\b[^0-9\n]{0,20}$", re.IGNORECASE)
_DAY = re.compile(r"(?:19|20)\d{2}[-. ]\d{1,2}[-. ]\d{1,2}")
LEAST_DIGITS, MOST_DIGITS = 7, 15


def find(text: str) -> Iterator[Span]:
    """Yield numbers; those without a country's shape need a word before or after that names them."""
    for pattern, score in ((_MOBILE, 0.95), (_FIXED, 0.85)):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), KIND, score)
    for match in _GROUPED.finditer(text):
        score = _grouped_score(text, match)
        if score:
            yield Span(match.start(), match.end(), KIND, score)


def _grouped_score(text: str, match: re.Match[str]) -> float:
    written = match.group()
    count = sum(each.isdigit() for each in written.split("x")[0])
    if not LEAST_DIGITS <= count <= MOST_DIGITS or _DAY.match(written):
        return 0.0
    if written.startswith(("+", "(+", "00")):
        return 0.8
    if _AMERICAN.fullmatch(written):
        return 0.75
    start = max(0, match.start() - 50)
    if _OTHER_NUMBER.search(text, start, match.start()):
        return 0.0
    if _NAMED.search(text, start, match.start()) or _NAMED_AFTER.match(text, match.end()):
        return 0.7
    groups = re.findall(r"\d+", written)
    return 0.6 if written.startswith(("0", "(")) and len(groups) >= 3 else 0.0
