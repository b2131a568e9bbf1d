"""Add channels, try them, remove them; say when ordinary notices may come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction

from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.notifications.access import CONFIGURE, access_channel
from anxin.desk.foundation.notifications.actions.paging import Notice, queue_on
from anxin.desk.foundation.notifications.kinds import parse_address
from anxin.desk.foundation.notifications.models import Channel, Contact, Page
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.foundation.webhooks.actions import inner_networks

_MOST = 10
_MOST_PER_HOUR = 1_000


@dataclass(frozen=True)
class Way:
    """A channel as somebody enters it; `is_shared`: the organisation's, not one's own."""

    kind: str
    name: str
    address: str
    is_shared: bool = False


@transaction.atomic
def open_channel(way: Way, *, by: Actor, at: datetime) -> Channel:
    """Reach oneself, or the organisation, by one more channel; raise Forbidden, AddressRefused, FieldInvalid."""
    require(by, CONFIGURE if way.is_shared else "desk.open")
    address = parse_address(way.kind, way.address, inner=inner_networks())
    owner = "" if way.is_shared else _person(by)
    if not way.name.strip():
        raise FieldInvalid(pointer="/name", field="name", field_zh="名称", reason="empty", reason_zh="不能为空")
    channel_id = new_id("chn", at=at)
    record_entry("channel.open", by=by, at=at, on=("channel", channel_id), details={"kind": way.kind})
    open_ones = Channel.objects.filter(organisation_id=by.organisation_id, person_id=owner, closed_at=None)
    if open_ones.count() >= _MOST:
        raise FieldInvalid(pointer="/kind", field="channels", reason=f"at most {_MOST}", reason_zh="已达上限")
    row = Channel(
        id=channel_id,
        organisation_id=by.organisation_id,
        person_id=owner,
        kind=way.kind,
        name=way.name.strip()[:80],
        address_sealed=seal(by.organisation_id, address, about=f"channel.address:{channel_id}", at=at),
        created_by=by.person_id or "",
        created_at=at,
    )
    row.save(force_insert=True)
    return row


@transaction.atomic
def close_channel(*, channel_id: str, by: Actor, at: datetime) -> None:
    """Send nothing there any more; what was queued for it fails."""
    row = access_channel(channel_id=channel_id, by=by)
    record_entry("channel.close", by=by, at=at, on=("channel", row.id), details={"kind": row.kind})
    Channel.objects.filter(pk=row.pk).update(closed_at=at)
    waiting = Page.objects.filter(channel_id=row.id, state=Page.State.QUEUED)
    waiting.update(state=Page.State.FAILED, outcome="closed", failed_at=at)


@transaction.atomic
def try_channel(*, channel_id: str, by: Actor, at: datetime) -> Page:
    """Send a test over one channel and return its page, which shows how it went."""
    row = access_channel(channel_id=channel_id, by=by)
    record_entry("channel.test", by=by, at=at, on=("channel", row.id), details={"kind": row.kind})
    Channel.objects.filter(pk=row.pk).update(tested_at=at)
    notice = Notice(
        occasion=f"self_test:{new_id('tst', at=at)}",
        code="self_test",
        subject=("channel", row.id),
        path="/notices/channels/",
        is_urgent=True,
    )
    return queue_on(row, notice, person_id=row.person_id, at=at)


@transaction.atomic
def set_contact(*, quiet: Sequence[time] | None, per_hour: int, by: Actor, at: datetime) -> None:
    """Say when ordinary notices are to stay silent (from, until; None: never) and how many an hour are too many."""
    require(by, "desk.open")
    if not 1 <= per_hour <= _MOST_PER_HOUR or (quiet is not None and quiet[0] == quiet[1]):
        raise FieldInvalid(
            pointer="/per_hour", field="hours", field_zh="时段", reason="out of range", reason_zh="超出范围"
        )
    record_entry("channel.contact", by=by, at=at, on=("person", _person(by)))
    from_time, until_time = quiet or (None, None)
    Contact.objects.update_or_create(
        person_id=_person(by),
        defaults={
            "organisation_id": by.organisation_id,
            "quiet_from": from_time,
            "quiet_until": until_time,
            "per_hour": per_hour,
        },
    )


def _person(by: Actor) -> str:
    if by.person_id is None:
        raise FieldInvalid(pointer="/", field="person", reason="only people", reason_zh="仅限人员")
    return by.person_id
