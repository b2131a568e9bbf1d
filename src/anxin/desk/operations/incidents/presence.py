"""Who has an incident open at this moment, and how long its holder may be silent (C15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.clockwork import pinned_policy
from anxin.desk.operations.incidents.moments import lease_moment
from anxin.desk.operations.incidents.queries import list_present, names_of

PRESSING = timedelta(minutes=5)
"""How long before it lapses a lease is warned of: time enough to notice (WCAG 2.2.1)."""


@dataclass(frozen=True)
class PresenceLine:
    """Who else is here, who holds it, and until when silence is borne (None: nobody holds it, or nothing is urgent)."""

    also_here: tuple[str, ...]
    holder: str
    is_mine: bool
    active_at: datetime | None
    lapses_at: datetime | None
    is_pressing: bool


def get_presence(*, incident_id: str, by: Actor, at: datetime) -> PresenceLine:
    """Return who is at an incident; raise Forbidden or NotFound."""
    incident = access_incident(incident_id=incident_id, by=by)
    policy = pinned_policy(incident)
    moment = lease_moment(incident, policy)
    if moment is not None and incident.nudged_at is None:
        moment += policy.lease_grace
    is_mine = bool(by.person_id) and incident.holder_id == by.person_id
    return PresenceLine(
        also_here=list_present(incident, by=by, at=at),
        holder=names_of({incident.holder_id}).get(incident.holder_id, ""),
        is_mine=is_mine,
        active_at=incident.active_at,
        lapses_at=moment,
        is_pressing=is_mine and moment is not None and at >= moment - PRESSING,
    )
