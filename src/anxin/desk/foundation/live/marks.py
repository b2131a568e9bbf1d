"""Say that there is something newer under a topic, without a fact for each change."""

from __future__ import annotations

from collections.abc import Iterable

from anxin.desk.foundation.live.models import LiveMark


def set_mark(organisation_id: str, topics: Iterable[str], place: int) -> None:
    """Set how far the topics are; open screens look again within half a second. Call it at most once a second."""
    for topic in topics:
        rows = LiveMark.objects.filter(organisation_id=organisation_id, topic=topic)
        if not rows.update(place=place):
            LiveMark.objects.get_or_create(organisation_id=organisation_id, topic=topic, defaults={"place": place})


def marks_of(organisations: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return the marks by organisation and topic."""
    found: dict[str, dict[str, int]] = {each: {} for each in organisations}
    for row in LiveMark.objects.filter(organisation_id__in=list(found)):
        found[row.organisation_id][row.topic] = row.place
    return found
