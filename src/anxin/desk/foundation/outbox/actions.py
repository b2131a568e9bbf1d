"""Publish a fact in the transaction of the change it tells of."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import ClassVar, Protocol

import msgspec
from django.db import connection

from anxin.desk.foundation.audit.actions import lock_head
from anxin.desk.foundation.audit.holding import held_head
from anxin.desk.foundation.audit.models import AuditHead
from anxin.desk.foundation.edge.prepared import insert_row
from anxin.desk.foundation.outbox.models import Fact

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
