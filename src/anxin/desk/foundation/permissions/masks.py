"""The masks personal values wear: enough to recognise one's own, too little to call, mail or find anybody."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_DIGITS = re.compile(r"(?<!\d)\d(?:[ -]?\d){5,}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_REGION_ENDS = re.compile(r"^(.{2,12}?(?:省|自治区|市|特别行政区))(.{2,10}?(?:市|自治州|盟|区))?")
STAR = "*"


def mask(kind: str, value: str) -> str:
    """Return the value masked as its kind is; an unknown kind shows nothing but stars."""
    return _MASKS.get(kind, _nothing)(value)


def coarse(kind: str, value: str) -> str:
    """Return only the region of a place, the network of an IP address, the label of a device; else the mask."""
    return _COARSE.get(kind, _nothing)(value)


def _name(value: str) -> str:
    words = value.split()
    if len(words) > 1 and value.isascii():
        return " ".join(word[:1] + STAR * max(len(word) - 1, 1) for word in words)
    return value[:1] + STAR * max(len(value) - 1, 1)


def _phone(value: str) -> str:
    digits = re.sub(r"\D", "", value)
    national = (
        digits[-11:] if len(digits) in (13, 14) and digits.endswith(digits[-11:]) and "86" in digits[:4] else digits
    )
    if len(national) < 8:
        return STAR * len(national)
    return national[:3] + STAR * (len(national) - 7) + national[-4:]


def _email(value: str) -> str:
    local, at, domain = value.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else _nothing(value)


def _last_four(value: str) -> str:
    return STAR * max(len(value) - 4, 4) + value[-4:] if len(value) > 8 else _nothing(value)


def _card(value: str) -> str:
    digits = re.sub(r"\D", "", value)
    if len(digits) < 12:
        return _nothing(value)
    return digits[:6] + STAR * (len(digits) - 10) + digits[-4:]


def _address(value: str) -> str:
    found = _REGION_ENDS.match(value)
    return (found[0] if found else value[:2]) + STAR * 6


def _ip(value: str) -> str:
    if ":" in value:
        return ":".join(value.split(":")[:2]) + ":" + STAR
    parts = value.split(".")
    return ".".join([*parts[:2], STAR, STAR]) if len(parts) == 4 else _nothing(value)


def _device(value: str) -> str:
    return value[:4] + "…" if len(value) > 8 else _nothing(value)


def _text(value: str) -> str:
    return _MAIL.sub(lambda found: _email(found[0]), _DIGITS.sub(lambda found: _number(found[0]), value))


def _number(written: str) -> str:
    digits = re.sub(r"\D", "", written)
    return digits[:3] + STAR * (len(digits) - 5) + digits[-2:] if len(digits) >= 8 else STAR * len(digits)


def _nothing(_value: str) -> str:
    return STAR * 6


_MASKS: Mapping[str, Callable[[str], str]] = {
    "name": _name,
    "phone": _phone,
    "email": _email,
    "identity_number": _last_four,
    "card": _card,
    "address": _address,
    "ip": _ip,
    "device": _device,
    "text": _text,
}
_COARSE: Mapping[str, Callable[[str], str]] = {**_MASKS, "device": _nothing, "ip": _nothing}
