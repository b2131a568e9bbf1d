"""Reads of batches: how each target fared, and what protects many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from anxin.desk.foundation.edge.actor import Actor, Grade
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.measures.batches.access import access_batch
from anxin.desk.operations.measures.catalogue import measures
from anxin.desk.operations.measures.models import ActionRequest, Batch, BatchItem

MOST_ROWS = 200


@dataclass(frozen=True)
class BatchLine:
    """One batch, with how many of its targets are open, ordered, refused and taken back."""

    id: str
    incident_id: str
    kind: str
    words: Words
    reason: str
    state: str
    requested_label: str
    requested_at: datetime
    undone_at: datetime | None
    open: int
    ordered: int
    refused: int
    undone: int
    can_undo: bool

    @property
    def total(self) -> int:
        """Return how many targets it has."""
        return self.open + self.ordered + self.refused + self.undone


@dataclass(frozen=True)
class ItemLine:
    """One target: `outcome` open, ordered, refused or undone, `refusal` a code; `state` is the measure's own."""

    place: int
    entity_kind: str
    entity_key: str
    outcome: str
    refusal: str
    measure_id: str
    state: str


def get_batch(*, batch_id: str, by: Actor) -> BatchLine:
    """Return one batch; raise Forbidden, NotFound."""
    return _line(access_batch(batch_id=batch_id, by=by), by)


def list_items(
    *, batch_id: str, by: Actor, after: int = -1, limit: int = MOST_ROWS
) -> tuple[tuple[ItemLine, ...], int | None]:
    """Return a page of its targets, and the place to go on after (None: nothing more)."""
    batch = access_batch(batch_id=batch_id, by=by)
    rows = list(BatchItem.objects.filter(batch=batch, place__gt=after).order_by("place")[: limit + 1])
    shown = rows[:limit]
    ids = [each.measure_id for each in shown if each.measure_id]
    states = dict(ActionRequest.objects.filter(pk__in=ids).values_list("id", "state"))
    lines = tuple(
        ItemLine(
            each.place,
            each.entity_kind,
            each.entity_key,
            each.outcome,
            each.refusal,
            each.measure_id,
            states.get(each.measure_id, ""),
        )
        for each in shown
    )
    return lines, shown[-1].place if len(rows) > limit else None


def list_batches(*, incident_id: str, by: Actor, limit: int = 10) -> tuple[BatchLine, ...]:
    """Return the latest batches of an incident."""
    require(by, "entity.view")
    rows = Batch.objects.filter(organisation_id=by.organisation_id, incident_id=incident_id).order_by("-id")[:limit]
    return tuple(_line(row, by) for row in rows)


def standing_kinds(keys: Iterable[tuple[str, str]], *, by: Actor) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return the kinds of measures that stand for each entity (kind, key), in one query."""
    require(by, "entity.view")
    wanted = set(keys)
    rows = ActionRequest.objects.filter(
        organisation_id=by.organisation_id,
        entity_kind__in={kind for kind, _ in wanted},
        entity_key__in={key for _, key in wanted},
        ended_at=None,
    ).exclude(state=ActionRequest.State.WAITING)
    found = defaultdict[tuple[str, str], list[str]](list)
    for kind, key, measure in rows.order_by("id").values_list("entity_kind", "entity_key", "kind")[:2000]:
        found[kind, key].append(measure)
    return {each: tuple(found[each]) for each in wanted if each in found}


def list_unfinished(*, limit: int = 20, besides: Iterable[object] = ()) -> tuple[tuple[str, str], ...]:
    """Return (batch, organisation) of those with targets left, oldest first."""
    rows = Batch.objects.filter(state=Batch.State.UNDER_WAY).exclude(pk__in=list(besides)).order_by("id")
    return tuple(rows.values_list("id", "organisation_id")[:limit])


def _line(row: Batch, by: Actor) -> BatchLine:
    counts = dict(row.items.order_by().values_list("outcome").annotate(n=Count("id")))
    is_over = row.state in (Batch.State.UNDONE, Batch.State.DECLINED, Batch.State.WAITING)
    release = by.grant("freeze.release")
    may = row.requested_by == by.person_id or (release is not None and release.grade.rank >= Grade.LIMITED.rank)
    return BatchLine(
        id=row.id,
        incident_id=row.incident_id,
        kind=row.kind,
        words=measures()[row.kind].words,
        reason=row.reason,
        state=row.state,
        requested_label=row.requested_label,
        requested_at=row.requested_at,
        undone_at=row.undone_at,
        open=counts.get("open", 0),
        ordered=counts.get("ordered", 0),
        refused=counts.get("refused", 0),
        undone=counts.get("undone", 0),
        can_undo=may and not is_over and bool(counts.get("ordered") or counts.get("open")),
    )
