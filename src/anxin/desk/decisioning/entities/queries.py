"""Reads of entities: one, its risk and course, two side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anxin.desk.decisioning.decisions.models import EntityLink, RiskPoint
from anxin.desk.decisioning.decisions.risk import RiskLevel
from anxin.desk.decisioning.entities.access import FoundEntity, access_entity
from anxin.desk.decisioning.entities.neighbours import shared_neighbours
from anxin.desk.decisioning.entities.profile import (
    EntityName,
    EntityView,
    ReasonLine,
    RiskView,
    name_entities,
    orders_in_force,
    view_entity,
    view_reasons,
)
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import from_ms

MOST_POINTS = 200


@dataclass(frozen=True)
class CoursePoint:
    """The risk from a moment on, and the reasons that made it."""

    at: datetime
    level: RiskLevel
    score: float
    reasons: tuple[ReasonLine, ...]


@dataclass(frozen=True)
class RiskCourse:
    """The risk now, and how it came about, oldest point first; `is_whole` is False when earlier points are left out."""

    now: RiskView
    points: tuple[CoursePoint, ...]
    is_whole: bool


@dataclass(frozen=True)
class Comparison:
    """Two entities side by side: what both are linked with, and how often they met directly."""

    one: EntityView
    other: EntityView
    shared: tuple[EntityName, ...]
    met: int


def last_change(*, kind: str, key: str, by: Actor) -> int:
    """Return the place in the log where an entity was named last; raise Forbidden or NotFound."""
    return access_entity(kind=kind, key=key, by=by).row.last_seq


def get_entity(*, kind: str, key: str, by: Actor, at: datetime) -> EntityView:
    """Return an entity as it is at a moment; raise Forbidden or NotFound."""
    return _view(access_entity(kind=kind, key=key, by=by), by, at)


def get_risk(*, kind: str, key: str, by: Actor, at: datetime) -> RiskCourse:
    """Return an entity's risk and its course; raise Forbidden or NotFound."""
    found = access_entity(kind=kind, key=key, by=by)
    rows = list(RiskPoint.objects.filter(entity_id=found.row.pk).order_by("-seq")[: MOST_POINTS + 1])
    points = tuple(
        CoursePoint(from_ms(row.at), RiskLevel(row.level), row.score, view_reasons(row.reasons))
        for row in reversed(rows[:MOST_POINTS])
    )
    return RiskCourse(_view(found, by, at).risk, points, len(rows) <= MOST_POINTS)


def compare_entities(*, one: tuple[str, str], other: tuple[str, str], by: Actor, at: datetime) -> Comparison:
    """Return two entities (kind, key) side by side; raise Forbidden or NotFound."""
    first = access_entity(kind=one[0], key=one[1], by=by)
    second = access_entity(kind=other[0], key=other[1], by=by)
    low, high = sorted((first.row.pk, second.row.pk))
    link = EntityLink.objects.filter(entity_id=low, other_id=high).first()
    return Comparison(
        one=_view(first, by, at),
        other=_view(second, by, at),
        shared=shared_neighbours(first.row.pk, second.row.pk, first.scope, by=by),
        met=link.count if link is not None else 0,
    )


def _view(found: FoundEntity, by: Actor, at: datetime) -> EntityView:
    row = found.row
    orders = orders_in_force([row], found.scope, at).get(row.pk, ())
    name = name_entities([row], found.scope, by=by)[row.pk]
    return view_entity(row, name, orders, at, whole=found.is_whole)
