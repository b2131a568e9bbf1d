"""What is typed about certificates."""

from __future__ import annotations

from datetime import date, datetime, time

from django.http import QueryDict
from django.utils import timezone

from anxin.desk.foundation.edge.refusals import FieldInvalid


def read_end(given: QueryDict) -> datetime:
    """Return the last minute of the day that was chosen, where the reader is; raise FieldInvalid."""
    try:
        day = date.fromisoformat(given.get("until", ""))
    except ValueError:
        raise FieldInvalid(pointer="/until", field="until", field_zh="到期日", reason="YYYY-MM-DD") from None
    return timezone.make_aware(datetime.combine(day, time(23, 59)))
