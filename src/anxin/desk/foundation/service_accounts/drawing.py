"""Draw secrets: seen once, kept as hashes."""

from __future__ import annotations

import hashlib
import secrets
from typing import NamedTuple


class Drawn(NamedTuple):
    """A secret just drawn: its id, the SHA-256 of its secret part in hex, and its text, which nobody keeps."""

    id: str
    secret_hash: str
    text: str


def draw_gateway_key() -> Drawn:
    """Draw a key as the gateway reads it: `ax_<12 hex digits>_<64 hex digits>`; a test holds both sides to it."""
    return _draw("ax", 6)


def draw_desk_token() -> Drawn:
    """Draw a token of the desk: `axd_<16 hex digits>_<64 hex digits>`."""
    return _draw("axd", 8)


def hash_secret(secret: str) -> str:
    """Return what is kept of a secret: its 256 bits of chance need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _draw(prefix: str, bytes_of_id: int) -> Drawn:
    key_id, secret = secrets.token_hex(bytes_of_id), secrets.token_hex(32)
    return Drawn(key_id, hash_secret(secret), f"{prefix}_{key_id}_{secret}")
