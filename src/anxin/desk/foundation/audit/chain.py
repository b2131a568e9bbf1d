"""What a link of the audit chain covers, and how a chain is verified; needs nothing of Django or a database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from anxin.desk.foundation.audit.merkle import Frontier

START = bytes(32)


@dataclass(frozen=True)
class Link:
    """The columns of an audit entry that its hash covers; `at` is RFC 3339 UTC with µs, `reason` sealed, in hex."""

    previous_hash: str
    organisation_id: str
    seq: int
    at: str
    actor_kind: str
    actor_id: str
    actor_label: str
    act: str
    object_kind: str
    object_id: str
    site_id: str
    details: str
    reason: str | None
    request_id: str
    session_id: str


@dataclass(frozen=True)
class Break:
    """Where a chain is broken first: the entry's number and why, as a code."""

    seq: int
    code: str


@dataclass(frozen=True)
class Verified:
    """A chain that holds: how many entries, the last hash, how many signed checkpoints agree with it."""

    size: int
    head: str
    checkpoints: int


def link_hash(link: Link) -> bytes:
    """Return SHA-256 over the link's columns in one canonical JSON array."""
    columns = [getattr(link, each) for each in Link.__dataclass_fields__]
    return hashlib.sha256(json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode()).digest()


def verify_chain(links: Iterable[tuple[Link, bytes]], roots: Mapping[int, bytes]) -> Verified | Break:
    """Walk (link, stored hash) pairs in order; `roots` are Merkle roots that were signed, by size.

    Codes: `gap` (an entry is missing or moved), `changed` (an entry was edited), `unchained` (it does not follow the
    one before), `forked` (history differs from a signed checkpoint), `cut` (signed entries are gone from the end).
    """
    frontier, before, agreeing = Frontier(), START, 0
    for link, stored in links:
        seq = frontier.size + 1
        if link.seq != seq:
            return Break(seq, "gap")
        if link.previous_hash != before.hex():
            return Break(seq, "unchained")
        if link_hash(link) != stored:
            return Break(seq, "changed")
        before = stored
        frontier.add(stored)
        if seq in roots:
            if roots[seq] != frontier.root():
                return Break(seq, "forked")
            agreeing += 1
    if roots and max(roots) > frontier.size:
        return Break(frontier.size + 1, "cut")
    return Verified(frontier.size, before.hex(), agreeing)
