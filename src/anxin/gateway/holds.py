"""What is frozen or listed about one entity."""

from __future__ import annotations

import msgspec

from anxin.engine.decide import Engine
from anxin.gateway.problems import KindNotFound


class HoldView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One measure in force; `until` is ms UTC, None until released."""

    verdict: str
    measure: str
    reason: str
    until: int | None = None


class ListingView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One list the entity is on; `until` is ms UTC, None without end."""

    list: str
    colour: str
    reason: str
    until: int | None = None


class EntityStanding(msgspec.Struct, frozen=True):
    """The whole answer; `verdict` is the strongest hold's, or allow."""

    entity_kind: str
    verdict: str
    holds: list[HoldView]
    lists: list[ListingView]


def render_holds(engine: Engine, kind: str, entity_id: str, *, now: int) -> bytes:
    """Return the entity's standing as JSON; raise KindNotFound for an unknown kind of entity."""
    if kind not in engine.schema.entities:
        kinds = ", ".join(engine.schema.entities)
        raise KindNotFound(kind=kind[:64], kinds=kinds)
    value = engine.entity_key(kind, entity_id)
    holds = [
        HoldView(hold.verdict.word, hold.measure, hold.reason, hold.until)
        for hold in engine.holds.holds_of(kind, value)
        if hold.until is None or now < hold.until
    ]
    listings = []
    for name in engine.lists.names():
        entry = engine.lists.find(name, value, now)
        if entry is not None:
            listings.append(ListingView(name, engine.lists.colour(name), entry.reason, entry.expires_at))
    verdict = holds[0].verdict if holds else "allow"
    return msgspec.json.encode(EntityStanding(kind, verdict, holds, listings))
