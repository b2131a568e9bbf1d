"""Which kinds of entity may show their key."""

from __future__ import annotations

TOKEN_KINDS = ("phone", "email", "ip")
"""Kinds whose key is the keyed token of a personal value."""
