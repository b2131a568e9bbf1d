"""The keyed 64-bit hash of entity keys and texts, in pure Python."""

from __future__ import annotations

from siphash24 import siphash13

from anxin.engine.windows.layout import MISSING, TEXT_SALT

SEPARATOR = "\x1f"
KEY_BYTES = 16


def check_key(key: bytes) -> bytes:
    """Return the key; raise ValueError unless it is 16 bytes."""
    if len(key) != KEY_BYTES:
        raise ValueError("the key of the keyed hash has 16 bytes")
    return key


def entity_hash(key: bytes, salt: bytes, parts: str) -> int:
    """Return the signed 64-bit hash of an entity's key parts, joined by `SEPARATOR`."""
    return int(siphash13(salt + parts.encode(), key=key).intdigest())


def text_token(key: bytes, text: str) -> int:
    """Return the signed 64-bit token of a text, never the mark of a missing value."""
    token = int(siphash13(TEXT_SALT + text.encode(), key=key).intdigest())
    return token if token != MISSING else MISSING + 1


def key_check(key: bytes) -> bytes:
    """Return 8 bytes that tell whether two states were made with the same key."""
    return bytes(siphash13(b"anxin windows key", key=key).digest())
