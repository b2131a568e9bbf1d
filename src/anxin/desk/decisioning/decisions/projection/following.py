"""Keep the projections of all organisations up with their logs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connections

from anxin.desk.decisioning.decisions.keys import key_ring
from anxin.desk.decisioning.decisions.models import Projection
from anxin.desk.decisioning.decisions.projection.errors import LogWentBack, ProjectionMoved
from anxin.desk.decisioning.decisions.projection.projector import Projector, Source
from anxin.desk.decisioning.decisions.projection.rebuilding import Progress, rebuild
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.edge.duties import one_by_one
from anxin.desk.foundation.edge.prepared import Prepared
from anxin.desk.foundation.live.marks import set_mark
from anxin.desk.foundation.organisations.models import Organisation
from anxin.engine.errors import EngineError

JOURNAL = logging.getLogger("anxin.desk.projection")
MARK_EVERY = timedelta(seconds=1)
_ORGANISATIONS = Prepared(lambda: Organisation.objects.order_by("id").values_list("id", "slug"))
"""Prepared, as it is asked five times a second."""


class Follower:
    """Follows every organisation's log; one per process, and one process at a time gets on."""

    def __init__(self) -> None:
        self._projectors: dict[int, Projector] = {}
        self._rebuilds: dict[str, Iterator[Progress]] = {}
        self._marked: dict[str, tuple[datetime, int]] = {}

    def run(self, at: datetime) -> int:
        """Project up to a batch of each organisation; return how many records. Raise nothing that waiting may mend."""
        try:
            return one_by_one(sources(), lambda each: self._step(each, at), at=at)
        except (OperationalError, InterfaceError) as problem:
            # Locked or gone: nothing is half done, and the next run begins where the database stands.
            JOURNAL.warning("projection.database_unavailable reason=%s", type(problem).__name__)
            for connection in connections.all(initialized_only=True):
                if not connection.in_atomic_block:
                    connection.close_if_unusable_or_obsolete()
            return 0

    def _step(self, source: Source, at: datetime) -> int:
        if source.organisation_id in self._rebuilds:
            return self._rebuild_on(source)
        row = Projection.objects.filter(organisation_id=source.organisation_id, is_current=True).first()
        if row is None:
            row, _ = Projection.objects.get_or_create(organisation_id=source.organisation_id, is_current=True)
        projector = self._projectors.get(row.pk)
        if projector is None:
            projector = self._projectors[row.pk] = Projector(source, key_ring(), projection_id=row.pk)
        try:
            count = projector.step(at=at)
        except ProjectionMoved:
            return 0
        except LogWentBack as problem:
            self._tell(row, source, problem, at)
            self._rebuilds[source.organisation_id] = rebuild(source, key_ring(), at=at)
            return 1
        except EngineError as problem:
            self._tell(row, source, problem, at)
            return 0
        if row.fault:
            Projection.objects.filter(pk=row.pk).update(fault="", fault_at=None)
        self._mark(source.organisation_id, projector.position, at)
        return count

    def _mark(self, organisation_id: str, position: int, at: datetime) -> None:
        """Let open screens know that there is something newer, at most once a second."""
        marked_at, place = self._marked.get(organisation_id, (None, 0))
        if position != place and (marked_at is None or at - marked_at >= MARK_EVERY):
            set_mark(organisation_id, ("decisions", "entities"), position)
            self._marked[organisation_id] = at, position

    def _rebuild_on(self, source: Source) -> int:
        if next(self._rebuilds[source.organisation_id], None) is None:
            del self._rebuilds[source.organisation_id]
            JOURNAL.warning("projection.rebuilt organisation=%s", source.slug)
        return 1

    def _tell(self, row: Projection, source: Source, problem: EngineError, at: datetime) -> None:
        """Keep the fault where the health page sees it; in the journal once, not at every attempt."""
        if row.fault != problem.code:
            JOURNAL.error("%s organisation=%s: %s", problem.code, source.slug, problem.sentence("en"))
            Projection.objects.filter(pk=row.pk).update(fault=problem.code, fault_at=to_ms(at))


def sources() -> list[Source]:
    """Return whose logs are followed."""
    return [Source(organisation_id, slug) for organisation_id, slug in _ORGANISATIONS.values()]
