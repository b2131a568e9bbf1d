"""Bank and credit card numbers, 12 to 19 digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.recognisers.checksums import passes_luhn
from anxin.checkers.personal_data.span import Span

KIND = "bank_card"
EXAMPLES = ("card 4111111111111111", "卡号6222 0212 3456 7890 128", "378282246310005")
QUIET = ("订单号 1234567890123456", "4111111111111112", "13800138000")
_RUN = re.compile(r"(?<![0-9A-Za-z.+_-])[0-9](?:[ -]?[0-9]){11,18}(?![0-9A-Za-z_])(?![.-][0-9])")
# Issuers' leading digits (ISO/IEC 7812), with the lengths they use.
_ISSUERS = re.compile(
    r"(?:4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11,13}|35\d{14}"
    r"|(?:1800|2131)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12}|(?:62|81)\d{14,17}|(?:50|5[6-9]|6\d)\d{10,17}|9[0-9]\d{14,17})"
)
_UNION = re.compile(r"62\d{14}(?:\d{3})?")
# An identity number that happens to pass Luhn stays an identity number unless a card is named.
_IDENTITY = re.compile(r"\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}")
_NAMED = re.compile(r"(?:银行卡|卡号|储蓄卡|信用卡|账号|帐号|(?<!ID )card)[^0-9]{0,12}$", re.IGNORECASE)


def find(text: str) -> Iterator[Span]:
    """Yield card numbers: surer with the check digit, weaker by name or bank prefix alone."""
    for match in _RUN.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        named = _NAMED.search(text, max(0, match.start() - 20), match.start()) is not None
        if _IDENTITY.fullmatch(digits) and not named:
            continue
        if passes_luhn(digits) and (named or _ISSUERS.fullmatch(digits)):
            yield Span(match.start(), match.end(), KIND, 0.95)
        elif _UNION.fullmatch(digits) or (named and len(digits) >= 13):
            yield Span(match.start(), match.end(), KIND, 0.6)
