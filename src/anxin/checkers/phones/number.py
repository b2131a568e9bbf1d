"""What a number is: cleaned, its kind, and its region."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from anxin.checkers.normalise.text import normalise

Kind = Literal[
    "mobile", "virtual_mobile", "satellite", "machine", "fixed", "short_code", "service_95", "service_96",
    "company_400", "free_800", "operator", "sms_port", "overseas", "malformed",
]  # fmt: skip
LONGEST = 64

# Segments by public lists as of 2020-05; numbers move between operators since 2019-12, so none is named here.
_AREA = r"(?:0(?:10|2\d|[3-9]\d{2}))"
_VIRTUAL = re.compile(r"1(?:7[01]|6[257])\d{8}")
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("machine", re.compile(r"1(?:4[0468]\d|41\d)\d{9}|14[579]\d{8}")),
    ("satellite", re.compile(r"1749\d{7}|1740[6-9]\d{6}|1741[0-2]\d{6}")),
    ("virtual_mobile", _VIRTUAL),
    ("mobile", re.compile(r"1[3-9]\d{9}")),
    ("company_400", re.compile(r"400\d{7}")),
    ("free_800", re.compile(r"800\d{7}")),
    ("sms_port", re.compile(r"106\d{5,17}")),
    ("operator", re.compile(r"10(?:0\d{2}|1\d{2}|10\d{4})|1018\d{1,4}|11\d{3}")),
    ("service_95", re.compile(r"95\d{3,6}")),
    ("service_96", re.compile(rf"{_AREA}?96\d{{3,4}}")),
    ("short_code", re.compile(rf"1(?:1[029]|2[02])|{_AREA}?12\d{{3,4}}")),
    ("fixed", re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}")),
)
_OVERSEAS = re.compile(r"(?:\+|00)(?!86)[1-9]\d{5,15}")
_HOME = re.compile(r"^(?:\+|00)86")
_OPTIONAL_HOME = re.compile(r"^86(?=1[3-9]\d{9}$)")


class PhoneNumber(msgspec.Struct, frozen=True):
    """A cleaned number: digits with a leading + where it was dialled abroad; its kind; region by code, `CN` at home.

    `prefixed` tells that a home number was shown with the country's code.
    """

    digits: str
    kind: Kind
    region: str
    place: str = ""
    prefixed: bool = False


def read_number(written: str) -> PhoneNumber:
    """Return what a number is; whatever cannot be one is malformed."""
    folded = normalise(written[:LONGEST]).text
    plain = re.sub(r"[\s().\-_·]", "", folded)
    prefixed = _HOME.match(plain) is not None
    home = _OPTIONAL_HOME.sub("", _HOME.sub("", plain))
    if len(written) <= LONGEST:
        if prefixed and re.fullmatch(r"(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}", home):
            home = f"0{home}"
        for kind, pattern in _KINDS:
            if pattern.fullmatch(home):
                return PhoneNumber(home, kind, "CN", _place(home) if kind in ("fixed", "mobile") else "", prefixed)
        if _OVERSEAS.fullmatch(plain):
            return PhoneNumber(plain, "overseas", _region(plain))
    return PhoneNumber(plain if len(written) <= LONGEST else "", "malformed", "")


def _region(plain: str) -> str:
    # 70 ms to load: only for numbers from abroad.
    import phonenumbers

    try:
        parsed = phonenumbers.parse(f"+{plain.lstrip('+0')}", None)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(
        parsed.country_code or 0
    )


_AREAS = {
    "010": "北京", "020": "广州", "021": "上海", "022": "天津", "023": "重庆", "024": "沈阳", "025": "南京",
    "027": "武汉", "028": "成都", "029": "西安", "0571": "杭州", "0755": "深圳",
}  # fmt: skip


def _place(home: str) -> str:
    """Return the city of a fixed number's area code where it is one of the largest; else empty."""
    return _AREAS.get(home[:3], _AREAS.get(home[:4], ""))
