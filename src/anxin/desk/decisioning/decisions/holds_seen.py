"""Which holds stand in the gateway, as its log shows them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from anxin.desk.decisioning.decisions.ids import row_range
from anxin.desk.decisioning.decisions.models import EntityOrder, Projection
from anxin.desk.foundation.edge.clock import to_ms

Hold = tuple[str, str, str]
"""Kind and key of an entity, and the measure."""


def holds_seen(organisation_id: str, keys: Collection[str], *, at: datetime) -> frozenset[Hold]:
    """Return the holds on entities with these keys that the projected log shows as standing at a moment."""
    projection = Projection.objects.filter(organisation_id=organisation_id, is_current=True).first()
    if projection is None or not keys:
        return frozenset()
    start, end = row_range(projection.pk)
    rows = EntityOrder.objects.filter(
        projection_id=projection.pk, key__in=list(keys), id__gte=start, id__lt=end, ended_seq=None, list_name=""
    )
    now = to_ms(at)
    found = rows.values_list("entity_kind", "key", "measure", "until_at")
    return frozenset((kind, key, measure) for kind, key, measure, until in found if until is None or until > now)
