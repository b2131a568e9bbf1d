"""Keyed hashes that stand for numbers at home, and for indicators between platforms."""

from __future__ import annotations

import hashlib
import hmac

from anxin.checkers.links.address import Address
from anxin.checkers.links.domain import Domain
from anxin.checkers.normalise.text import normalise
from anxin.checkers.phones.number import read_number
from anxin.checkers.signatures.signature import IndicatorKind

SHORTEST_SECRET = 16


def phone_token(number: str, key: bytes) -> str:
    """Return how an organisation knows a number: a keyed hash of its cleaned digits, 32 hex digits."""
    digits = read_number(number).digits
    return hashlib.blake2b(digits.encode(), key=key, digest_size=16, person=b"anxin-phone").hexdigest()


def indicator_hash(kind: IndicatorKind, value: str, secret: bytes) -> str:
    """Return the hash of one canonical indicator under a circle's secret: HMAC-SHA256, 64 hex digits."""
    return hmac.new(secret, f"anxin-indicator/1\n{kind}\n{value}".encode(), hashlib.sha256).hexdigest()


def canonical_phone(number: str) -> str:
    """Return the number as all platforms write it before hashing: digits, with + when dialled abroad."""
    digits = read_number(number).digits
    return f"+{digits[2:]}" if digits.startswith("00") else digits


def canonical_text(text: str) -> str:
    """Return the text as all platforms write it before hashing: folded, nothing but letters and digits."""
    return "".join(one for one in normalise(text).text if one.isalnum())


def names_of(address: Address, domain: Domain) -> tuple[str, ...]:
    """Return every name under which a list may know a link, the most exact first."""
    found = (address.exact, address.ip or domain.host, domain.site, domain.registrable)
    return tuple(dict.fromkeys(name for name in found if name))
