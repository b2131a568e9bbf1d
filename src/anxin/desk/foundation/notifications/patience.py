"""When an ordinary notice may leave: not in quiet hours, not more than so many an hour. The ladder never asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from anxin.desk.foundation.notifications.models import Contact, Page
from anxin.desk.foundation.organisations.models import Person

WINDOW = timedelta(hours=1)
_USUAL = 20


@dataclass(frozen=True)
class Patience:
    """One person's rules at one moment; `recent` are the instants of ordinary notices in the window, oldest first."""

    zone: str
    quiet: tuple[time, time] | None
    per_hour: int
    recent: tuple[datetime, ...]

    def next_at(self, at: datetime) -> datetime:
        """Return when a notice that arises at `at` may leave."""
        free = at if len(self.recent) < self.per_hour else self.recent[-self.per_hour] + WINDOW
        return quiet_end(max(at, free), self.quiet, self.zone)


def quiet_end(at: datetime, quiet: tuple[time, time] | None, zone: str) -> datetime:
    """Return `at`, or the end of the quiet hours it falls into; hours may go over midnight, in the person's zone."""
    if quiet is None:
        return at
    begin, end = quiet
    local = at.astimezone(ZoneInfo(zone))
    now = local.time().replace(tzinfo=None)
    is_over_midnight = end <= begin
    is_quiet = (now >= begin or now < end) if is_over_midnight else begin <= now < end
    if not is_quiet:
        return at
    day = local.date() + timedelta(days=1 if is_over_midnight and now >= begin else 0)
    return datetime.combine(day, end, tzinfo=local.tzinfo).astimezone(at.tzinfo)


def patience_of(organisation_id: str, people: Sequence[str], *, at: datetime) -> Mapping[str, Patience]:
    """Return the rules of each person."""
    contacts = {each.person_id: each for each in Contact.objects.filter(pk__in=people)}
    rows = Person.objects.filter(organisation_id=organisation_id, pk__in=people).select_related("organisation")
    recent: dict[str, list[datetime]] = {}
    sent = Page.objects.filter(
        organisation_id=organisation_id, person_id__in=people, is_urgent=False, queued_at__gt=at - WINDOW
    ).exclude(channel_id="")
    for person_id, queued_at in sent.order_by("queued_at").values_list("person_id", "queued_at"):
        recent.setdefault(person_id, []).append(queued_at)
    return {each.id: _patience(each, contacts.get(each.id), recent.get(each.id, [])) for each in rows}


def _patience(person: Person, contact: Contact | None, recent: list[datetime]) -> Patience:
    quiet = None
    if contact is not None and contact.quiet_from is not None and contact.quiet_until is not None:
        quiet = (contact.quiet_from, contact.quiet_until)
    zone = person.time_zone or person.organisation.time_zone
    return Patience(zone, quiet, contact.per_hour if contact is not None else _USUAL, tuple(recent))
