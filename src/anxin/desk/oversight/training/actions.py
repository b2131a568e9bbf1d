"""Grant and revoke certificates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.oversight.training.errors import OwnCertificate
from anxin.desk.oversight.training.facts import CertificationChanged
from anxin.desk.oversight.training.models import Certification
from anxin.desk.oversight.training.scopes import require_scopes

GRANT = "certificate.grant"
LONGEST = timedelta(days=366)
LONGEST_REASON = 500


@dataclass(frozen=True)
class Passed:
    """What a certificate rests on: `drill_id` "" when a training lead judged it, else the drill that was passed."""

    reason: str
    drill_id: str = ""


@transaction.atomic
def grant_certificate(
    *, person_id: str, scopes: Iterable[str], passed: Passed, expires_at: datetime, by: Actor, at: datetime
) -> Certification:
    """Certify a colleague for scopes until a day within a year.

    The simulation lab grants as the system, naming the drill. Raise Forbidden, OwnCertificate, NotFound, FieldInvalid.
    """
    if by.kind is not ActorKind.SYSTEM or not passed.drill_id:
        require(by, GRANT)
    if person_id == by.person_id:
        raise OwnCertificate
    chosen = require_scopes(scopes)
    reason = passed.reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise FieldInvalid(pointer="/reason", field="reason", field_zh="理由", reason=f"1–{LONGEST_REASON}")
    if not at < expires_at <= at + LONGEST:
        raise FieldInvalid(pointer="/expires_at", field="expires_at", field_zh="到期日", reason="≤ 366 d")
    lock_head(by.organisation_id)
    if not Person.objects.filter(pk=person_id, organisation_id=by.organisation_id, left_at=None).exists():
        raise NotFound
    row = Certification(
        id=new_id("crt", at=at),
        organisation_id=by.organisation_id,
        person_id=person_id,
        scopes=" ".join(chosen),
        source="drill" if passed.drill_id else "person",
        source_ref=passed.drill_id,
        granted_by=by.person_id or by.label,
        granted_at=at,
        expires_at=expires_at,
    )
    row.reason_sealed = seal(by.organisation_id, reason, about=f"training.reason:{row.id}", at=at)
    details = {"scopes": row.scopes, "until": expires_at.date().isoformat()}
    record_entry("certificate.grant", by=by, at=at, on=("person", person_id), reason=reason, details=details)
    row.save(force_insert=True)
    _tell(row, "grant", at)
    return row


@transaction.atomic
def revoke_certificate(*, certificate_id: str, reason: str, by: Actor, at: datetime) -> Certification:
    """Take a certificate back at once. Raise Forbidden, OwnCertificate, NotFound."""
    require(by, GRANT)
    lock_head(by.organisation_id)
    rows = Certification.objects.select_for_update().filter(organisation_id=by.organisation_id, revoked_at=None)
    row = rows.filter(pk=certificate_id).first()
    if row is None:
        raise NotFound
    if row.person_id == by.person_id:
        raise OwnCertificate
    details = {"scopes": row.scopes}
    on = ("person", row.person_id)
    record_entry("certificate.revoke", by=by, at=at, on=on, reason=reason[:LONGEST_REASON], details=details)
    row.revoked_at, row.revoked_by = at, by.person_id or ""
    row.save(update_fields=("revoked_at", "revoked_by"))
    _tell(row, "revoke", at)
    return row


def _tell(row: Certification, change: str, at: datetime) -> None:
    fact = CertificationChanged(row.id, row.person_id, row.scopes, change)
    publish_fact(fact, organisation_id=row.organisation_id, at=at)
