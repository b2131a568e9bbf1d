"""How the people of an incident can be reached: masked, with the way to reveal it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from anxin.desk.decisioning.entities.kinds import TOKEN_KINDS
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.privacy.actions import Sealed
from anxin.desk.foundation.privacy.showing import show
from anxin.desk.foundation.ui.vocabulary import kind_mark
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.foundation.vault.sealing import unseal
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.models import Incident, Party

_CONTACT = Words("联系方式", "how to reach them")
_HIDDEN = Words("（不可见）", "(not shown)")
MOST = 6


@dataclass(frozen=True)
class MaskedContact:
    """A personal value of an incident; `is_contact`: what a reporter left, else the token of a thing in it."""

    label: str
    masked: str
    reveal_href: str
    entity: tuple[str, str]
    is_contact: bool


def list_contacts(*, incident_id: str, by: Actor) -> tuple[MaskedContact, ...]:
    """Return the contacts that people left, masked."""
    incident = access_incident(incident_id=incident_id, by=by)
    rows = Party.objects.filter(incident_id=incident.id, moved_to="", contact_sealed__isnull=False)
    return tuple(_masked(incident, row, by) for row in rows.order_by("-role", "id")[:MOST])


def masked_contact(*, incident_id: str, party_id: str, by: Actor) -> MaskedContact:
    """Return one value masked; raise Forbidden, or NotFound when nothing personal is kept there."""
    incident, row = _party(incident_id, party_id, by)
    if row.contact_sealed is None and row.entity_kind not in TOKEN_KINDS:
        raise NotFound
    return _masked(incident, row, by)


def read_contact(*, incident_id: str, party_id: str, by: Actor) -> Sealed:
    """Return the sealed contact that somebody left."""
    _, row = _party(incident_id, party_id, by)
    if row.contact_sealed is None:
        raise NotFound
    return Sealed("phone", ("party", row.id), bytes(row.contact_sealed), f"incident.contact:{row.id}")


def _party(incident_id: str, party_id: str, by: Actor) -> tuple[Incident, Party]:
    incident = access_incident(incident_id=incident_id, by=by)
    row = Party.objects.filter(incident_id=incident.id, pk=party_id, moved_to="").first()
    if row is None:
        raise NotFound
    return incident, row


def _masked(incident: Incident, row: Party, by: Actor) -> MaskedContact:
    href = reverse("incident_reveal", args=[incident.id, row.id])
    entity = (row.entity_kind, row.entity_key)
    if row.contact_sealed is None:
        return MaskedContact(say(kind_mark(row.entity_kind).words), row.entity_key[:8], href, entity, is_contact=False)
    clear = unseal(incident.organisation_id, bytes(row.contact_sealed), about=f"incident.contact:{row.id}")
    shown = show("phone", clear, by=by, pseudonym=row.id)
    masked = shown.text or say(_HIDDEN)
    return MaskedContact(say(_CONTACT), masked, href if shown.can_reveal else "", entity, is_contact=True)
