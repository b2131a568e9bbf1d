"""What colleagues did about an incident since somebody began to write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.operations.incidents.models import Incident, IncidentEvent

COLLIDING = frozenset(
    {
        "reply",
        "log_contact",
        "start",
        "dismiss",
        "record_no_action",
        "contain",
        "submit",
        "fail_verify",
        "verify",
        "close",
        "reopen",
        "merge",
        "absorb",
        "split",
        "claim",
        "accept_handover",
        "raise_level",
        "lower_level",
        "begin_care",
        "end_care",
    }
)
"""Acts after which a reply may be wrong: somebody answered, or the incident stands elsewhere by now."""


@dataclass(frozen=True)
class Collision:
    """One thing a colleague did meanwhile."""

    kind: str
    at: datetime
    by: str
    seq: int


def last_seq(incident: Incident) -> int:
    """Return the number of the incident's last event: what somebody has seen who begins now."""
    return incident.next_event_seq - 1


def list_collisions(incident: Incident, *, seen: int, by: Actor) -> tuple[Collision, ...]:
    """Return what other people, or the party itself, did after event `seen`, oldest first."""
    rows = IncidentEvent.objects.filter(incident=incident, seq__gt=seen, kind__in=COLLIDING)
    rows = rows.exclude(actor_id=by.person_id or "").exclude(actor_kind=ActorKind.SYSTEM.value)
    return tuple(Collision(each.kind, each.at, each.actor_label, each.seq) for each in rows.order_by("seq")[:20])
