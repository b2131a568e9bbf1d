"""The door to one entity."""

from __future__ import annotations

from dataclasses import dataclass

from anxin.desk.decisioning.decisions.models import DecisionEntity, Entity
from anxin.desk.decisioning.decisions.projection.entity_states import MANY_ORIGINS
from anxin.desk.decisioning.decisions.scope import Scope, get_scope
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require


@dataclass(frozen=True)
class FoundEntity:
    """An entity that the actor may see; `is_whole` says that nothing of it lies outside of her sites."""

    scope: Scope
    row: Entity
    is_whole: bool


def access_entity(*, kind: str, key: str, by: Actor, permission: str = "entity.view") -> FoundEntity:
    """Return the entity of a kind and key; raise Forbidden, or NotFound when it is not there or not in scope."""
    require(by, permission)
    scope = get_scope(by)
    row = Entity.objects.filter(projection_id=scope.projection_id, key=key, kind=kind).first()
    if row is None or not is_in_scope(row, scope):
        raise NotFound
    return FoundEntity(scope, row, is_whole(row, scope))


def is_in_scope(row: Entity, scope: Scope) -> bool:
    """Return whether the entity was ever met at an origin in scope."""
    if scope.origins is None:
        return True
    if row.origins != MANY_ORIGINS:
        return any(int(number) in scope.origins for number in row.origins.split(",") if number)
    return DecisionEntity.objects.filter(entity_id=row.pk, origin__in=scope.origins).exists()


def is_whole(row: Entity, scope: Scope) -> bool:
    """Return whether all of the entity lies in scope."""
    if scope.origins is None:
        return True
    return row.origins != MANY_ORIGINS and all(int(each) in scope.origins for each in row.origins.split(",") if each)
