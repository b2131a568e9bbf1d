"""Several incidents of one organisation in one transaction: clocks read once, rows and timeline written once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from anxin.desk.foundation.audit.actions import hold_head
from anxin.desk.operations.incidents.clocks.policy import SlaPolicy
from anxin.desk.operations.incidents.clocks.state import IncidentClocks
from anxin.desk.operations.incidents.models import Incident, IncidentEvent


@dataclass
class HeldIncidents:
    """The clocks known by now, by incident; whom steps call, by (role, site); and what waits to be written."""

    clocks: dict[str, tuple[IncidentClocks, SlaPolicy]] = field(default_factory=dict)
    called: dict[tuple[str, str], tuple[str, ...] | None] = field(default_factory=dict)
    events: list[IncidentEvent] = field(default_factory=list)
    changed: dict[str, Incident] = field(default_factory=dict)


_HELD: ContextVar[HeldIncidents | None] = ContextVar("held_incidents", default=None)


def held_incidents() -> HeldIncidents | None:
    """Return what is held now, None when every act writes by itself."""
    return _HELD.get()


def keep_changed(incident: Incident) -> None:
    """Save an incident, at the end of the block when it is held."""
    held = _HELD.get()
    if held is None:
        incident.save()
    else:
        held.changed[incident.pk] = incident


@contextmanager
def hold_incidents(organisation_id: str) -> Iterator[None]:
    """Hold the head of the trail and everything about the incidents touched within; nothing within may catch a failure.

    One instance stands for an incident within the block: whoever locks it again reads what is not yet written.
    """
    with hold_head(organisation_id):
        held = HeldIncidents()
        token = _HELD.set(held)
        try:
            yield
            for each in held.changed.values():
                each.save()
            IncidentEvent.objects.bulk_create(held.events)
        finally:
            _HELD.reset(token)
