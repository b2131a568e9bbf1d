"""Who and what an entity is linked with: two steps, the strongest links first, never more than one can read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from anxin.desk.decisioning.decisions.models import Entity, EntityLink
from anxin.desk.decisioning.decisions.risk import RiskLevel, risk_now
from anxin.desk.decisioning.decisions.scope import Scope
from anxin.desk.decisioning.entities.access import access_entity, is_in_scope
from anxin.desk.decisioning.entities.profile import EntityName, name_entities, risk_of
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import from_ms, to_ms

NEAR = 40
FAR_OF_EACH = 8
MOST_NODES = 120
SHARED_BY_MANY = 60
"""A thing with more links than this is shown, and not walked through: it would link everybody with everybody."""
_READ = 600


@dataclass(frozen=True)
class Node:
    """An entity in the graph; `step` 0 is the one asked for. `links` is how many it has in all."""

    name: EntityName
    step: int
    level: RiskLevel
    links: int
    is_expanded: bool


@dataclass(frozen=True)
class Edge:
    """Two nodes, by place in `Graph.nodes`, met `count` times."""

    one: int
    other: int
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Graph:
    """Nodes, nearest first, and the edges between them; `is_whole` says that no link of the first step is left out."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    is_whole: bool


def list_links(*, kind: str, key: str, by: Actor, at: datetime) -> Graph:
    """Return the entity's surroundings; raise Forbidden or NotFound."""
    found = access_entity(kind=kind, key=key, by=by)
    root, scope = found.row, found.scope
    near = _links_of([root.pk], limit=_READ)
    near.sort(key=lambda link: (-link.last_at, link.entity_id, link.other_id))
    chosen = near[:NEAR]
    entities = _entities({_other(link, root.pk) for link in chosen}, scope)
    steps = dict.fromkeys(entities, 1) | {root.pk: 0}
    walked = [row.pk for row in entities.values() if row.links <= SHARED_BY_MANY]
    far = _far_links(walked, steps)
    beyond = {pk for link in far for pk in (link.entity_id, link.other_id)} - set(steps)
    entities |= _entities(set(sorted(beyond)[: MOST_NODES - len(steps)]), scope)
    entities[root.pk] = root
    steps |= {pk: 2 for pk in entities if pk not in steps}
    return _graph(entities, steps, [*chosen, *far], by=by, scope=scope, at=at, is_whole=len(near) <= NEAR)


def _far_links(walked: list[int], steps: dict[int, int]) -> list[EntityLink]:
    """Return the latest links of the near entities, a few of each, and all between them."""
    taken: dict[int, int] = {}
    kept = []
    links = _links_of(walked, limit=_READ * 4)
    for link in sorted(links, key=lambda each: (-each.last_at, each.entity_id, each.other_id)):
        ends = (link.entity_id, link.other_id)
        fresh = [end for end in ends if end not in steps]
        source = link.other_id if fresh == [link.entity_id] else link.entity_id
        if not fresh:
            kept.append(link)
        elif taken.get(source, 0) < FAR_OF_EACH:
            taken[source] = taken.get(source, 0) + 1
            kept.append(link)
    return kept


def _links_of(ids: list[int], *, limit: int) -> list[EntityLink]:
    if not ids:
        return []
    out = EntityLink.objects.filter(entity_id__in=ids)[:limit]
    back = EntityLink.objects.filter(other_id__in=ids)[:limit]
    return list({(link.entity_id, link.other_id): link for link in (*out, *back)}.values())


def _entities(ids: Iterable[int], scope: Scope) -> dict[int, Entity]:
    return {row.pk: row for row in Entity.objects.filter(pk__in=list(ids)) if is_in_scope(row, scope)}


def _graph(
    entities: dict[int, Entity],
    steps: dict[int, int],
    links: list[EntityLink],
    *,
    by: Actor,
    scope: Scope,
    at: datetime,
    is_whole: bool,
) -> Graph:
    names = name_entities(entities.values(), scope, by=by)
    order = sorted(entities, key=lambda pk: (steps[pk], -entities[pk].last_at, pk))
    places = {pk: place for place, pk in enumerate(order)}
    nodes = tuple(_node(entities[pk], names[pk], steps[pk], at) for pk in order)
    edges = {
        (link.entity_id, link.other_id): Edge(
            places[link.entity_id], places[link.other_id], link.count, from_ms(link.first_at), from_ms(link.last_at)
        )
        for link in links
        if link.entity_id in places and link.other_id in places
    }
    return Graph(nodes, tuple(edges.values()), is_whole)


def _node(row: Entity, name: EntityName, step: int, at: datetime) -> Node:
    level, _ = risk_now(risk_of(row), to_ms(at))
    return Node(name, step, level, row.links, is_expanded=step == 0 or (step == 1 and row.links <= SHARED_BY_MANY))


def _other(link: EntityLink, pk: int) -> int:
    return link.other_id if link.entity_id == pk else link.entity_id
