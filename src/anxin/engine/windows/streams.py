"""The entities of one stream of the reference, and those that still lie as an earlier plan kept them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from anxin.engine.windows.adoption import Rewriter
from anxin.engine.windows.asks import Ask
from anxin.engine.windows.entity import Entity
from anxin.engine.windows.formers import Former, Part, Whole
from anxin.engine.windows.layout import StreamLayout
from anxin.engine.windows.plan import WindowPlan
from anxin.engine.windows.running import Running
from anxin.engine.windows.state import entities_of


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
        return len(self.entities) + sum(len(each.kept) for each in self.formers)

    def items(self) -> Iterator[tuple[int, Entity]]:
        """Yield all entities, coldest first, as this stream keeps them; nothing comes over by it."""
        for at, former in enumerate(self.formers):
            for hashed, entity in former.kept.items():
                yield hashed, self._renewed(at, entity)
        yield from self.entities.items()

    def _renewed(self, at: int, entity: Entity) -> Entity:
        """Return an entity of former number `at` as this stream keeps it."""
        made = entity
        for former in self.formers[at:]:
            if former.rewriter is not None:
                made = former.rewriter.renewed(made)
        return entity.copy() if made is entity else made

    def load(self, block: bytes) -> None:
        """Put the entities of a block of records at the warm end."""
        for hashed, entity in entities_of(self.layout, block):
            self.entities[hashed] = entity
            self.capped += entity.is_capped

    def find(self, hashed: int) -> Entity | None:
        """Return an entity as this stream keeps it, and leave it where it lies."""
        for at, former in enumerate(self.formers):
            found = former.kept.get(hashed)
            if found is not None:
                return self._renewed(at, found)
        return self.entities.get(hashed)

    def recall(self, hashed: int) -> Entity | None:
        """Let an entity of an earlier plan that is touched come over; return None when there is none."""
        for at, former in enumerate(self.formers):
            found = former.kept.pop(hashed)
            if found is not None:
                entity = self.entities[hashed] = self._renewed(at, found)
                return entity
        return None

    def coldest(self) -> Entity | None:
        """Return the least recently touched entity as this stream keeps it."""
        for at, former in enumerate(self.formers):
            found = former.kept.coldest()
            if found is not None:
                return self._renewed(at, found[1])
        return next(iter(self.entities.values()), None)

    def forget_coldest(self) -> None:
        """Forget the least recently touched entity."""
        for former in self.formers:
            found = former.kept.pop_end(is_warm=False)
            if found is not None:
                break
        else:
            found = self.entities.popitem(last=False)
        self.capped -= found[1].is_capped

    def take(self, other: Stream, rewriter: Rewriter | None, *, is_shared: bool) -> None:
        """Take over the entities of another stream as they lie; without a rewriter both keep the very same state.

        When another stream will take them too, each gets a part in them.
        """
        self.evicted, self.capped = other.evicted, other.capped
        if is_shared:
            self.formers, other.formers = other.parted()
            other.entities = OrderedDict()
        else:
            self.formers, other.formers = other.formers, []
            self.entities, other.entities = other.entities, OrderedDict()
            other.evicted = other.capped = 0
        if rewriter is not None:
            self.formers.append(Former(Whole(self.entities), rewriter))
            self.entities = OrderedDict()

    def parted(self) -> tuple[list[Former], list[Former]]:
        """Return all entities twice, as formers."""
        mine, theirs = [], []
        for each in [*self.formers, Former(Whole(self.entities), None)]:
            one, other = Part.pair(each.kept)
            mine.append(Former(one, each.rewriter))
            theirs.append(Former(other, each.rewriter))
        return mine, theirs

    def carry(self, work: int) -> int:
        """Let entities of earlier plans come over, warmest first; return what is left of `work`, 0 if more is left."""
        for at in range(len(self.formers) - 1, -1, -1):
            kept = self.formers[at].kept
            while len(kept):
                if work <= 0:
                    return 0
                found = kept.pop_end(is_warm=True)
                assert found is not None
                self.entities[found[0]] = self._renewed(at, found[1])
                self.entities.move_to_end(found[0], last=False)
                work -= 1
        self.formers.clear()
        return max(1, work)
