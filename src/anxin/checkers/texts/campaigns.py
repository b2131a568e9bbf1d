"""Tell near-duplicate messages: MinHash over character shingles, counted by campaign."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from hashlib import blake2b

import msgspec

from anxin.checkers.normalise.text import normalise

SHINGLE = 4
BANDS, ROWS = 16, 4
MODULUS = (1 << 61) - 1
# What changes from message to message of one campaign: numbers, links, punctuation.
CHANGING = re.compile(r"https?://\S+|[a-z0-9.\-]+\.(?:com|cn|net|top|cc|xyz)\S*|[0-9]+|\W+")
SIMILAR = 0.6
# A longer text is told by its beginning.
COMPARED_CHARACTERS = 2_000


class Campaign(msgspec.Struct):
    """Messages that are nearly the same; `first_ms` and `last_ms` are instants in ms UTC."""

    name: str
    count: int
    first_ms: int
    last_ms: int


class Signer:
    """Makes signatures of 64 numbers from a seed; the same seed gives the same signatures for ever."""

    def __init__(self, seed: int = 1) -> None:
        numbers = seeded_numbers(seed)
        self._functions = [(next(numbers) | 1, next(numbers)) for _ in range(BANDS * ROWS)]

    def sign(self, text: str) -> array[int] | None:
        """Return the signature; None for a text too short to tell apart."""
        words = CHANGING.sub("", normalise(text[:COMPARED_CHARACTERS]).text)
        if len(words) < 2 * SHINGLE:
            return None
        shingles = {words[at : at + SHINGLE] for at in range(len(words) - SHINGLE + 1)}
        hashes = [int.from_bytes(blake2b(each.encode(), digest_size=7).digest(), "big") for each in shingles]
        return array("Q", [min((a * value + b) % MODULUS for value in hashes) for a, b in self._functions])


class Campaigns:
    """Counts messages by campaign; forgets the longest unseen beyond `capacity`."""

    def __init__(self, *, seed: int = 1, capacity: int = 50_000) -> None:
        self._signer = Signer(seed)
        self._capacity = capacity
        self._known: dict[str, tuple[Campaign, array[int]]] = {}
        self._buckets: dict[tuple[int, bytes], list[str]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, text: str, *, at_ms: int) -> Campaign | None:
        """Count the message and return its campaign with it; None for a text too short."""
        signature = self._signer.sign(text)
        if signature is None:
            return None
        name = self._nearest(signature)
        if name is None:
            return self._open(signature, at_ms)
        campaign, first = self._known.pop(name)
        campaign = Campaign(name, campaign.count + 1, min(campaign.first_ms, at_ms), max(campaign.last_ms, at_ms))
        self._known[name] = (campaign, first)
        return campaign

    def find(self, text: str) -> Campaign | None:
        """Return the campaign the message belongs to, uncounted."""
        signature = self._signer.sign(text)
        name = self._nearest(signature) if signature is not None else None
        return self._known[name][0] if name is not None else None

    def _nearest(self, signature: array[int]) -> str | None:
        near = {name for key in bands(signature) for name in self._buckets.get(key, ())}
        best = max(near, key=lambda name: (likeness(signature, self._known[name][1]), name), default=None)
        return best if best is not None and likeness(signature, self._known[best][1]) >= SIMILAR else None

    def _open(self, signature: array[int], at_ms: int) -> Campaign:
        if len(self._known) >= self._capacity:
            self._forget(next(iter(self._known)))
        name = blake2b(signature.tobytes(), digest_size=8).hexdigest()
        campaign = Campaign(name, 1, at_ms, at_ms)
        self._known[name] = (campaign, signature)
        for key in bands(signature):
            self._buckets.setdefault(key, []).append(name)
        return campaign

    def _forget(self, name: str) -> None:
        _, signature = self._known.pop(name)
        for key in bands(signature):
            self._buckets[key].remove(name)
            if not self._buckets[key]:
                del self._buckets[key]


def bands(signature: array[int]) -> Iterator[tuple[int, bytes]]:
    """Yield the keys under which a signature is found."""
    for band in range(BANDS):
        yield band, signature[band * ROWS : (band + 1) * ROWS].tobytes()


def likeness(one: array[int], other: array[int]) -> float:
    """Return the estimated Jaccard likeness, 0–1."""
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def seeded_numbers(seed: int) -> Iterator[int]:
    """Yield the numbers of a seed, each 0 to 2^60."""
    count = 0
    while True:
        digest = blake2b(f"{seed}:{count}".encode(), digest_size=8).digest()
        yield int.from_bytes(digest, "big") >> 4
        count += 1
