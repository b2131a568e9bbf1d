"""Let go of event bodies after their retention; the fact of each decision stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import BinaryField, QuerySet
from django.db.models.functions import Substr

from anxin.desk.decisioning.decisions.event_fields import texts_of
from anxin.desk.decisioning.decisions.ids import row_range
from anxin.desk.decisioning.decisions.keys import keys_of
from anxin.desk.decisioning.decisions.models import ArrivalHour, Projection, SealedRecord, SearchTerm
from anxin.desk.decisioning.decisions.projection.batch import HOUR_MS
from anxin.desk.decisioning.decisions.projection.tables import PROJECTION
from anxin.desk.decisioning.decisions.sealed_body import SealedBody, open_bodies
from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.edge.duties import batch_by_batch, one_by_one
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.privacy.models import LegalHold
from anxin.desk.foundation.privacy.purposes import retention_rules
from anxin.desk.foundation.vault.errors import KeyServiceUnreachable
from anxin.desk.foundation.vault.models import SubjectKey

RULE = "decision_bodies"
BATCH = 1_000
_LONGEST_REST = timedelta(hours=1)
"""For a body that cannot be opened: it may be one of many."""


def let_go_bodies(at: datetime) -> int:
    """Delete sealed records older than their retention, a batch of each organisation; return how many."""
    days = retention_rules()[RULE].days
    if not days:
        return 0
    before = at - timedelta(days=days)
    current = {each.organisation_id: each for each in Projection.objects.filter(is_current=True)}
    return one_by_one(current, lambda each: _let_go(current[each], before, at), at=at)


def _let_go(projection: Projection, before: datetime, at: datetime) -> int:
    return batch_by_batch(
        _older(projection, before), lambda some: _let_go_some(projection, dict(some), at), batch=BATCH
    )


def _let_go_some(projection: Projection, old: Mapping[int, bytes | memoryview], at: datetime) -> int:
    """Delete records with the words they are found by; those that cannot be opened stay, and are told."""
    organisation_id = projection.organisation_id
    keys = keys_of(Organisation.objects.values_list("slug", flat=True).get(pk=organisation_id))
    bodies = _opened(organisation_id, {row: bytes(body) for row, body in old.items()}, at)
    if not bodies:
        return 0
    with transaction.atomic():
        by = system_actor(organisation_id, "retention")
        details: dict[str, str | int | bool | None] = {
            "rule": RULE,
            "n": len(bodies),
            "model": SealedRecord._meta.label,
        }
        record_entry("data.retain", by=by, at=at, on=("retention", RULE), details=details)
    with transaction.atomic(using=PROJECTION):
        for row, body in bodies.items():
            terms = keys.terms("\n".join(texts_of(body.event))) if body is not None else ()
            if terms:
                SearchTerm.objects.filter(term__in=terms, decision_id=row).delete()
        SealedRecord.objects.filter(decision_id__in=list(bodies)).delete()
    return len(bodies)


def _opened(organisation_id: str, old: Mapping[int, bytes], at: datetime) -> Mapping[int, SealedBody | None]:
    """Return the bodies that can be opened; the others rest by themselves."""
    bodies: dict[int, SealedBody | None] = {}

    def open_one(item: tuple[str, int]) -> int:
        bodies.update(open_bodies(organisation_id, {item[1]: old[item[1]]}))
        return 1

    try:
        return open_bodies(organisation_id, old)
    except (KeyServiceUnreachable, OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001 whatever it is, it is told by the one record that it befalls again
        one_by_one([(SealedRecord._meta.label, row) for row in old], open_one, at=at, longest=_LONGEST_REST)
    return bodies


def _older(projection: Projection, before: datetime) -> QuerySet[SealedRecord, tuple[int, bytes | memoryview]]:
    """Return the records that arrived in an hour before, oldest first; those of people under a legal hold stay."""
    start, end = row_range(projection.pk)
    hours = ArrivalHour.objects.filter(projection_id=projection.pk, hour__gte=to_ms(before) // HOUR_MS)
    border = hours.order_by("hour").values_list("first_id", flat=True).first()
    rows = SealedRecord.objects.filter(decision_id__gte=start, decision_id__lt=end if border is None else border)
    held = LegalHold.objects.filter(organisation_id=projection.organisation_id, released_at=None)
    subjects = list(held.values_list("subject", flat=True))
    if subjects:
        ids = SubjectKey.objects.filter(organisation_id=projection.organisation_id, subject__in=subjects)
        under = Substr("sealed", 2, 8, output_field=BinaryField())
        rows = rows.annotate(under=under).exclude(under__in=[bytes(each.key_id) for each in ids])
    return rows.order_by("decision_id").values_list("decision_id", "sealed")
