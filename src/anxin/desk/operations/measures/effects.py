"""What an act on a measure does besides its row: the gateway's hold, the fact, the lock."""

from __future__ import annotations

from datetime import UTC, datetime

from anxin.desk.foundation.audit.actions import lock_head
from anxin.desk.foundation.control.actions import order_gateway
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.operations.measures.catalogue import measures
from anxin.desk.operations.measures.facts import MeasureChanged, MeasureOrdered
from anxin.desk.operations.measures.models import ActionRequest

_State = ActionRequest.State


def send(row: ActionRequest, label: str, at: datetime) -> None:
    """Order the hold and tell the platform's webhook."""
    row.state = _State.SENT
    row.control_seq = order_hold(row, label, at)
    row.save()
    fact = MeasureOrdered(row.id, row.kind, row.entity_kind, row.entity_key, row.reason, rfc(row.expires_at))
    publish_fact(fact, organisation_id=row.organisation_id, at=at)


def order_hold(row: ActionRequest, label: str, at: datetime) -> int:
    """Order the hold of the gateway as the row says; return the order's number."""
    body = {
        "entity_kind": row.entity_kind,
        "entity_id": row.entity_key,
        "verdict": measures()[row.kind].verdict,
        "measure": row.kind,
        "reason": row.reason,
        "placed_by": label,
        "until": to_ms(row.expires_at),
    }
    return order_gateway("hold.place", body, organisation=_slug(row), at=at)


def end(row: ActionRequest, state: _State, ended_by: str, at: datetime, why: str) -> ActionRequest:
    """End a measure in a state; the gateway's hold is released unless it never was ordered."""
    was_waiting = row.state == _State.WAITING
    row.state, row.ended_at, row.ended_by = state, at, ended_by
    row.version += 1
    row.save()
    if not was_waiting:
        body = {"entity_kind": row.entity_kind, "entity_id": row.entity_key, "measure": row.kind}
        order_gateway("hold.release", body, organisation=_slug(row), at=at)
    tell(row, why, at)
    return row


def tell(row: ActionRequest, why: str, at: datetime) -> None:
    """Publish how a measure stands now."""
    fact = MeasureChanged(row.id, row.kind, row.entity_kind, row.entity_key, row.state, why)
    publish_fact(fact, organisation_id=row.organisation_id, at=at)


def locked(measure_id: str, organisation_id: str) -> ActionRequest:
    """Return a measure under the lock of the organisation's head; raise NotFound."""
    lock_head(organisation_id)
    row = ActionRequest.objects.filter(pk=measure_id, organisation_id=organisation_id).first()
    if row is None:
        raise NotFound
    return row


def _slug(row: ActionRequest) -> str:
    return Organisation.objects.values_list("slug", flat=True).get(pk=row.organisation_id)


def on_entity(row: ActionRequest) -> tuple[str, str]:
    """Return whom a measure is about, as the trail names them."""
    return row.entity_kind, row.entity_key


def rfc(at: datetime) -> str:
    """Return a moment as the facts and the trail write it."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
