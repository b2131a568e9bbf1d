"""Which orders to the gateway the decision log has shown as obeyed."""

from __future__ import annotations

from collections.abc import Collection

from anxin.desk.decisioning.decisions.ids import row_range
from anxin.desk.decisioning.decisions.models import EntityOrder, Projection


def orders_seen(organisation_id: str, numbers: Collection[int]) -> frozenset[int]:
    """Return those of the control stream's numbers that stand in the projected log as orders about entities."""
    projection = Projection.objects.filter(organisation_id=organisation_id, is_current=True).first()
    if projection is None:
        return frozenset()
    start, end = row_range(projection.pk)
    rows = EntityOrder.objects.filter(id__gte=start, id__lt=end, control_seq__in=list(numbers))
    return frozenset(rows.values_list("control_seq", flat=True))
