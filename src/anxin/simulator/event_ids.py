"""Event ids in ULID form: 10 characters of time, 16 of seeded randomness."""

from __future__ import annotations

from random import Random

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}


class EventIds:
    """Draw ids that are unique in one run and the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self._bits = Random(f"{seed}:event-ids").getrandbits

    def draw(self, at: int) -> str:
        """Return a new id whose time part is `at`, in ms UTC."""
        p = _PAIRS
        r = self._bits(80)
        return (
            f"{time_part(at)}{p[r >> 70]}{p[r >> 60 & 1023]}{p[r >> 50 & 1023]}{p[r >> 40 & 1023]}"
            f"{p[r >> 30 & 1023]}{p[r >> 20 & 1023]}{p[r >> 10 & 1023]}{p[r & 1023]}"
        )


def time_part(at: int) -> str:
    """Return the ten leading characters of an id made at `at`, in ms UTC."""
    p = _PAIRS
    return f"{p[at >> 40]}{p[at >> 30 & 1023]}{p[at >> 20 & 1023]}{p[at >> 10 & 1023]}{p[at & 1023]}"


def id_time(event_id: str) -> int:
    """Return the ms UTC that the time part of `event_id` holds."""
    at = 0
    for letter in event_id[:10]:
        at = at << 5 | _VALUES[letter]
    return at
