"""What kinds of entity are called, and whether their key may be shown."""

from __future__ import annotations

from functools import cache

from anxin.desk.decisioning.decisions.strands import added_kinds
from anxin.desk.foundation.ui.words import Words
from anxin.engine.schema.schema import Schema

TOKEN_KINDS = ("phone", "email", "ip")
"""Kinds whose key is the keyed token of a personal value."""


@cache
def kind_words(kind: str) -> Words:
    """Return what a kind is called; a kind that a policy added is called by its own name."""
    known = Schema.shipped().entities.get(kind)
    if known is not None:
        return Words(known.zh, known.en)
    return added_kinds().get(kind, Words(kind, kind))
