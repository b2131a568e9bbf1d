"""What an actor sees of the projection: the current one of her organisation, and the origins of her sites."""

from __future__ import annotations

from dataclasses import dataclass

from anxin.desk.decisioning.decisions.ids import ORIGIN_BITS, entity_range, row_range
from anxin.desk.decisioning.decisions.models import Origin, Projection
from anxin.desk.decisioning.decisions.projection.tables import PROJECTION
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.prepared import Prepared
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.organisations.models import Site

_ANY = "*"
_CURRENT = Prepared(
    lambda owner: Projection.objects.filter(organisation_id=owner, is_current=True).values_list("pk"),
    using=PROJECTION,
)
"""Prepared, as a page about a person asks it several times."""


@dataclass(frozen=True)
class Scope:
    """`origins` are the numbers an actor may see, None for all of them."""

    organisation_id: str
    projection_id: int
    origins: frozenset[int] | None

    @property
    def rows(self) -> tuple[int, int]:
        """Return the first row id of the projection and the first beyond."""
        return row_range(self.projection_id)

    @property
    def entities(self) -> tuple[int, int]:
        """Return the first entity id of the projection and the first beyond."""
        return entity_range(self.projection_id)

    def sees(self, origin: int) -> bool:
        """Return whether the actor may see what came from an origin."""
        return self.origins is None or origin in self.origins


def find_scope(by: Actor) -> Scope | None:
    """Return the scope, None as long as nothing was projected for the organisation."""
    for (number,) in _CURRENT.values(by.organisation_id):
        return Scope(by.organisation_id, number, None if by.sites is None else _origins_of(number, by))
    return None


def get_scope(by: Actor) -> Scope:
    """Return the scope; raise NotFound as long as nothing was projected."""
    found = find_scope(by)
    if found is None:
        raise NotFound
    return found


def _origins_of(projection_id: int, by: Actor) -> frozenset[int]:
    sites = list(Site.objects.filter(organisation_id=by.organisation_id, pk__in=by.sites or ()))
    return frozenset(
        origin.pk & ((1 << ORIGIN_BITS) - 1)
        for origin in Origin.objects.filter(projection_id=projection_id)
        if any(covers(site, origin) for site in sites)
    )


def covers(site: Site, origin: Origin) -> bool:
    """Return whether an origin belongs to a site; what an event does not say belongs to `*` only."""
    return (
        site.platform in (_ANY, origin.platform)
        and site.business_line in (_ANY, origin.business_line)
        and site.region in (_ANY, origin.region, origin.legal_region)
    )
