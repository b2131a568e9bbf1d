"""Reads about facts, for whoever holds the machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anxin.desk.foundation.outbox.models import LaidAside

MOST = 1_000


@dataclass(frozen=True)
class LaidLine:
    """What one reader could not react to; `fault` is its kind, "" while it waits behind an earlier one of its object.

    `number` is the fact's in its organisation, or the decision's; `again_at` when it is tried again.
    """

    id: int
    reader: str
    organisation_id: str
    number: int
    kind: str
    object_id: str
    fault: str
    tries: int
    since: datetime
    again_at: datetime


def list_laid_aside() -> tuple[LaidLine, ...]:
    """Return what is laid aside of all organisations, by reader and in order; at most the first thousand."""
    rows = LaidAside.objects.order_by("reader", "organisation_id", "seq")[:MOST]
    return tuple(
        LaidLine(
            row.pk,
            row.reader,
            row.organisation_id,
            row.seq,
            row.kind,
            row.object_id,
            row.fault,
            row.tries,
            row.at,
            row.again_at,
        )
        for row in rows
    )
