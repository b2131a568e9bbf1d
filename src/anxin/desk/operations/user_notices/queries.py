"""How notices went, and what one would say before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.measures.catalogue import measures, reasons
from anxin.desk.operations.user_notices.models import UserNotice
from anxin.desk.operations.user_notices.texts import Text, text_placed, told_within, why_withheld


@dataclass(frozen=True)
class NoticeLine:
    """One notice. `is_late`: the platform has not said within the time that it arrived."""

    id: str
    measure_id: str
    occasion: str
    state: str
    why: str
    created_at: datetime
    settled_at: datetime | None
    is_late: bool


def list_notices_of(*, incident_id: str, by: Actor, at: datetime) -> tuple[NoticeLine, ...]:
    """Return the notices of an incident's measures, newest first; needs `entity.view`."""
    require(by, "entity.view")
    rows = UserNotice.objects.filter(organisation_id=by.organisation_id, incident_id=incident_id).order_by("-id")[:100]
    return tuple(_line(each, at) for each in rows)


def preview_notice(*, measure: str, reason: str, by: Actor, at: datetime) -> tuple[Text, str]:
    """Return what the holder would be told, and the rule by which they are not ("": they are). Raise NotFound."""
    require(by, "entity.view")
    if measure not in measures() or reason not in reasons():
        raise NotFound
    zone = Organisation.objects.values_list("time_zone", flat=True).get(pk=by.organisation_id)
    until = at + measures()[measure].lapse
    return text_placed(measure, reason, until=until, zone=zone), why_withheld(reason)


def _line(row: UserNotice, at: datetime) -> NoticeLine:
    is_open = row.state == UserNotice.State.SENT
    return NoticeLine(
        id=row.id,
        measure_id=row.measure_id,
        occasion=row.occasion,
        state=row.state,
        why=row.why,
        created_at=row.created_at,
        settled_at=row.settled_at,
        is_late=is_open and at - row.created_at > told_within(),
    )
