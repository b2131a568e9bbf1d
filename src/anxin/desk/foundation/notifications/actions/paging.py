"""Call people: one page for each person and channel, once for an occasion."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.notifications.facts import PagesQueued
from anxin.desk.foundation.notifications.models import Channel, Page
from anxin.desk.foundation.notifications.patience import patience_of
from anxin.desk.foundation.notifications.wording import Argument
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.outbox.actions import publish_fact


@dataclass(frozen=True)
class Notice:
    """What to tell. `occasion` makes it once, `code` names the words, `subject` is (kind, id), `path` leads there.

    `is_urgent`: neither quiet hours nor throttles hold it back. `is_for_all`: the organisation's channels get it too;
    they get an urgent one in any case when nobody named can be reached outside the desk.
    """

    occasion: str
    code: str
    subject: tuple[str, str]
    path: str
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    is_urgent: bool = False
    is_for_all: bool = False


@transaction.atomic
def queue_pages(notice: Notice, people: Sequence[str], *, organisation_id: str, at: datetime) -> int:
    """Call people at the desk and over their channels; return how many pages are new, 0 when all were called before."""
    known = Page.objects.filter(organisation_id=organisation_id, occasion=notice.occasion)
    if known.exists():
        return 0
    here = _active(organisation_id, people)
    rows = [_row(notice, organisation_id, (each, None), at) for each in here]
    channels = list(_channels(organisation_id, here)) if here else []
    patience = {} if notice.is_urgent else patience_of(organisation_id, here, at=at)
    for each in channels:
        rules = patience.get(each.person_id)
        leaves = rules.next_at(at) if rules is not None else at
        rows.append(_row(notice, organisation_id, (each.person_id, each), at, leaves))
    if notice.is_for_all or (notice.is_urgent and not channels):
        rows += [_row(notice, organisation_id, ("", each), at) for each in _channels(organisation_id, ("",))]
    return _keep(rows, notice, organisation_id, at)


@transaction.atomic
def queue_on(channel: Channel, notice: Notice, *, person_id: str, at: datetime) -> Page:
    """Call over one given channel only."""
    row = _row(notice, channel.organisation_id, (person_id, channel), at)
    _keep([row], notice, channel.organisation_id, at)
    return row


def _keep(rows: list[Page], notice: Notice, organisation_id: str, at: datetime) -> int:
    if not rows:
        return 0
    by = system_actor(organisation_id, "pages")
    record_entry("page.queue", by=by, at=at, on=notice.subject, details={"code": notice.code, "n": len(rows)})
    Page.objects.bulk_create(rows)
    fact = PagesQueued(notice.code, *notice.subject, len(rows))
    publish_fact(fact, organisation_id=organisation_id, at=at)
    return len(rows)


def _active(organisation_id: str, people: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(each for each in people if each))
    rows = Person.objects.filter(organisation_id=organisation_id, pk__in=wanted, is_active=True)
    there = set(rows.values_list("pk", flat=True))
    return [each for each in wanted if each in there]


def _channels(organisation_id: str, owners: Sequence[str]) -> Iterable[Channel]:
    rows = Channel.objects.filter(organisation_id=organisation_id, person_id__in=owners, closed_at=None)
    return rows.order_by("id")


def _row(
    notice: Notice, organisation_id: str, to: tuple[str, Channel | None], at: datetime, next_at: datetime | None = None
) -> Page:
    """Build one page to (person, channel); at the desk itself it is sent by being there."""
    person_id, channel = to
    return Page(
        id=new_id("pag", at=at),
        organisation_id=organisation_id,
        occasion=notice.occasion,
        code=notice.code,
        person_id=person_id,
        channel_id=channel.id if channel is not None else "",
        subject_kind=notice.subject[0],
        subject_id=notice.subject[1],
        path=notice.path,
        arguments=json.dumps(dict(notice.arguments), ensure_ascii=False, sort_keys=True),
        is_urgent=notice.is_urgent,
        state=Page.State.QUEUED if channel is not None else Page.State.SENT,
        next_at=next_at or at,
        queued_at=at,
        sent_at=None if channel is not None else at,
    )
