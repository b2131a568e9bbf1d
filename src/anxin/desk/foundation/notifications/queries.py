"""What somebody was told, over which channels people are reached, and how pages went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.translation import get_language

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.notifications.access import CONFIGURE
from anxin.desk.foundation.notifications.kinds import channel_kinds
from anxin.desk.foundation.notifications.models import Channel, Contact, Page, StatusLine
from anxin.desk.foundation.notifications.wording import word_page
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words

LIMIT, MOST = 50, 200
_UNSEEN_FOR = timedelta(days=7)


@dataclass(frozen=True)
class NoticeLine:
    """One notice as its reader sees it."""

    id: str
    title: str
    text: str
    path: str
    queued_at: datetime
    is_urgent: bool
    is_new: bool
    is_acked: bool


@dataclass(frozen=True)
class ChannelLine:
    """One channel; of its address nothing is told. `state` and `outcome` are those of the last page over it."""

    id: str
    words: Words
    name: str
    is_shared: bool
    created_at: datetime
    failing_since: datetime | None
    state: str
    outcome: str
    provider_ref: str
    last_at: datetime | None


@dataclass(frozen=True)
class PageLine:
    """How one call went; `person` is the sign-in name, "" for the organisation; `channel` the kind, "" the desk."""

    code: str
    person: str
    channel: str
    state: str
    outcome: str
    attempts: int
    provider_ref: str
    queued_at: datetime
    sent_at: datetime | None
    acked_at: datetime | None


@dataclass(frozen=True)
class StatusLineNow:
    """What is told to everybody at this moment."""

    text: str
    tone: str
    set_label: str
    until: datetime


def count_new(*, by: Actor, at: datetime) -> int:
    """Return how many notices the person has not looked at."""
    rows = Page.objects.filter(organisation_id=by.organisation_id, person_id=by.person_id or "-", channel_id="")
    return rows.filter(seen_at=None, queued_at__gt=at - _UNSEEN_FOR).count()


def list_notices(
    *, by: Actor, at: datetime, before: str = "", limit: int = LIMIT
) -> tuple[tuple[NoticeLine, ...], str]:
    """Return a page of the person's notices, newest first, and where the next begins ("": nowhere)."""
    require(by, "desk.open")
    limit = max(1, min(limit, MOST))
    rows = Page.objects.filter(organisation_id=by.organisation_id, person_id=by.person_id or "-", channel_id="")
    rows = rows.filter(id__lt=before) if before else rows
    found = list(rows.order_by("-id")[: limit + 1])
    lines = tuple(_notice(each, at) for each in found[:limit])
    return lines, found[limit - 1].id if len(found) > limit else ""


def find_status_line(*, organisation_id: str, at: datetime) -> StatusLineNow | None:
    """Return what is told to everybody, None when nothing is."""
    row = StatusLine.objects.filter(organisation_id=organisation_id, ended_at=None, until__gt=at).last()
    return StatusLineNow(row.text, row.tone, row.set_label, row.until) if row is not None else None


def list_channels(*, by: Actor) -> tuple[ChannelLine, ...]:
    """Return one's own channels, and those of the organisation for whoever may change them."""
    require(by, "desk.open")
    owners = [by.person_id or "-"] + ([""] if by.grant(CONFIGURE) is not None else [])
    rows = Channel.objects.filter(organisation_id=by.organisation_id, person_id__in=owners, closed_at=None)
    channels = list(rows.order_by("person_id", "id"))
    pages = Page.objects.filter(organisation_id=by.organisation_id, channel_id__in=[each.id for each in channels])
    last = {each.channel_id: each for each in pages.order_by("id").iterator()}
    return tuple(_channel(each, last.get(each.id)) for each in channels)


def get_contact(*, by: Actor) -> tuple[time | None, time | None, int]:
    """Return the person's quiet hours (from, until) and how many ordinary notices an hour they take."""
    row = Contact.objects.filter(pk=by.person_id or "-").first() or Contact()
    return row.quiet_from, row.quiet_until, row.per_hour


def list_pages_of(*, subject_id: str, organisation_id: str, limit: int = 100) -> tuple[PageLine, ...]:
    """Return how the calls about something went, newest first; whoever asks was let in by that thing's own door."""
    rows = Page.objects.filter(organisation_id=organisation_id, subject_id=subject_id).order_by("-id")[:limit]
    return _pages(list(rows))


def _pages(rows: list[Page]) -> tuple[PageLine, ...]:
    names = dict(Person.objects.filter(pk__in={each.person_id for each in rows}).values_list("id", "username"))
    kinds = dict(Channel.objects.filter(pk__in={each.channel_id for each in rows}).values_list("id", "kind"))
    return tuple(
        PageLine(
            code=each.code,
            person=names.get(each.person_id, ""),
            channel=kinds.get(each.channel_id, ""),
            state=each.state,
            outcome=each.outcome,
            attempts=each.attempts,
            provider_ref=each.provider_ref,
            queued_at=each.queued_at,
            sent_at=each.sent_at,
            acked_at=each.acked_at,
        )
        for each in rows
    )


def _notice(row: Page, at: datetime) -> NoticeLine:
    wording = word_page(row.code, row.arguments, language=get_language() or "zh", at=at)
    return NoticeLine(
        id=row.id,
        title=wording.title,
        text=wording.text,
        path=row.path,
        queued_at=row.queued_at,
        is_urgent=row.is_urgent,
        is_new=row.seen_at is None,
        is_acked=row.acked_at is not None,
    )


def _channel(row: Channel, last: Page | None) -> ChannelLine:
    return ChannelLine(
        id=row.id,
        words=channel_kinds()[row.kind].words,
        name=row.name,
        is_shared=not row.person_id,
        created_at=row.created_at,
        failing_since=row.failing_since,
        state=last.state if last is not None else "",
        outcome=last.outcome if last is not None else "",
        provider_ref=last.provider_ref if last is not None else "",
        last_at=last.queued_at if last is not None else None,
    )
