"""Which orders to the gateway the decision log has shown as obeyed or refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from anxin.desk.decisioning.decisions.ids import row_range
from anxin.desk.decisioning.decisions.models import EntityOrder, Projection


def orders_seen(organisation_id: str, numbers: Collection[int]) -> Mapping[int, str]:
    """Return those of the control stream's numbers that stand in the projected log as orders about entities.

    The value is the code of why the gateway refused one, empty when it obeyed.
    """
    projection = Projection.objects.filter(organisation_id=organisation_id, is_current=True).first()
    if projection is None:
        return {}
    start, end = row_range(projection.pk)
    rows = EntityOrder.objects.filter(id__gte=start, id__lt=end, control_seq__in=list(numbers))
    return dict(rows.values_list("control_seq", "refusal"))
