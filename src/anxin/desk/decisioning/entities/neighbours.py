"""What two entities are both linked with."""

from __future__ import annotations

from anxin.desk.decisioning.decisions.models import Entity, EntityLink
from anxin.desk.decisioning.decisions.scope import Scope
from anxin.desk.decisioning.entities.access import is_in_scope
from anxin.desk.decisioning.entities.profile import EntityName, name_entities
from anxin.desk.foundation.edge.actor import Actor

MOST_SHARED = 50
_MOST_LINKS = 1000


def shared_neighbours(one: int, other: int, scope: Scope, *, by: Actor) -> tuple[EntityName, ...]:
    """Return the entities linked with both, least shared first: a card tells more than a campus network."""
    ids = neighbours_of(one) & neighbours_of(other)
    rows = [row for row in Entity.objects.filter(pk__in=ids) if is_in_scope(row, scope)]
    rows.sort(key=lambda row: (row.links, row.pk))
    names = name_entities(rows[:MOST_SHARED], scope, by=by)
    return tuple(names[row.pk] for row in rows[:MOST_SHARED])


def neighbours_of(entity_id: int) -> set[int]:
    """Return the ids of the entities linked with one."""
    out = EntityLink.objects.filter(entity_id=entity_id).values_list("other_id", flat=True)[:_MOST_LINKS]
    back = EntityLink.objects.filter(other_id=entity_id).values_list("entity_id", flat=True)[:_MOST_LINKS]
    return {*out, *back}
