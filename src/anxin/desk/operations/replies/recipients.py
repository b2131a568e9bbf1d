"""Who a reply goes to: one party, or everybody affected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.operations.incidents.models import Party
from anxin.desk.operations.replies.models import Reply

ADDRESSABLE = ("victim", "reporter", "merchant", "suspect")
AFFECTED = ("victim", "reporter")
MOST = 500


@dataclass(frozen=True)
class Recipient:
    """Somebody to write to, by the key the platform knows them by."""

    party_id: str
    role: str
    kind: str
    key: str


def list_recipients(incident_id: str, party_id: str = "") -> tuple[Recipient, ...]:
    """Return whom a reply reaches, at most 500; raise FieldInvalid for a party of another incident, or a thing."""
    rows = Party.objects.filter(incident_id=incident_id, moved_to="")
    if party_id:
        found = rows.filter(pk=party_id, role__in=ADDRESSABLE)
        if not found:
            raise FieldInvalid(pointer="/party_id", field="party_id", reason="unknown", reason_zh="没有这个人")
    else:
        found = rows.filter(role__in=AFFECTED, entity_kind="user").order_by("id")[:MOST]
    return tuple(Recipient(each.id, each.role, each.entity_kind, each.entity_key) for each in found)


def list_addressable(incident_id: str) -> tuple[Recipient, ...]:
    """Return who of an incident can be written to by name, those affected first."""
    rows = Party.objects.filter(incident_id=incident_id, moved_to="", role__in=ADDRESSABLE, entity_kind="user")
    found = [Recipient(each.id, each.role, each.entity_kind, each.entity_key) for each in rows.order_by("id")[:50]]
    return tuple(sorted(found, key=lambda each: ADDRESSABLE.index(each.role)))


def mark_reached(reply: Reply, at: datetime) -> None:
    """Mark with whom of several it was."""
    ids = [each.party_id for each in list_recipients(reply.incident_id, reply.party_id)]
    rows = Party.objects.filter(pk__in=ids)
    rows.filter(contacted_at=None).update(contacted_at=at)
    if reply.is_informing:
        rows.filter(informed_at=None).update(informed_at=at)
