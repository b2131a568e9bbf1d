"""Links between entities while a batch is folded."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from django.db import connections

from anxin.desk.decisioning.decisions.models import EntityLink
from anxin.desk.decisioning.decisions.projection.entity_states import EntityState
from anxin.desk.decisioning.decisions.projection.tables import PROJECTION

MOST_LINKS = 500
"""A thing shared by more is no link between people: an address of a whole campus, a shop of a million buyers."""
KEPT_PAIRS = 300_000
_STEP = 400
_TABLE = EntityLink._meta.db_table
Pair = tuple[int, int]


def pair_of(one: EntityState, other: EntityState) -> Pair:
    """Return the pair as it is stored: smaller id first."""
    return (one.id, other.id) if one.id < other.id else (other.id, one.id)


class LinkBook:
    """Which pairs are stored already, and what the batch adds to each: (count, first_at, last_at)."""

    def __init__(self) -> None:
        self._known: set[Pair] = set()
        self.added: dict[Pair, list[int]] = {}
        self.met: dict[Pair, list[int]] = {}

    def load(self, pairs: Iterable[Pair]) -> None:
        """Learn which of the pairs are stored."""
        if len(self._known) > KEPT_PAIRS:
            self._known.clear()
        unknown = iter([pair for pair in dict.fromkeys(pairs) if pair not in self._known])
        while some := list(islice(unknown, _STEP)):
            self._known.update(_read(some))

    def meet(self, one: EntityState, other: EntityState, at: int) -> None:
        """Count a meeting; a first one only while both have room for more links."""
        pair = pair_of(one, other)
        if pair in self._known:
            _count(self.met, pair, at)
        elif pair in self.added:
            _count(self.added, pair, at)
        elif one.links < MOST_LINKS and other.links < MOST_LINKS:
            self.added[pair] = [1, at, at]
            one.links += 1
            other.links += 1
        else:
            one.unlinked += one.links >= MOST_LINKS
            other.unlinked += other.links >= MOST_LINKS

    def written(self) -> None:
        """Forget what the batch added, now stored."""
        self._known.update(self.added)
        self.added, self.met = {}, {}


def _count(tally: dict[Pair, list[int]], pair: Pair, at: int) -> None:
    found = tally.get(pair)
    if found is None:
        tally[pair] = [1, at, at]
    else:
        found[0] += 1
        found[1], found[2] = min(found[1], at), max(found[2], at)


def _read(pairs: list[Pair]) -> list[Pair]:
    places = ",".join(["(%s,%s)"] * len(pairs))
    with connections[PROJECTION].cursor() as cursor:
        cursor.execute(
            f"SELECT entity_id, other_id FROM {_TABLE} WHERE (entity_id, other_id) IN (VALUES {places})",
            [each for pair in pairs for each in pair],
        )
        return [(one, other) for one, other in cursor.fetchall()]
