"""Entities of the reference that still lie as an earlier plan kept them, each for one stream or for several."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from anxin.engine.windows.adoption import Rewriter
from anxin.engine.windows.entity import Entity

Held = tuple[int, Entity]


class Kept(Protocol):
    """Entities by the hash of their key, in the order of their touches."""

    def __len__(self) -> int: ...

    def items(self) -> Iterator[Held]:
        """Yield all, coldest first; nothing leaves by it."""

    def get(self, hashed: int) -> Entity | None: ...

    def pop(self, hashed: int) -> Entity | None:
        """Take one out; return None when it is not there."""

    def coldest(self) -> Held | None: ...

    def pop_end(self, *, is_warm: bool) -> Held | None:
        """Take out the warmest or the coldest; return None when none is left."""


@dataclass(frozen=True)
class Former:
    """What an earlier plan left, and what rewrites it for the plan after it; without a rewriter that is the same."""

    kept: Kept
    rewriter: Rewriter | None


class Whole:
    """Entities of one stream alone."""

    def __init__(self, entities: OrderedDict[int, Entity]) -> None:
        self._entities = entities

    def __len__(self) -> int:
        return len(self._entities)

    def items(self) -> Iterator[Held]:
        """Yield all, coldest first."""
        yield from self._entities.items()

    def get(self, hashed: int) -> Entity | None:
        """Return one, or None."""
        return self._entities.get(hashed)

    def pop(self, hashed: int) -> Entity | None:
        """Take one out."""
        return self._entities.pop(hashed, None)

    def coldest(self) -> Held | None:
        """Return the coldest, or None."""
        return next(iter(self._entities.items()), None)

    def pop_end(self, *, is_warm: bool) -> Held | None:
        """Take out the warmest or the coldest."""
        return self._entities.popitem(last=is_warm) if self._entities else None


class Part:
    """Entities that another stream has a part in too; what one takes out, the other finds as it was.

    They lie in the pool of both until one takes them from an end: then the other keeps its copy in `cold` or `warm`.
    What this part has taken from the middle stays there for the other one, as `taken`.
    """

    def __init__(self, pool: Kept) -> None:
        self._pool = pool
        self._other: Part
        self._cold: OrderedDict[int, Entity] = OrderedDict()
        self._warm: OrderedDict[int, Entity] = OrderedDict()
        self._taken: set[int] = set()

    @classmethod
    def pair(cls, kept: Kept) -> tuple[Part, Part]:
        """Return two parts, each of which has all."""
        one, other = cls(kept), cls(kept)
        one._other, other._other = other, one
        return one, other

    def __len__(self) -> int:
        return len(self._cold) + len(self._pool) - len(self._taken) + len(self._warm)

    def items(self) -> Iterator[Held]:
        """Yield all, coldest first."""
        yield from self._cold.items()
        yield from ((hashed, entity) for hashed, entity in self._pool.items() if hashed not in self._taken)
        yield from self._warm.items()

    def get(self, hashed: int) -> Entity | None:
        """Return one, or None."""
        for own in (self._cold, self._warm):
            if hashed in own:
                return own[hashed]
        return None if hashed in self._taken else self._pool.get(hashed)

    def pop(self, hashed: int) -> Entity | None:
        """Take one out."""
        for own in (self._cold, self._warm):
            if hashed in own:
                return own.pop(hashed)
        if hashed in self._taken:
            return None
        if hashed in self._other._taken:
            self._other._taken.remove(hashed)
            return self._pool.pop(hashed)
        entity = self._pool.get(hashed)
        if entity is None:
            return None
        self._taken.add(hashed)
        return entity.copy()

    def coldest(self) -> Held | None:
        """Return the coldest, or None."""
        if not self._cold:
            # What is taken must not be passed over again and again.
            while (found := self._pool.coldest()) is not None and found[0] in self._taken:
                self._leave(is_warm=False)
            return found or next(iter(self._warm.items()), None)
        return next(iter(self._cold.items()))

    def pop_end(self, *, is_warm: bool) -> Held | None:
        """Take out the warmest or the coldest."""
        first, last = (self._warm, self._cold) if is_warm else (self._cold, self._warm)
        if first:
            return first.popitem(last=is_warm)
        while len(self._pool):
            found = self._leave(is_warm=is_warm)
            if found is not None:
                return found
        return last.popitem(last=is_warm) if last else None

    def _leave(self, *, is_warm: bool) -> Held | None:
        """Let what lies at one end of the pool leave it, for the other part too; return it if this one had not."""
        found = self._pool.pop_end(is_warm=is_warm)
        assert found is not None
        hashed, entity = found
        self._other._receive(hashed, entity, is_warm=is_warm)
        if hashed in self._taken:
            self._taken.remove(hashed)
            return None
        return found

    def _receive(self, hashed: int, entity: Entity, *, is_warm: bool) -> None:
        if hashed in self._taken:
            self._taken.remove(hashed)
        elif is_warm:
            self._warm[hashed] = entity.copy()
            self._warm.move_to_end(hashed, last=False)
        else:
            self._cold[hashed] = entity.copy()
