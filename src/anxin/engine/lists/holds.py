"""What people have frozen or held: a verdict on an entity until a moment."""

from __future__ import annotations

import hashlib
from heapq import heappop, heappush

import msgspec

from anxin.engine.errors import EngineError
from anxin.engine.verdict import Verdict


class HoldInvalid(EngineError):
    """A hold cannot be placed; says why."""

    code = "hold.invalid"
    zh = "无法设置冻结或暂停：{zh}"
    en = "The hold cannot be placed: {en}"


class Hold(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A measure on one entity; in force while `t < until` (ms UTC), until it is released when `until` is None.

    `entity_id` is the keyed token when the entity is personal (phone, ip). `measure` identifies the order that placed
    it: an entity may be under several, and each is released by itself.
    """

    entity_kind: str
    entity_id: str
    verdict: Verdict
    measure: str
    reason: str = ""
    placed_by: str = ""
    until: int | None = None


class HoldStore:
    """Holds by entity. A kind without any hold costs one look-up in an empty table."""

    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, tuple[Hold, ...]]] = {}
        # The moments at which a hold ends, earliest first, and whose it is; those of released ones stay till then.
        self._due: list[tuple[int, str, str]] = []

    def place(self, hold: Hold) -> None:
        """Put an entity under a measure, replacing the same measure; raise HoldInvalid for verdict allow."""
        if hold.verdict is Verdict.ALLOW:
            raise HoldInvalid(zh="判定不能是放行", en="its verdict is allow")
        if not hold.entity_kind or not hold.entity_id or not hold.measure:
            raise HoldInvalid(zh="缺少实体或措施编号", en="entity_kind, entity_id and measure are needed")
        entities = self._kinds.setdefault(hold.entity_kind, {})
        others = [each for each in entities.get(hold.entity_id, ()) if each.measure != hold.measure]
        entities[hold.entity_id] = tuple(sorted((*others, hold), key=_rank))
        if hold.until is not None:
            heappush(self._due, (hold.until, hold.entity_kind, hold.entity_id))

    def release(self, entity_kind: str, entity_id: str, measure: str | None = None) -> int:
        """End one measure on an entity, or all of them when `measure` is None; return how many ended."""
        entities = self._kinds.get(entity_kind, {})
        holds = entities.get(entity_id, ())
        kept = tuple(each for each in holds if measure is not None and each.measure != measure)
        self._keep(entity_kind, entity_id, kept)
        return len(holds) - len(kept)

    @property
    def has_any(self) -> bool:
        """Return whether any entity at all is under a measure."""
        return bool(self._kinds)

    def has_kind(self, entity_kind: str) -> bool:
        """Return whether any entity of this kind is under a measure."""
        return entity_kind in self._kinds

    def hold_for(self, entity_kind: str, entity_id: str, t: int) -> Hold | None:
        """Return the strongest hold in force at `t`; of equally strong ones the longest, or None."""
        entities = self._kinds.get(entity_kind)
        if entities is None:
            return None
        for hold in entities.get(entity_id, ()):
            if hold.until is None or t < hold.until:
                return hold
        return None

    def holds_of(self, entity_kind: str, entity_id: str) -> tuple[Hold, ...]:
        """Return all holds of an entity, strongest first, ended ones that were not yet freed included."""
        return self._kinds.get(entity_kind, {}).get(entity_id, ())

    def expire(self, t: int) -> int:
        """Free the holds that ended at or before `t`; return how many. `hold_for` answers the same before and after."""
        freed = 0
        while self._due and self._due[0][0] <= t:
            _, kind, entity_id = heappop(self._due)
            holds = self.holds_of(kind, entity_id)
            kept = tuple(each for each in holds if each.until is None or t < each.until)
            freed += len(holds) - len(kept)
            self._keep(kind, entity_id, kept)
        return freed

    def dump(self) -> list[Hold]:
        """Return all holds, in an order that depends on their content only."""
        holds = [hold for entities in self._kinds.values() for held in entities.values() for hold in held]
        return sorted(holds, key=lambda hold: (hold.entity_kind, hold.entity_id, hold.measure))

    def load(self, holds: list[Hold]) -> None:
        """Replace the whole state."""
        self._kinds.clear()
        self._due.clear()
        for hold in holds:
            self.place(hold)

    def digest(self) -> bytes:
        """Return a 32-byte digest of the content, the same whatever the order of changes."""
        return hashlib.sha256(msgspec.json.encode(self.dump())).digest()

    def _keep(self, entity_kind: str, entity_id: str, holds: tuple[Hold, ...]) -> None:
        entities = self._kinds.get(entity_kind)
        if entities is None:
            return
        if holds:
            entities[entity_id] = holds
        else:
            entities.pop(entity_id, None)
        if not entities:
            del self._kinds[entity_kind]


def _rank(hold: Hold) -> tuple[int, float, str]:
    return -int(hold.verdict), -(float("inf") if hold.until is None else hold.until), hold.measure
