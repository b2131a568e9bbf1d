"""Whether somebody is certified: asked by incidents before they are led, by measures before they are ordered.

As long as an organisation has never granted a certificate, rights alone decide; its pages say so.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.oversight.training.models import Certification
from anxin.desk.oversight.training.scopes import level_scope, measure_scope


def may_order(by: Actor, kind: str, at: datetime) -> bool:
    """Return whether somebody may order a measure that needs a certificate (`settings.CERTIFICATION`)."""
    if not begins_to_certify(by.organisation_id):
        return True
    return _holds(by.organisation_id, by.person_id or "", frozenset({measure_scope(kind)}), at)


def may_lead(*, organisation_id: str, person_id: str, level: int, at: datetime) -> bool:
    """Return whether somebody may lead an incident of a level; who is certified for a graver one is for this too."""
    if not begins_to_certify(organisation_id):
        return True
    wanted = frozenset(level_scope(each) for each in range(1, level + 1))
    return _holds(organisation_id, person_id, wanted, at)


def begins_to_certify(organisation_id: str) -> bool:
    """Return whether the organisation has ever granted a certificate: from then on they are asked for."""
    return Certification.objects.filter(organisation_id=organisation_id).exists()


def valid_certificates(organisation_id: str, *, at: datetime) -> QuerySet[Certification]:
    """Return the certificates that hold at a moment."""
    rows = Certification.objects.filter(organisation_id=organisation_id, revoked_at=None)
    return rows.filter(granted_at__lte=at, expires_at__gt=at)


def _holds(organisation_id: str, person_id: str, wanted: frozenset[str], at: datetime) -> bool:
    rows = valid_certificates(organisation_id, at=at).filter(person_id=person_id)
    return any(wanted & set(scopes.split()) for scopes in rows.values_list("scopes", flat=True))
