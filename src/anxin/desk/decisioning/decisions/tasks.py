"""What the worker and the command line do with projections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from anxin.desk.decisioning.decisions.keys import key_ring
from anxin.desk.decisioning.decisions.projection.following import Follower
from anxin.desk.decisioning.decisions.projection.projector import BATCH, Source
from anxin.desk.decisioning.decisions.projection.rebuilding import Progress, rebuild
from anxin.desk.decisioning.decisions.retention import let_go_bodies
from anxin.desk.decisioning.decisions.row_retention import let_go_decisions
from anxin.desk.foundation.edge.duties import Duty
from anxin.desk.foundation.organisations.models import Organisation


@cache
def _follower() -> Follower:
    return Follower()


def project_logs(at: datetime) -> int:
    """Project what the gateway logged since, up to a batch of each organisation; return how many records."""
    return _follower().run(at)


def rebuild_projection(slug: str, *, at: datetime) -> Iterator[Progress]:
    """Rebuild an organisation's projection from nothing, yielding its progress; the old one is read until the end."""
    organisation = Organisation.objects.get(slug=slug)
    return rebuild(Source(organisation.pk, organisation.slug), key_ring(), at=at)


DUTIES: tuple[Duty, ...] = (
    Duty("decisions.project", 0.2, project_logs, BATCH),
    Duty("decisions.retain", 600.0, let_go_bodies),
    Duty("decisions.retain_rows", 600.0, let_go_decisions),
)
