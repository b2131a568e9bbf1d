"""Give labels: stored with the change they follow from, posted by the worker afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anxin.desk.decisioning.labels.models import GivenLabel
from anxin.desk.foundation.audit.actions import Detail, record_entry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.ids import new_id

FRAUD, LEGITIMATE = "fraud", "legitimate"


@dataclass(frozen=True)
class Labelled:
    """What a label is about: a decided event with its place in the log, or an entity by kind and the platform's id."""

    event_id: str = ""
    decision_seq: int | None = None
    entity_kind: str = ""
    entity_key: str = ""


@dataclass(frozen=True)
class Cause:
    """What labels follow from: `kind` incident or measure, its id, and when it was known."""

    kind: str
    id: str
    at: datetime


@transaction.atomic
def give_labels(cause: Cause, labelled: Sequence[Labelled], *, is_fraud: bool, by: Actor, at: datetime) -> int:
    """Give one label to everything a cause is about; what was given before stays one. Return how many are new."""
    label = FRAUD if is_fraud else LEGITIMATE
    fresh = [each for each in labelled if not _known(cause, each, label, by)]
    if not fresh:
        return 0
    details: dict[str, Detail] = {"label": label, "n": len(fresh)}
    record_entry("label.give", by=by, at=at, on=(cause.kind, cause.id), details=details)
    GivenLabel.objects.bulk_create(
        [
            GivenLabel(
                id=new_id("lab", at=at),
                organisation_id=by.organisation_id,
                cause_kind=cause.kind,
                cause_id=cause.id,
                event_id=each.event_id,
                decision_seq=each.decision_seq,
                entity_kind=each.entity_kind,
                entity_key=each.entity_key,
                label=label,
                is_fraud=is_fraud,
                at=cause.at,
                state=GivenLabel.State.WAITING,
                next_at=at,
            )
            for each in fresh
        ]
    )
    return len(fresh)


def _known(cause: Cause, each: Labelled, label: str, by: Actor) -> bool:
    return GivenLabel.objects.filter(
        organisation_id=by.organisation_id,
        cause_id=cause.id,
        label=label,
        at=cause.at,
        event_id=each.event_id,
        entity_kind=each.entity_kind,
        entity_key=each.entity_key,
    ).exists()
