"""How rows are numbered: projection in the high bits, place in the log below."""

from __future__ import annotations

import hashlib

SEQ_BITS = 40
PLACE_BITS = 6
ORIGIN_BITS = 16
PLACES = 1 << PLACE_BITS
_SEQ_MASK = (1 << SEQ_BITS) - 1


def row_id(projection_id: int, seq: int) -> int:
    """Return the id of the rows of one log record; ids of a projection lie in `row_range`."""
    return projection_id << SEQ_BITS | seq


def seq_of(row: int) -> int:
    """Return the place in the log behind a row id."""
    return row & _SEQ_MASK


def row_range(projection_id: int) -> tuple[int, int]:
    """Return the first id that a projection's rows may have, and the first beyond."""
    return projection_id << SEQ_BITS, (projection_id + 1) << SEQ_BITS


def entity_id(projection_id: int, seq: int, place: int) -> int:
    """Return the id of an entity first named by the record `seq`, as its `place`-th."""
    return (projection_id << SEQ_BITS | seq) << PLACE_BITS | place


def entity_range(projection_id: int) -> tuple[int, int]:
    """Return the first id that a projection's entities may have, and the first beyond."""
    start, end = row_range(projection_id)
    return start << PLACE_BITS, end << PLACE_BITS


def origin_id(projection_id: int, number: int) -> int:
    """Return the id of an origin."""
    return projection_id << ORIGIN_BITS | number


def event_hash(event_id: str) -> int:
    """Return the 63-bit hash by which an event id is found; whoever finds compares the id itself."""
    return int.from_bytes(hashlib.blake2b(event_id.encode(), digest_size=8).digest()) >> 1
