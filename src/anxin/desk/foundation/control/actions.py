"""Order something of the gateway, in the transaction of the desk's own change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Max

from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.edge.clock import to_ms

_LOCK = 0x616E78696E
"""The advisory lock under which every writer of the stream numbers its rows; the gateway's own writer takes it too."""


def order_gateway(kind: str, body: Mapping[str, object], *, organisation: str, at: datetime) -> int:
    """Append an order for the organisation (its slug) and return its number; it takes effect once committed."""
    return order_gateway_many(kind, (body,), organisation=organisation, at=at)


def order_gateway_many(kind: str, bodies: Sequence[Mapping[str, object]], *, organisation: str, at: datetime) -> int:
    """Append orders of one kind and return the number of the first; the others follow it without a gap."""
    if not connection.in_atomic_block:
        raise RuntimeError("an order belongs into the transaction of its change")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    seq = (ControlOrder.objects.aggregate(last=Max("seq"))["last"] or 0) + 1
    texts = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in bodies)
    ControlOrder.objects.bulk_create(
        (
            ControlOrder(seq=seq + place, organisation=organisation, at=to_ms(at), kind=kind, body=text)
            for place, text in enumerate(texts)
        ),
        batch_size=100,
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("NOTIFY anxin_control")
    return seq
