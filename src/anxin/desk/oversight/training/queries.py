"""Reads of certificates: who holds what, what ends soon, one's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.oversight.training.certification import begins_to_certify
from anxin.desk.oversight.training.models import Certification

VIEW = "certificate.view"
SOON = timedelta(days=30)
MOST_ROWS = 200


@dataclass(frozen=True)
class CertificateLine:
    """One certificate. `state` valid, soon (it ends within 30 days), expired or revoked."""

    id: str
    person_id: str
    person: str
    scopes: tuple[str, ...]
    source: str
    granted_by: str
    granted_at: datetime
    expires_at: datetime
    state: str
    is_mine: bool


@dataclass(frozen=True)
class Certificates:
    """A page of certificates; `is_asked`: the organisation asks for them. `without` are people who hold none now."""

    lines: tuple[CertificateLine, ...]
    next: str
    is_asked: bool
    without: tuple[str, ...]


def list_certificates(*, by: Actor, at: datetime, shown: str = "", after: str = "") -> Certificates:
    """Return certificates, the next to end first; `shown` "" those that hold, soon, or all."""
    require(by, VIEW)
    rows = Certification.objects.filter(organisation_id=by.organisation_id)
    if shown != "all":
        rows = rows.filter(revoked_at=None, expires_at__gt=at)
    if shown == "soon":
        rows = rows.filter(expires_at__lte=at + SOON)
    if after:
        last = Certification.objects.filter(organisation_id=by.organisation_id, pk=after).first()
        rows = rows.filter(expires_at__gte=last.expires_at).exclude(pk=after) if last is not None else rows
    found = list(rows.order_by("expires_at", "id")[: MOST_ROWS + 1])
    more = found[MOST_ROWS - 1].id if len(found) > MOST_ROWS else ""
    lines = _lines(found[:MOST_ROWS], by, at)
    return Certificates(lines, more, begins_to_certify(by.organisation_id), _without(by, at))


def my_certificates(*, by: Actor, at: datetime) -> Certificates:
    """Return one's own certificates that hold or ended lately, and whether they are asked for."""
    rows = Certification.objects.filter(organisation_id=by.organisation_id, person_id=by.person_id or "")
    lines = _lines(rows.order_by("-expires_at")[:20], by, at)
    return Certificates(lines, "", begins_to_certify(by.organisation_id), ())


def list_holders(*, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return (id, sign-in name) of the colleagues a certificate may be granted to."""
    require(by, VIEW)
    people = Person.objects.filter(organisation_id=by.organisation_id, is_active=True, left_at=None)
    return tuple(people.exclude(pk=by.person_id).order_by("username").values_list("id", "username")[:1000])


def _without(by: Actor, at: datetime) -> tuple[str, ...]:
    holding = Certification.objects.filter(organisation_id=by.organisation_id, revoked_at=None, expires_at__gt=at)
    people = Person.objects.filter(organisation_id=by.organisation_id, is_active=True, left_at=None)
    agents = people.filter(
        role_grants__revoked_at=None, role_grants__role__in=("service_agent", "specialist", "shift_lead")
    )
    bare = agents.exclude(pk__in=holding.values("person_id")).distinct().order_by("username")
    return tuple(bare.values_list("username", flat=True)[:MOST_ROWS])


def _lines(rows: Iterable[Certification], by: Actor, at: datetime) -> tuple[CertificateLine, ...]:
    found = tuple(rows)
    ids = {name for each in found for name in (each.person_id, each.granted_by)}
    names = dict(Person.objects.filter(pk__in=ids).values_list("id", "username"))
    return tuple(
        CertificateLine(
            id=each.id,
            person_id=each.person_id,
            person=names.get(each.person_id, ""),
            scopes=tuple(each.scopes.split()),
            source=each.source,
            granted_by=names.get(each.granted_by, each.granted_by),
            granted_at=each.granted_at,
            expires_at=each.expires_at,
            state=_state(each, at),
            is_mine=each.person_id == by.person_id,
        )
        for each in found
    )


def _state(row: Certification, at: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at <= at:
        return "expired"
    return "soon" if row.expires_at <= at + SOON else "valid"
