"""Publish a fact in the transaction of the change it tells of."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import ClassVar, Protocol

import msgspec
from django.db import connection, transaction

from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.audit.holding import held_head
from anxin.desk.foundation.audit.models import AuditHead
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.prepared import insert_row
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.outbox.facts import FactDropped, FactRetried
from anxin.desk.foundation.outbox.laid_aside import find_first, try_at_once
from anxin.desk.foundation.outbox.models import Fact, LaidAside

_MOVE_HEAD = f"UPDATE {AuditHead._meta.db_table} SET fact_seq = %s WHERE organisation_id = %s"


class Publishable(Protocol):
    """A frozen dataclass of ids, codes and counts; `kind` is dotted, `topic` names the screens that care."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[object]]]
    kind: ClassVar[str]
    topic: ClassVar[str]

    @property
    def object_id(self) -> str:
        """What it is about."""


def publish_fact(fact: Publishable, *, organisation_id: str, at: datetime) -> Fact:
    """Store the fact, numbered under the lock that the audit entry already holds; return its row."""
    if not connection.in_atomic_block:
        raise RuntimeError("a fact belongs into the transaction of its change")
    head = lock_head(organisation_id)
    row = Fact(
        organisation_id=organisation_id,
        seq=head.fact_seq + 1,
        at=at,
        kind=fact.kind,
        topic=fact.topic,
        object_id=fact.object_id,
        payload=msgspec.json.encode(fact, order="sorted").decode(),
    )
    held = held_head(organisation_id)
    if held is not None:
        head.fact_seq = row.seq
        held.later(row)
        return row
    insert_row(row)
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_HEAD, (row.seq, organisation_id))
    return row


@transaction.atomic
def drop_laid_aside(*, laid_id: int, reason: str, at: datetime) -> LaidAside:
    """Give up what a reader cannot react to, for whoever holds the machine; what waited behind it is tried at once.

    The fact itself stays, for screens and webhooks. Raise NotFound, FieldInvalid without a reason.
    """
    if not reason.strip():
        raise FieldInvalid(pointer="/reason", field="reason", field_zh="理由", reason="empty", reason_zh="未填写")
    row = _locked(laid_id)
    LaidAside.objects.filter(pk=row.pk).delete()
    first = find_first(row.reader, row.organisation_id, row.object_id)
    if first is not None and first.seq > row.seq:
        try_at_once(first, at=at)
    _tell("fact.drop", row, at, reason=reason.strip())
    publish_fact(FactDropped(_name(row), row.reader, row.seq), organisation_id=row.organisation_id, at=at)
    return row


@transaction.atomic
def retry_laid_aside(*, laid_id: int, at: datetime) -> LaidAside:
    """Have the worker try at once what it laid aside, for whoever holds the machine. Raise NotFound.

    What waits behind another is tried once that one went well: the other is tried at once.
    """
    row = _locked(laid_id)
    first = find_first(row.reader, row.organisation_id, row.object_id)
    try_at_once(row if row.fault or first is None else first, at=at)
    _tell("fact.retry", row, at)
    publish_fact(FactRetried(_name(row), row.reader, row.seq), organisation_id=row.organisation_id, at=at)
    return row


def _locked(laid_id: int) -> LaidAside:
    found = LaidAside.objects.filter(pk=laid_id).first()
    if found is not None:
        lock_head(found.organisation_id)
        found = LaidAside.objects.filter(pk=laid_id).first()
    if found is None:
        raise NotFound
    return found


def _tell(act: str, row: LaidAside, at: datetime, *, reason: str = "") -> None:
    details: dict[str, Detail] = {
        "reader": row.reader,
        "n": row.seq,
        "kind": row.kind,
        "object": row.object_id,
        "tries": row.tries,
        "fault": row.fault,
    }
    by = system_actor(row.organisation_id, "command-line")
    record_entry(act, by=by, at=at, on=("fact", _name(row)), reason=reason, details=details)


def _name(row: LaidAside) -> str:
    return f"{row.reader}:{row.seq}"
