"""Reads about webhooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Count

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import unseal
from anxin.desk.foundation.webhooks.access import access_endpoint
from anxin.desk.foundation.webhooks.models import Delivery, Endpoint

PAGE = 100


@dataclass(frozen=True)
class EndpointLine:
    """One endpoint; of its address only the host is shown."""

    id: str
    name: str
    host: str
    kinds: str
    version: int
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_why: str
    waiting: int


@dataclass(frozen=True)
class DeliveryLine:
    """One delivery and how its last attempt went."""

    id: str
    kind: str
    fact_seq: int
    state: str
    outcome: str
    status: int | None
    attempts: int
    created_at: datetime
    next_at: datetime


def list_endpoints(*, by: Actor) -> tuple[EndpointLine, ...]:
    """Return the organisation's endpoints."""
    require(by, "webhook.configure")
    rows = list(Endpoint.objects.filter(organisation_id=by.organisation_id).order_by("created_at"))
    waiting = _count_waiting(rows)
    return tuple(_endpoint_line(row, waiting.get(row.id, 0)) for row in rows)


def is_listened_to(organisation_id: str, kind: str) -> bool:
    """Return whether an endpoint that works names exactly this kind of fact: whoever does is expected to answer it."""
    rows = Endpoint.objects.filter(organisation_id=organisation_id, disabled_at=None)
    return any(kind in kinds.split() for kinds in rows.values_list("kinds", flat=True))


def get_endpoint(*, endpoint_id: str, by: Actor) -> EndpointLine:
    """Return one endpoint; raise NotFound."""
    row = access_endpoint(endpoint_id=endpoint_id, by=by)
    return _endpoint_line(row, _count_waiting([row]).get(row.id, 0))


def list_deliveries(*, endpoint_id: str, state: str = "", before: str = "", by: Actor) -> tuple[DeliveryLine, ...]:
    """Return an endpoint's deliveries, newest first; `state` narrows, `before` is the id to go on from."""
    endpoint = access_endpoint(endpoint_id=endpoint_id, by=by)
    rows = Delivery.objects.filter(endpoint=endpoint)
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(pk__lt=before)
    return tuple(
        DeliveryLine(
            each.id,
            each.kind,
            each.fact_seq,
            each.state,
            each.outcome,
            each.status,
            each.attempts,
            each.created_at,
            each.next_at,
        )
        for each in rows.order_by("-pk")[:PAGE]
    )


def _count_waiting(rows: Sequence[Endpoint]) -> Mapping[str, int]:
    waiting = Delivery.objects.filter(endpoint__in=rows, state=Delivery.State.WAITING).order_by()
    return dict(waiting.values_list("endpoint_id").annotate(n=Count("id")))


def _endpoint_line(row: Endpoint, waiting: int) -> EndpointLine:
    url = unseal(row.organisation_id, bytes(row.url_sealed), about=f"webhook.url:{row.id}")
    return EndpointLine(
        row.id,
        row.name,
        urlsplit(url).hostname or "",
        row.kinds,
        row.version,
        row.failing_since,
        row.disabled_at,
        row.disabled_why,
        waiting,
    )
