"""The origins of one projection, by number."""

from __future__ import annotations

from anxin.desk.decisioning.decisions.ids import ORIGIN_BITS, origin_id
from anxin.desk.decisioning.decisions.models import Origin
from anxin.desk.decisioning.decisions.projection.reading import OriginKey
from anxin.desk.decisioning.decisions.projection.tables import Row

_MASK = (1 << ORIGIN_BITS) - 1
_LAST = _MASK
"""The number of all origins beyond what can be numbered: seen only by people of every site."""


class OriginBook:
    """Numbers origins as they are met; `fresh` are the rows not yet stored."""

    def __init__(self, projection_id: int) -> None:
        self._projection_id = projection_id
        rows = Origin.objects.filter(projection_id=projection_id).values_list(
            "id", "platform", "business_line", "region", "legal_region"
        )
        self._numbers = {OriginKey(*key): row & _MASK for row, *key in rows}
        self.fresh: list[Row] = []

    def number(self, origin: OriginKey) -> int:
        """Return the origin's number."""
        found = self._numbers.get(origin)
        if found is None:
            found = len(self._numbers)
            if found >= _LAST:
                return _LAST
            self._numbers[origin] = found
            self.fresh.append((origin_id(self._projection_id, found), self._projection_id, *origin))
        return found
