"""Prefixed ids that sort by the time they were made."""

from __future__ import annotations

import secrets
from datetime import datetime

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DIGITS = 26
ID_LENGTH = 40
"""Longest id, prefix included: the width of id columns."""


def id_pattern(prefix: str) -> str:
    """Return the regular expression of an id with this prefix."""
    return f"{prefix}_[{_ALPHABET}]{{{_DIGITS}}}"


def new_id(prefix: str, *, at: datetime, entropy: bytes | None = None) -> str:
    """Return `prefix_` and a ULID (https://github.com/ulid/spec): 48 bits of ms, 80 bits of chance.

    `entropy` gives the 10 bytes of chance, None draws them.
    """
    number = (int(at.timestamp() * 1000) << 80) | int.from_bytes(entropy or secrets.token_bytes(10))
    return f"{prefix}_" + "".join(_ALPHABET[number >> (5 * place) & 31] for place in reversed(range(_DIGITS)))
