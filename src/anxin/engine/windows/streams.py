"""The entities of one stream of the reference, and those that still lie as an earlier plan kept them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from anxin.engine.windows.adoption import Rewriter
from anxin.engine.windows.asks import Ask
from anxin.engine.windows.entity import Entity
from anxin.engine.windows.layout import StreamLayout
from anxin.engine.windows.plan import WindowPlan
from anxin.engine.windows.running import Running
from anxin.engine.windows.state import entities_of


@dataclass(frozen=True)
class Former:
    """Entities as an earlier plan kept them, coldest first, and what rewrites them for the plan after it."""

    entities: OrderedDict[int, Entity]
    rewriter: Rewriter


class Stream:
    """The entities of one stream, least recently touched first, and the code of their running aggregates.

    `formers` are from the oldest plan to the newest; every entity of theirs is colder than those of a newer one, and
    than `entities`, for whatever is touched comes over. `capped` counts the capped ones of all.
    """

    __slots__ = ("capped", "entities", "evicted", "formers", "layout", "running")

    def __init__(self, plan: WindowPlan, number: int, layout: StreamLayout) -> None:
        self.layout = layout
        self.entities: OrderedDict[int, Entity] = OrderedDict()
        self.formers: list[Former] = []
        self.evicted = 0
        self.capped = 0
        self.running = Running(layout, [Ask(each, layout, 0) for each in plan.stream_features(number)])

    def __len__(self) -> int:
        return len(self.entities) + sum(len(each.entities) for each in self.formers)

    def items(self) -> Iterator[tuple[int, Entity]]:
        """Yield all entities, coldest first, as this stream keeps them; nothing comes over by it."""
        for at, former in enumerate(self.formers):
            for hashed, entity in former.entities.items():
                yield hashed, self._renewed(at, entity)
        yield from self.entities.items()

    def _renewed(self, at: int, entity: Entity) -> Entity:
        """Return an entity of former number `at` as this stream keeps it."""
        for former in self.formers[at:]:
            entity = former.rewriter.renewed(entity)
        return entity

    def load(self, block: bytes) -> None:
        """Put the entities of a block of records at the warm end."""
        for hashed, entity in entities_of(self.layout, block):
            self.entities[hashed] = entity
            self.capped += entity.is_capped

    def find(self, hashed: int) -> Entity | None:
        """Return an entity as this stream keeps it, and leave it where it lies."""
        for at, former in enumerate(self.formers):
            found = former.entities.get(hashed)
            if found is not None:
                return self._renewed(at, found)
        return self.entities.get(hashed)

    def recall(self, hashed: int) -> Entity | None:
        """Let an entity of an earlier plan that is touched come over; return None when there is none."""
        for at, former in enumerate(self.formers):
            found = former.entities.pop(hashed, None)
            if found is not None:
                entity = self.entities[hashed] = self._renewed(at, found)
                return entity
        return None

    def coldest(self) -> Entity | None:
        """Return the least recently touched entity as this stream keeps it."""
        return next((entity for _, entity in self.items()), None)

    def forget_coldest(self) -> None:
        """Forget the least recently touched entity."""
        held = next((each.entities for each in self.formers if each.entities), self.entities)
        _, entity = held.popitem(last=False)
        self.capped -= entity.is_capped

    def take(self, other: Stream, rewriter: Rewriter | None, *, is_shared: bool) -> None:
        """Take over the entities of another stream as they lie, or a copy when another stream will take them too.

        Without a rewriter both keep the very same state.
        """
        self.evicted, self.capped = other.evicted, other.capped
        if is_shared:
            copies = ((hashed, entity.copy()) for hashed, entity in other.items())
            self.entities = OrderedDict((at, rewriter.renewed(each) if rewriter else each) for at, each in copies)
            return
        self.entities, other.entities = other.entities, OrderedDict()
        self.formers, other.formers = other.formers, []
        other.evicted = other.capped = 0
        if rewriter is not None:
            self.formers.append(Former(self.entities, rewriter))
            self.entities = OrderedDict()

    def carry(self, work: int) -> int:
        """Let entities of earlier plans come over, warmest first; return what is left of `work`, 0 if more is left."""
        for at in range(len(self.formers) - 1, -1, -1):
            held = self.formers[at].entities
            while held:
                if work <= 0:
                    return 0
                hashed, entity = held.popitem()
                self.entities[hashed] = self._renewed(at, entity)
                self.entities.move_to_end(hashed, last=False)
                work -= 1
        self.formers.clear()
        return max(1, work)
