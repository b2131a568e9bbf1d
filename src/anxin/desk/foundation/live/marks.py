"""Say that there is something newer under a topic, without a fact for each change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Value
from django.db.models.functions import Greatest

from anxin.desk.foundation.live.models import LiveMark

KEPT = timedelta(minutes=5)
"""How long a mark about one object is kept: whoever lost the connection for longer looks at everything anyway."""


def set_mark(organisation_id: str, topics: Iterable[str], place: int) -> None:
    """Set how far the topics are; open screens look again within half a second. Call it at most once a second."""
    for topic in topics:
        rows = LiveMark.objects.filter(organisation_id=organisation_id, topic=topic, object_id="")
        if not rows.update(place=place):
            LiveMark.objects.get_or_create(
                organisation_id=organisation_id, topic=topic, object_id="", defaults={"place": place}
            )


def set_mark_on(organisation_id: str, topic: str, object_id: str, *, at: datetime) -> None:
    """Say that something about one object changed: only whoever shows it looks again."""
    here, now = LiveMark.objects.filter(organisation_id=organisation_id, topic=topic), _place(at)
    here.exclude(object_id="").filter(place__lt=_place(at - KEPT)).delete()
    if not here.filter(object_id=object_id).update(place=Greatest(F("place") + 1, Value(now))):
        LiveMark.objects.get_or_create(
            organisation_id=organisation_id, topic=topic, object_id=object_id, defaults={"place": now}
        )


def marks_of(organisations: Iterable[str]) -> dict[str, dict[tuple[str, str], int]]:
    """Return the marks by organisation, and by topic and object ("" the whole topic)."""
    found: dict[str, dict[tuple[str, str], int]] = {each: {} for each in organisations}
    for row in LiveMark.objects.filter(organisation_id__in=list(found)):
        found[row.organisation_id][row.topic, row.object_id] = row.place
    return found


def _place(at: datetime) -> int:
    return int(at.timestamp() * 1000)
