"""The victims of one incident, with who was reached and who is protected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.models import Incident, Party
from anxin.desk.operations.measures.batches.queries import BatchLine, list_batches, standing_kinds
from anxin.desk.operations.measures.catalogue import measures
from anxin.desk.operations.measures.models import ActionRequest

PAGE = 50
ALL = 500


@dataclass(frozen=True)
class Victim:
    """One victim: when a colleague first reached them, when they were informed, and which measures stand."""

    party_id: str
    entity_kind: str
    entity_key: str
    first_at: datetime
    contacted_at: datetime | None
    informed_at: datetime | None
    measures: tuple[Words, ...]


@dataclass(frozen=True)
class Storm:
    """An incident seen from its victims, with counts of all of them and one page of lines; `following` goes on."""

    incident_id: str
    number: int
    kind: str
    level: int
    is_drill: bool
    is_open: bool
    version: int
    signals: int
    total: int
    contacted: int
    informed: int
    protected: int
    victims: tuple[Victim, ...]
    following: str
    batches: tuple[BatchLine, ...]


def get_storm(*, incident_id: str, by: Actor, after: str = "", limit: int = PAGE) -> Storm:
    """Return a page of victims; needs `incident.view` and `entity.view`. Raise Forbidden, NotFound."""
    require(by, "entity.view")
    incident = access_incident(incident_id=incident_id, by=by)
    rows = _victims(incident)
    counts = rows.aggregate(
        total=Count("id"),
        contacted=Count("id", filter=Q(contacted_at__isnull=False)),
        informed=Count("id", filter=Q(informed_at__isnull=False)),
        protected=Count("id", filter=Q(_protected(incident))),
    )
    found = list(rows.filter(id__gt=after).order_by("id")[: limit + 1])
    shown = found[:limit]
    standing = standing_kinds({(each.entity_kind, each.entity_key) for each in shown}, by=by)
    lines = tuple(_victim(each, standing.get((each.entity_kind, each.entity_key), ())) for each in shown)
    return Storm(
        incident_id=incident.id,
        number=incident.number,
        kind=incident.kind,
        level=incident.level,
        is_drill=incident.is_drill,
        is_open=incident.ended_at is None,
        version=incident.version,
        signals=incident.signals,
        victims=lines,
        following=shown[-1].id if len(found) > limit else "",
        batches=list_batches(incident_id=incident.id, by=by),
        **counts,
    )


def list_targets(
    *, incident_id: str, party_ids: tuple[str, ...] | None, by: Actor
) -> tuple[tuple[str, tuple[str, str]], ...]:
    """Return (party, (kind, key)) of the chosen victims, None: of all, at most 500; raise Forbidden, NotFound."""
    incident = access_incident(incident_id=incident_id, by=by)
    rows = _victims(incident)
    rows = rows.filter(pk__in=party_ids) if party_ids is not None else rows
    found = rows.order_by("id").values_list("id", "entity_kind", "entity_key")[:ALL]
    return tuple((party_id, (kind, key)) for party_id, kind, key in found)


def _victims(incident: Incident) -> QuerySet[Party]:
    return Party.objects.filter(incident_id=incident.id, role="victim", moved_to="")


def _protected(incident: Incident) -> Exists:
    standing = ActionRequest.objects.filter(
        organisation_id=incident.organisation_id,
        entity_kind=OuterRef("entity_kind"),
        entity_key=OuterRef("entity_key"),
        ended_at=None,
    )
    return Exists(standing.exclude(state=ActionRequest.State.WAITING))


def _victim(row: Party, kinds: tuple[str, ...]) -> Victim:
    return Victim(
        party_id=row.id,
        entity_kind=row.entity_kind,
        entity_key=row.entity_key,
        first_at=row.first_at,
        contacted_at=row.contacted_at,
        informed_at=row.informed_at,
        measures=tuple(measures()[each].words for each in kinds if each in measures()),
    )
