"""Write entries of the trail, each inside the transaction of the act it proves; close alerts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from anxin.desk.foundation.audit.chain import START, link_hash
from anxin.desk.foundation.audit.holding import held_head, hold
from anxin.desk.foundation.audit.models import AuditEntry, AuditHead, InsiderAlert
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.prepared import Prepared, insert_row
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import seal

Detail = str | int | bool | None
# Without `first()`, which would have the one row sorted at every write.
_HEAD = Prepared(lambda organisation_id: AuditHead.objects.select_for_update().filter(pk=organisation_id))
_MOVE_HEAD = f"UPDATE {AuditHead._meta.db_table} SET seq = %s, hash = %s WHERE organisation_id = %s"
FINDINGS = ("explained", "error", "case")


def record_entry(
    act: str,
    *,
    by: Actor,
    at: datetime,
    on: tuple[str, str],
    reason: str = "",
    site_id: str = "",
    details: Mapping[str, Detail] | None = None,
) -> AuditEntry:
    """Append an entry about the object `on` (kind, id) and return it; must run inside the act's own transaction.

    `details` may hold tokens, counts, codes and digests, never a personal value; `reason` is sealed.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry belongs into the transaction of its act")
    head = lock_head(by.organisation_id)
    entry = AuditEntry(
        organisation_id=by.organisation_id,
        seq=head.seq + 1,
        at=at,
        actor_kind=by.kind.value,
        actor_id=by.person_id or "",
        actor_label=by.label,
        act=act,
        object_kind=on[0],
        object_id=on[1],
        site_id=site_id,
        details=json.dumps(details or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        reason_sealed=_sealed_reason(by, head.seq + 1, reason, at),
        request_id=by.request_id,
        session_id=by.session_id,
        previous_hash=bytes(head.hash),
    )
    entry.hash = link_hash(entry.link())
    _append(entry, head)
    return entry


def _append(entry: AuditEntry, head: AuditHead) -> None:
    """Write the entry and the head after it, at once or with the others when the head is held."""
    held = held_head(entry.organisation_id)
    if held is not None:
        head.seq, head.hash = entry.seq, entry.hash
        held.later(entry)
        return
    insert_row(entry)
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_HEAD, (entry.seq, bytes(entry.hash), head.pk))


def lock_head(organisation_id: str) -> AuditHead:
    """Return the head of the chain, locked until the transaction ends; made at the first write of an organisation."""
    held = held_head(organisation_id)
    if held is not None:
        return held.head
    found = _HEAD.first(organisation_id)
    if found is None:
        with transaction.atomic():
            AuditHead.objects.get_or_create(pk=organisation_id, defaults={"hash": START})
        found = AuditHead.objects.select_for_update().get(pk=organisation_id)
    return found


@contextmanager
def hold_head(organisation_id: str) -> Iterator[None]:
    """Do several acts of one organisation in one transaction that locks and writes the head once."""
    with transaction.atomic(), hold(lock_head(organisation_id)):
        yield


def _sealed_reason(by: Actor, seq: int, reason: str, at: datetime) -> bytes | None:
    if not reason:
        return None
    return seal(by.organisation_id, reason, about=f"audit.reason:{seq}", at=at)


@transaction.atomic
def close_alert(*, alert_id: str, finding: str, reason: str, by: Actor, at: datetime) -> InsiderAlert:
    """Close an open alert about somebody else with a finding: `explained`, `error` or `case`; raise NotFound."""
    require(by, "insider.open")
    open_ones = InsiderAlert.objects.filter(organisation_id=by.organisation_id, closed_at=None)
    alert = open_ones.exclude(actor_id=by.person_id).filter(pk=alert_id).first()
    if alert is None:
        raise NotFound
    if finding not in FINDINGS:
        raise FieldInvalid(pointer="/finding", field="finding", reason=", ".join(FINDINGS))
    details = {"rule": alert.rule, "finding": finding}
    record_entry("insider.close", by=by, at=at, on=("person", alert.actor_id), reason=reason, details=details)
    alert.closed_at, alert.closed_by, alert.finding = at, by.person_id or "", finding
    alert.save(update_fields=("closed_at", "closed_by", "finding"))
    return alert


@transaction.atomic
def note_reading(*, scope: str, by: Actor, at: datetime) -> None:
    """Record that somebody looked at the trail of others."""
    record_entry("audit.read", by=by, at=at, on=("organisation", by.organisation_id), details={"scope": scope})
