"""What the worker does for privacy: seal anew after a rotation, and let go what is too old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import BinaryField, Model, QuerySet
from django.db.models.functions import Substr

from anxin.desk.foundation.audit.actions import Detail, record_entry
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.duties import Duty, batch_by_batch, one_by_one
from anxin.desk.foundation.permissions.personal import PersonalColumn, Retention
from anxin.desk.foundation.privacy.models import LegalHold
from anxin.desk.foundation.privacy.purposes import retention_rules
from anxin.desk.foundation.privacy.registry import personal_columns, retentions
from anxin.desk.foundation.vault.models import DataKey
from anxin.desk.foundation.vault.rotation import rewrap_data_keys, rewrap_subject_keys
from anxin.desk.foundation.vault.sealing import key_service, seal, unseal

_BATCH = 500
_LONGEST_REST = timedelta(hours=1)
"""For a row that can be neither opened nor deleted: it may be one of many."""


def renew_keys(at: datetime) -> int:
    """Wrap keys that lie under older keys anew; return how many."""
    return rewrap_data_keys(at=at) + rewrap_subject_keys(at=at)


def renew_seals(at: datetime) -> int:
    """Seal values that lie under a retired data key anew, a batch of each column; return how many."""
    retired = [bytes(row.key_id) for row in DataKey.objects.filter(purpose="seal", retired_at__isnull=False)]
    if not retired:
        return 0
    # A key service that is away ends the run here, instead of being asked again for every row there is.
    key_service().current()
    columns = [each for each in personal_columns() if not each.is_fixed]
    return one_by_one(columns, lambda each: _renew_column(each, retired, at), at=at)


def _renew_column(column: PersonalColumn, retired: list[bytes], at: datetime) -> int:
    rows = _rows(column.model).annotate(sealed_under=Substr(column.column, 2, 8, output_field=BinaryField()))

    def renew(some: Sequence[Model]) -> int:
        of = {(column.model, column.column, row.pk): row for row in some}
        return one_by_one(of, lambda each: _renew(of[each], column, at), at=at, longest=_LONGEST_REST)

    return batch_by_batch(rows.filter(sealed_under__in=retired).order_by("pk"), renew, batch=_BATCH)


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
    organisations = list(rows.order_by("organisation_id").values_list("organisation_id", flat=True).distinct())
    of = {(retention.model, retention.rule, each): each for each in organisations}
    return one_by_one(of, lambda each: _let_go_of(retention, rows, of[each], at), at=at)


def _let_go_of(retention: Retention, rows: QuerySet[Any], organisation_id: str, at: datetime) -> int:
    old = rows.filter(organisation_id=organisation_id).order_by(retention.at, "pk").values_list("pk", flat=True)
    return batch_by_batch(old, lambda some: _remove_what_can_be(retention, some, organisation_id, at), batch=_BATCH * 4)


def _remove_what_can_be(retention: Retention, keys: Sequence[object], organisation_id: str, at: datetime) -> int:
    """Remove rows together, each half by itself where that fails, down to the rows that cannot be removed."""
    if len(keys) == 1:
        item = (retention.model, retention.rule, keys[0])
        return one_by_one(
            [item], lambda each: _remove(retention, [each[2]], organisation_id, at), at=at, longest=_LONGEST_REST
        )
    try:
        return _remove(retention, keys, organisation_id, at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001 whatever it is, it is told by the one row that it befalls again
        half = len(keys) // 2
    first, second = keys[:half], keys[half:]
    return sum(_remove_what_can_be(retention, some, organisation_id, at) for some in (first, second))


def _remove(retention: Retention, keys: Sequence[object], organisation_id: str, at: datetime) -> int:
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
