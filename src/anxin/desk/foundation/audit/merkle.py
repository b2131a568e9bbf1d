"""Merkle trees over a list that only grows (RFC 6962, section 2.1), with proofs of inclusion and consistency."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the 32-byte hash of a leaf."""
    return hashlib.sha256(b"\0" + leaf).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """The roots of the perfect subtrees of a growing list: all that is needed to go on hashing it.

    `peaks` are largest first; there is one for each bit set in `size`.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if len(peaks) != size.bit_count():
            raise ValueError("a frontier has one peak for each bit of its size")
        self.size = size
        self.peaks = list(peaks)

    def add(self, leaf: bytes) -> None:
        """Append one leaf."""
        fresh, place = leaf_hash(leaf), self.size
        while place & 1:
            fresh, place = _node(self.peaks.pop(), fresh), place >> 1
        self.peaks.append(fresh)
        self.size += 1

    def root(self) -> bytes:
        """Return the tree's root."""
        if not self.peaks:
            return EMPTY
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = _node(peak, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over all leaves, straight from the definition."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    cut = _cut(len(leaves))
    return _node(root_of(leaves[:cut]), root_of(leaves[cut:]))


def inclusion_proof(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """Return the hashes that lead from leaf `place` (0-based) to the root."""
    if len(leaves) == 1:
        return []
    cut = _cut(len(leaves))
    if place < cut:
        return [*inclusion_proof(leaves[:cut], place), root_of(leaves[cut:])]
    return [*inclusion_proof(leaves[cut:], place - cut), root_of(leaves[:cut])]


def is_included(leaf: bytes, place: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether the proof leads from the leaf at `place` of `size` leaves to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= place < size:
        return False
    node, last, running = place, size - 1, leaf_hash(leaf)
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            running = _node(step, running)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            running = _node(running, step)
        node, last = node >> 1, last >> 1
    return last == 0 and running == root


def _cut(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)
