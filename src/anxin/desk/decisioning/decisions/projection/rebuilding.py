"""Fold a log anew beside the projection in use, put it in its place, and clear away the old rows bit by bit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction

from anxin.desk.decisioning.decisions.ids import entity_range, origin_id, row_range
from anxin.desk.decisioning.decisions.models import (
    ArrivalHour,
    Decision,
    DecisionEntity,
    DecisionLabel,
    DecisionRule,
    Entity,
    EntityLink,
    EntityOrder,
    LogNote,
    Origin,
    Projection,
    PublishedPolicy,
    RiskPoint,
    SealedRecord,
    SearchTerm,
)
from anxin.desk.decisioning.decisions.projection.projector import Projector, Source
from anxin.desk.decisioning.decisions.projection.tables import PROJECTION
from anxin.engine.log.keys import KeyRing

CLEARED_AT_ONCE = 5_000
"""Rows deleted in a transaction: some 20 ms."""
_BY_ROW: tuple[tuple[type[models.Model], str], ...] = (
    (Decision, "id"),
    (SealedRecord, "decision_id"),
    (DecisionLabel, "id"),
    (PublishedPolicy, "id"),
    (LogNote, "id"),
    (EntityOrder, "id"),
)
_BY_ENTITY: tuple[tuple[type[models.Model], str], ...] = (
    (DecisionEntity, "entity_id"),
    (EntityLink, "entity_id"),
    (RiskPoint, "entity_id"),
    (Entity, "id"),
)


@dataclass(frozen=True)
class Progress:
    """How far a rebuild is: `done` of `last` records of the log as it was at the start."""

    done: int
    last: int

    @property
    def share(self) -> float:
        """Return 0 to 1."""
        return min(1.0, self.done / self.last) if self.last else 1.0


def rebuild(source: Source, ring: KeyRing, *, at: datetime) -> Iterator[Progress]:
    """Rebuild an organisation's projection from its log, yielding after each batch.

    The old one is read until the last step; whoever stops in between only has to begin again.
    """
    clear_away(source.organisation_id)
    fresh = Projection.objects.create(organisation_id=source.organisation_id, is_current=False)
    projector = Projector(source, ring, projection_id=fresh.pk)
    last = projector.last_logged()
    while projector.step(at=at):
        yield Progress(projector.position, last)
    put_in_place(fresh.pk)
    clear_away(source.organisation_id)
    yield Progress(projector.position, projector.position)


def put_in_place(projection_id: int) -> None:
    """Make a projection the one that is read; both change at once."""
    with transaction.atomic(using=PROJECTION):
        fresh = Projection.objects.select_for_update().get(pk=projection_id)
        current = Projection.objects.filter(organisation_id=fresh.organisation_id, is_current=True)
        current.exclude(pk=fresh.pk).update(is_current=False)
        Projection.objects.filter(pk=fresh.pk).update(is_current=True)


def clear_away(organisation_id: str) -> None:
    """Delete every projection of the organisation that is not read."""
    for row in Projection.objects.filter(organisation_id=organisation_id, is_current=False):
        # Whoever still writes into it is refused from here on.
        Projection.objects.filter(pk=row.pk, is_current=False).delete()
        for _ in _clear(row.pk):
            pass


def _clear(projection_id: int) -> Iterator[int]:
    rows, entities = row_range(projection_id), entity_range(projection_id)
    for model, column in _BY_ROW:
        yield from _clear_range(model, column, *rows)
    for model, column in _BY_ENTITY:
        yield from _clear_range(model, column, *entities)
    yield from _clear_terms(*rows)
    yield from _clear_range(Origin, "id", origin_id(projection_id, 0), origin_id(projection_id + 1, 0))
    for model in (ArrivalHour, DecisionRule):
        yield model._default_manager.filter(projection_id=projection_id).delete()[0]


def _clear_range(model: type[models.Model], column: str, start: int, end: int) -> Iterator[int]:
    rows = model._default_manager.filter(**{f"{column}__lt": end})
    while True:
        ahead = rows.filter(**{f"{column}__gte": start}).order_by(column).values_list(column, flat=True)
        border = next(iter(ahead[CLEARED_AT_ONCE : CLEARED_AT_ONCE + 1]), None)
        # Many rows of one key go together: at least one key goes each time.
        until = end if border is None else max(border, start + 1)
        yield rows.filter(**{f"{column}__gte": start, f"{column}__lt": until}).delete()[0]
        if border is None:
            return
        start = until


def _clear_terms(start: int, end: int) -> Iterator[int]:
    """Walk the terms of all projections in order: they are not sorted by projection."""
    term = -1
    while True:
        ahead = SearchTerm.objects.filter(term__gt=term).order_by("term").values_list("term", flat=True)
        border = next(iter(ahead[CLEARED_AT_ONCE : CLEARED_AT_ONCE + 1]), None)
        rows = SearchTerm.objects.filter(term__gt=term, decision_id__gte=start, decision_id__lt=end)
        yield (rows if border is None else rows.filter(term__lte=border)).delete()[0]
        if border is None:
            return
        term = border
