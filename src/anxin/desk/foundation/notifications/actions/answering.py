"""What people do with a page: it arrives, they look at it, they take it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.notifications.access import access_page
from anxin.desk.foundation.notifications.errors import LinkSpent
from anxin.desk.foundation.notifications.facts import PageChanged
from anxin.desk.foundation.notifications.links import VALID, read_token
from anxin.desk.foundation.notifications.models import Page
from anxin.desk.foundation.outbox.actions import publish_fact

_State = Page.State
_ARRIVED = (_State.QUEUED, _State.SENT)


def note_arrival(*, token: str, at: datetime) -> Page:
    """Note that somebody, or the chat that shows a preview, opened the link: the message arrived. Raise LinkSpent."""
    row = _of_token(token, at)
    fresh = Page.objects.filter(pk=row.pk, delivered_at=None)
    fresh.update(delivered_at=at)
    Page.objects.filter(pk=row.pk, state__in=_ARRIVED).update(state=_State.DELIVERED)
    return row


@transaction.atomic
def ack_by_link(*, token: str, at: datetime) -> Page:
    """Acknowledge by the link, once; raise LinkSpent."""
    found = _of_token(token, at)
    by = system_actor(found.organisation_id, "page link")
    return _ack(found.id, by, "link", at)


@transaction.atomic
def ack_page(*, page_id: str, by: Actor, at: datetime) -> Page:
    """Acknowledge at the desk: everything that called this person for the same occasion is acknowledged with it."""
    row = access_page(page_id=page_id, by=by)
    return _ack(row.id, by, "desk", at)


def note_seen(*, by: Actor, at: datetime) -> int:
    """Note that a person looked at the list of their notices; return how many were new."""
    rows = Page.objects.filter(organisation_id=by.organisation_id, person_id=by.person_id or "-", seen_at=None)
    fresh = rows.filter(channel_id="")
    fresh.filter(state__in=(*_ARRIVED, _State.DELIVERED)).update(state=_State.SEEN)
    return fresh.update(seen_at=at)


def _of_token(token: str, at: datetime) -> Page:
    row = Page.objects.filter(pk=read_token(token)).first()
    if row is None or row.acked_at is not None or at - row.queued_at > VALID:
        raise LinkSpent
    return row


def _ack(page_id: str, by: Actor, how: str, at: datetime) -> Page:
    lock_head(by.organisation_id)
    row = Page.objects.get(pk=page_id)
    if row.acked_at is not None:
        raise LinkSpent
    details = {"code": row.code, "how": how}
    record_entry("page.ack", by=by, at=at, on=(row.subject_kind, row.subject_id), details=details)
    same = Page.objects.filter(
        organisation_id=row.organisation_id, occasion=row.occasion, person_id=row.person_id, acked_at=None
    )
    same.filter(seen_at=None).update(seen_at=at)
    same.exclude(state=_State.FAILED).update(state=_State.ACKED, acked_at=at, acked_how=how)
    Page.objects.filter(pk=row.pk).update(state=_State.ACKED, acked_at=at, acked_how=how)
    fact = PageChanged(row.id, row.code, row.subject_kind, row.subject_id, row.person_id, "acked", how)
    publish_fact(fact, organisation_id=row.organisation_id, at=at)
    row.refresh_from_db()
    return row
