"""The sites that somebody may narrow a report to."""

from __future__ import annotations

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Site


def sites_of(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return (id, name) of the open sites that the actor works for."""
    rows = Site.objects.filter(organisation_id=by.organisation_id, closed_at=None)
    rows = rows.filter(pk__in=by.sites) if by.sites is not None else rows
    return tuple(rows.order_by("name").values_list("id", "name")[:200])
