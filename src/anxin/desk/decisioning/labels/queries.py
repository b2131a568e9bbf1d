"""Reads of labels: which were given, and how far they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from anxin.desk.decisioning.labels.models import GivenLabel
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require

VIEW = "label.view"
MOST_ROWS = 100


@dataclass(frozen=True)
class LabelLine:
    """One label; `decision_seq` None for a label about an entity."""

    id: str
    cause_kind: str
    cause_id: str
    event_id: str
    decision_seq: int | None
    entity_kind: str
    entity_key: str
    label: str
    at: datetime
    state: str
    attempts: int
    answer: str
    taken_at: datetime | None


def list_labels(*, by: Actor, state: str = "", before: str = "") -> tuple[tuple[LabelLine, ...], str]:
    """Return a page of labels, newest first, and where the next page begins ("": nowhere)."""
    require(by, VIEW)
    rows = GivenLabel.objects.filter(organisation_id=by.organisation_id)
    rows = rows.filter(state=state) if state in GivenLabel.State.values else rows
    rows = rows.filter(id__lt=before) if before else rows
    found = list(rows.order_by("-id")[: MOST_ROWS + 1])
    lines = tuple(_line(each) for each in found[:MOST_ROWS])
    return lines, found[MOST_ROWS - 1].id if len(found) > MOST_ROWS else ""


def count_labels(*, by: Actor) -> Mapping[str, int]:
    """Return how many labels stand how."""
    require(by, VIEW)
    rows = GivenLabel.objects.filter(organisation_id=by.organisation_id).order_by()
    return dict(rows.values_list("state").annotate(n=Count("id")))


def _line(row: GivenLabel) -> LabelLine:
    return LabelLine(
        id=row.id,
        cause_kind=row.cause_kind,
        cause_id=row.cause_id,
        event_id=row.event_id,
        decision_seq=row.decision_seq,
        entity_kind=row.entity_kind,
        entity_key=row.entity_key,
        label=row.label,
        at=row.at,
        state=row.state,
        attempts=row.attempts,
        answer=row.answer,
        taken_at=row.taken_at,
    )
