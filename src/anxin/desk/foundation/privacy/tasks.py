"""What the worker does for privacy: seal anew after a rotation, and let go what is too old."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import BinaryField, Model, QuerySet
from django.db.models.functions import Substr

from anxin.desk.foundation.audit.actions import Detail, record_entry
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.duties import Duty, one_by_one
from anxin.desk.foundation.permissions.personal import PersonalColumn, Retention
from anxin.desk.foundation.privacy.models import LegalHold
from anxin.desk.foundation.privacy.purposes import retention_rules
from anxin.desk.foundation.privacy.registry import personal_columns, retentions
from anxin.desk.foundation.vault.models import DataKey
from anxin.desk.foundation.vault.rotation import rewrap_data_keys, rewrap_subject_keys
from anxin.desk.foundation.vault.sealing import seal, unseal

_BATCH = 500


def renew_keys(at: datetime) -> int:
    """Wrap keys that lie under older keys anew; return how many."""
    return rewrap_data_keys(at=at) + rewrap_subject_keys(at=at)


def renew_seals(at: datetime) -> int:
    """Seal values that lie under a retired data key anew, a batch of each column; return how many."""
    retired = [bytes(row.key_id) for row in DataKey.objects.filter(purpose="seal", retired_at__isnull=False)]
    if not retired:
        return 0
    columns = [each for each in personal_columns() if not each.is_fixed]
    return one_by_one(columns, lambda each: _renew_column(each, retired, at), at=at)


def _renew_column(column: PersonalColumn, retired: list[bytes], at: datetime) -> int:
    rows = _rows(column.model).annotate(sealed_under=Substr(column.column, 2, 8, output_field=BinaryField()))
    old = list(rows.filter(sealed_under__in=retired)[:_BATCH])
    of = {(column.model, column.column, row.pk): row for row in old}
    return one_by_one(of, lambda each: _renew(of[each], column, at), at=at)


def _renew(row: Model, column: PersonalColumn, at: datetime) -> int:
    """Seal one value anew, unless somebody changed it meanwhile."""
    values: dict[str, Any] = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}
    organisation_id, before = values["organisation_id"], values[column.column]
    about = column.about.format(**values)
    fresh = seal(organisation_id, unseal(organisation_id, bytes(before), about=about), about=about, at=at)
    _rows(column.model).filter(pk=row.pk, **{column.column: before}).update(**{column.column: fresh})
    return 1


def let_go(at: datetime) -> int:
    """Delete or empty what is older than its retention, a batch of each kind; return how many rows."""
    return one_by_one(retentions(), lambda each: _let_go(each, at), at=at)


def _let_go(retention: Retention, at: datetime) -> int:
    days = retention_rules()[retention.rule].days
    if not days:
        return 0
    rows = _rows(retention.model).filter(**{f"{retention.at}__lt": at - timedelta(days=days)})
    if retention.subject:
        held = LegalHold.objects.filter(released_at=None).values_list("subject", flat=True)
        rows = rows.exclude(**{f"{retention.subject}__in": list(held)})
    if retention.blank:
        rows = rows.filter(**{f"{retention.blank[0]}__isnull": False})
    batch = list(rows.order_by(retention.at).values_list("pk", "organisation_id")[: _BATCH * 4])
    of: dict[tuple[str, str, str], list[object]] = {}
    for pk, organisation_id in sorted(batch, key=lambda each: each[1]):
        of.setdefault((retention.model, retention.rule, organisation_id), []).append(pk)
    return one_by_one(of, lambda each: _remove(retention, of[each], each[2], at), at=at)


def _remove(retention: Retention, keys: list[object], organisation_id: str, at: datetime) -> int:
    with transaction.atomic():
        by = system_actor(organisation_id, "retention")
        details: dict[str, Detail] = {"rule": retention.rule, "n": len(keys), "model": retention.model}
        record_entry("data.retain", by=by, at=at, on=("retention", retention.rule), details=details)
        rows = _rows(retention.model).filter(pk__in=keys)
        if retention.blank:
            rows.update(**dict.fromkeys(retention.blank))
        else:
            rows.delete()
    return len(keys)


def _rows(model: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = apps.get_model(model)._default_manager.all()
    return rows


DUTIES: tuple[Duty, ...] = (
    Duty("privacy.keys", 60.0, renew_keys),
    Duty("privacy.seals", 60.0, renew_seals),
    Duty("privacy.retention", 3600.0, let_go),
)
