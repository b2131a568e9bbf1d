"""What the worker does for pages: hand what is due to the senders, and note what became of it.

The duty never waits for a provider: it begins what can begin, collects what ended, and comes again.
"""

from __future__ import annotations

import atexit
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.duties import Duty
from anxin.desk.foundation.edge.prepared import Prepared
from anxin.desk.foundation.notifications.facts import PageChanged
from anxin.desk.foundation.notifications.links import link_of
from anxin.desk.foundation.notifications.models import Channel, Page
from anxin.desk.foundation.notifications.senders import SENDERS, Attempt, Dispatch, Message
from anxin.desk.foundation.notifications.wording import word_link, word_page
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.vault.sealing import unseal

_LOG = logging.getLogger(__name__)
CLAIM = timedelta(seconds=45)
"""How long a worker has a page for itself: longer than the longest attempt, so that a second one never sends it too."""
PAUSES = tuple(timedelta(seconds=each) for each in (5, 15, 45, 120, 300))
"""Pauses after the first, second … attempt that failed; then the page has failed."""
FOR_FAILING = SENDERS // 3
"""How many senders channels that fail may occupy together."""
_State = Page.State
_CHANNEL = Prepared(lambda: Channel.objects.values_list("pk")[:1])
_DUE = Prepared(lambda at: Page.objects.filter(state=_State.QUEUED, next_at__lte=at).values_list("pk")[:1])
"""Prepared, as they are asked five times a second, and nearly always there is none."""


class Delivery:
    """The pages one worker has under way."""

    def __init__(self, dispatch: Dispatch | None = None) -> None:
        self._dispatch = dispatch
        self._failing: set[str] = set()

    @property
    def has_senders(self) -> bool:
        """Return whether senders were needed already."""
        return self._dispatch is not None

    @property
    def dispatch(self) -> Dispatch:
        """Return the senders, made when they are first needed."""
        if self._dispatch is None:
            self._dispatch = Dispatch()
            self._dispatch.warm()
            atexit.register(self._dispatch.stop)
        return self._dispatch

    def run(self, at: datetime, *, wait_seconds: float = 0.0) -> int:
        """Note what ended, begin what is due; return how many pages were touched."""
        begun = self.begin(at)
        ended = self.settle(at, wait_seconds=wait_seconds)
        return begun + ended

    def begin(self, at: datetime) -> int:
        """Claim what is due and hand it to the senders; return how many."""
        if self._dispatch is not None and not self._dispatch.free:
            return 0
        count = 0
        for page, channel in self._claim(at):
            count += 1
            try:
                message = _message(page, channel, at)
            except Exception as fault:  # noqa: BLE001 a page that cannot be written must not keep the others back
                _LOG.error("writing the page %s failed: %s", page.id, type(fault).__name__)
                _note(page.id, Attempt("unwritten"), at)
            else:
                self.dispatch.submit(page.id, channel.id, message)
        return count

    def settle(self, at: datetime, *, wait_seconds: float = 0.0) -> int:
        """Note the attempts that ended; return how many."""
        if self._dispatch is None:
            return 0
        ended = self._dispatch.collect(wait_seconds)
        for page_id, attempt in ended.items():
            _note(page_id, attempt, at)
        return len(ended)

    def _claim(self, at: datetime) -> Iterator[tuple[Page, Channel]]:
        if not _DUE.is_any(at):
            return
        due = Page.objects.filter(_unclaimed(at), state=_State.QUEUED, next_at__lte=at)
        rows = list(due.order_by("-is_urgent", "next_at", "id")[: SENDERS * 8])
        if not rows:
            return
        channels = {each.id: each for each in Channel.objects.filter(pk__in={each.channel_id for each in rows})}
        busy, free = set(self.dispatch.busy_channels), self.dispatch.free
        self._failing &= busy
        for row in rows:
            channel = channels[row.channel_id]
            if free == 0 or channel.id in busy or not self._has_room(channel):
                continue
            if not _take(row, at):
                continue
            busy.add(channel.id)
            free -= 1
            yield row, channel

    def _has_room(self, channel: Channel) -> bool:
        """Return whether one more may be sent there; those that fail share a few senders, the others have the rest."""
        if channel.failing_since is None:
            return True
        if len(self._failing) >= FOR_FAILING:
            return False
        self._failing.add(channel.id)
        return True


def _unclaimed(at: datetime) -> Q:
    return Q(claimed_until=None) | Q(claimed_until__lte=at)


def _take(row: Page, at: datetime) -> bool:
    """Claim a page for this worker; return False when another was faster."""
    mine = Page.objects.filter(_unclaimed(at), pk=row.pk, state=_State.QUEUED, attempts=row.attempts)
    return bool(mine.update(claimed_until=at + CLAIM, attempts=F("attempts") + 1))


def _message(page: Page, channel: Channel, at: datetime) -> Message:
    person = Person.objects.filter(pk=page.person_id).first() if page.person_id else None
    language = (person.language if person is not None else "") or settings.LANGUAGE_CODE
    wording = word_page(page.code, page.arguments, language=language, at=at)
    return Message(
        address=unseal(page.organisation_id, bytes(channel.address_sealed), about=f"channel.address:{channel.id}"),
        title=wording.title,
        text=f"{wording.text}\n{word_link(link_of(page.id), language=language)}",
        is_urgent=page.is_urgent,
        inner=tuple(settings.ANXIN.webhook_networks),
    )


@transaction.atomic
def _note(page_id: str, attempt: Attempt, at: datetime) -> None:
    """Note how an attempt went; a page that was acknowledged meanwhile stays so."""
    row = Page.objects.select_for_update().get(pk=page_id)
    if attempt.is_accepted or row.attempts <= len(PAUSES):
        _keep(row, attempt, at)
        return
    lock_head(row.organisation_id)
    row.failed_at = at
    _keep(row, attempt, at)
    by = system_actor(row.organisation_id, "pages")
    on = (row.subject_kind, row.subject_id)
    record_entry("page.fail", by=by, at=at, on=on, details={"code": row.code, "outcome": attempt.outcome})
    fact = PageChanged(row.id, row.code, *on, row.person_id, "failed", attempt.outcome)
    publish_fact(fact, organisation_id=row.organisation_id, at=at)


def _keep(row: Page, attempt: Attempt, at: datetime) -> None:
    row.outcome, row.status, row.took_ms = attempt.outcome, attempt.status, attempt.took_ms
    row.claimed_until, row.provider_ref = None, attempt.reference
    if attempt.is_accepted:
        row.sent_at = at
        row.state = _State.SENT if row.state == _State.QUEUED else row.state
    elif row.failed_at is not None:
        row.state = _State.FAILED if row.state == _State.QUEUED else row.state
    else:
        row.next_at = at + PAUSES[row.attempts - 1]
    row.save()
    failing = Channel.objects.filter(pk=row.channel_id)
    if attempt.is_accepted:
        failing.exclude(failing_since=None).update(failing_since=None, outcome=attempt.outcome)
    else:
        failing.filter(failing_since=None).update(failing_since=at, outcome=attempt.outcome)


DELIVERY = Delivery()


def deliver(at: datetime) -> int:
    """Send what is due; a sender is started as soon as there is a channel, and none where nobody can be called."""
    if not DELIVERY.has_senders and not _CHANNEL.is_any():
        return 0
    if not DELIVERY.dispatch.free:
        return DELIVERY.settle(at)
    return DELIVERY.run(at)


DUTIES: tuple[Duty, ...] = (Duty("pages.deliver", 0.2, deliver),)
