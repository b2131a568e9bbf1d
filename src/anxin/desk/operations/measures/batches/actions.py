"""Order one measure for many, item by item within the delegation of each; take the whole back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.approvals.actions import request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct
from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, Grade, system_actor
from anxin.desk.foundation.edge.duties import one_by_one
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid, Refusal
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.measures.actions import Asker, Target, order_agreed, order_measure, undo_measure
from anxin.desk.operations.measures.batches.access import access_batch
from anxin.desk.operations.measures.catalogue import measures, reasons
from anxin.desk.operations.measures.errors import NotStanding
from anxin.desk.operations.measures.facts import BatchChanged
from anxin.desk.operations.measures.models import Batch, BatchItem

ALONE = 20
"""So many targets may one person act on; beyond it a second one agrees (domain §9.2, D, 2026-11)."""
MOST = 500
_State = Batch.State


@dataclass(frozen=True)
class Many:
    """One measure for many; `hours` None: as long as the kind lasts."""

    kind: str
    reason: str
    targets: tuple[tuple[str, str], ...]
    incident_id: str = ""
    hours: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Result:
    """What came, or would come, of one target: `outcome` ordered, refused or open; `refusal` None when it was fine."""

    entity_kind: str
    entity_key: str
    outcome: str
    measure_id: str = ""
    refusal: Refusal | None = None


def try_batch(many: Many, *, by: Actor, at: datetime) -> tuple[Result, ...]:
    """Return what ordering it would come to, by ordering and forgetting it; nothing stays, nobody is told."""
    _check(many, by)
    if needs_second(many):
        return tuple(Result(kind, key, "open") for kind, key in many.targets)
    with transaction.atomic():
        lock_head(by.organisation_id)
        found = tuple(_order_one(many, each, by, at) for each in many.targets)
        transaction.set_rollback(True)
    return tuple(replace(each, measure_id="") for each in found)


def order_batch(many: Many, *, by: Actor, at: datetime) -> Batch:
    """Order it: at once for a few, after a second person's yes for more than `ALONE`.

    One target's refusal leaves the others alone; a batch that was interrupted is finished by the worker.
    Raise Forbidden, FieldInvalid, AlreadyAsked.
    """
    _check(many, by)
    batch = _keep(many, by, at)
    if batch.state == _State.WAITING:
        return batch
    carry_out(batch, by=by, at=at, note=many.note)
    return batch


def carry_out(batch: Batch, *, by: Actor, at: datetime, note: str = "") -> int:
    """Order what is left of a batch, each item in a transaction of its own; return how many were looked at."""
    many = Many(batch.kind, batch.reason, (), batch.incident_id, batch.hours, note)
    items = list(BatchItem.objects.filter(batch=batch, outcome="open").order_by("place"))
    done = one_by_one(items, lambda each: _carry_out_one(batch, each, many, by, at), at=at)
    if not BatchItem.objects.filter(batch=batch, outcome="open").exists():
        _finish(batch, at)
    return done


@transaction.atomic
def agree_batch(approved: ApprovedAct, at: datetime) -> None:
    """Let a batch begin: what the approval of `measure.mass` does; the worker orders item by item."""
    lock_head(approved.organisation_id)
    batch = Batch.objects.get(pk=approved.on[1], organisation_id=approved.organisation_id)
    if batch.state != _State.WAITING:
        raise NotStanding(state=batch.state)
    by = approved.second or system_actor(approved.organisation_id, "measures")
    _record("measure.batch", batch, by, at)
    batch.state = _State.UNDER_WAY
    batch.save(update_fields=("state",))
    _tell(batch, at)


@transaction.atomic
def let_go_of_batch(approved: ApprovedAct, at: datetime) -> None:
    """End a batch that nobody agreed to: declined, taken back, or never answered."""
    lock_head(approved.organisation_id)
    batch = Batch.objects.get(pk=approved.on[1], organisation_id=approved.organisation_id)
    if batch.state != _State.WAITING:
        return
    batch.state = _State.DECLINED
    by = approved.second or system_actor(approved.organisation_id, "measures")
    _record("measure.batch", batch, by, at)
    batch.save(update_fields=("state",))
    _tell(batch, at)


def undo_batch(*, batch_id: str, note: str = "", by: Actor, at: datetime) -> tuple[Result, ...]:
    """Take the whole batch back; what was reviewed or extended meanwhile stays, and is named in the answer."""
    batch = access_batch(batch_id=batch_id, by=by)
    if batch.requested_by != by.person_id:
        require(by, "freeze.release", at_least=Grade.LIMITED)
    if batch.state not in (_State.DONE, _State.UNDER_WAY):
        raise NotStanding(state=batch.state)
    _close(batch, by, at)
    rows = list(BatchItem.objects.filter(batch=batch, outcome="ordered").order_by("place"))
    return tuple(_undo_one(each, note, by, at) for each in rows)


def needs_second(many: Many) -> bool:
    """Return whether so many targets need two people."""
    return len(many.targets) > ALONE


def _check(many: Many, by: Actor) -> None:
    measure = measures().get(many.kind)
    if measure is None or not all(kind in measure.entities for kind, _ in many.targets):
        raise FieldInvalid(pointer="/kind", field="kind", reason=many.kind)
    if many.reason not in reasons():
        raise FieldInvalid(pointer="/reason", field="reason", reason=", ".join(reasons()))
    if not 0 < len(set(many.targets)) == len(many.targets) <= MOST:
        raise FieldInvalid(
            pointer="/targets", field="targets", reason=f"1 – {MOST}", reason_zh=f"1 – {MOST} 个不重复对象"
        )
    is_mass = needs_second(many)
    permission, least = ("measure.mass", Grade.REQUEST) if is_mass else (measure.permission, Grade.LIMITED)
    require(by, permission, at_least=least)


@transaction.atomic
def _keep(many: Many, by: Actor, at: datetime) -> Batch:
    """Write the batch with its items before the first one is ordered, so that no item is forgotten."""
    is_mass = needs_second(many)
    lock_head(by.organisation_id)
    batch = Batch(
        id=new_id("bat", at=at),
        organisation_id=by.organisation_id,
        incident_id=many.incident_id,
        kind=many.kind,
        reason=many.reason,
        hours=many.hours,
        state=_State.WAITING if is_mass else _State.UNDER_WAY,
        requested_by=by.person_id or "",
        requested_label=by.label,
        requested_at=at,
    )
    batch.save(force_insert=True)
    BatchItem.objects.bulk_create(
        BatchItem(batch=batch, place=place, entity_kind=kind, entity_key=key, outcome="open")
        for place, (kind, key) in enumerate(many.targets)
    )
    _record("measure.batch", batch, by, at, note=many.note)
    if is_mass:
        batch.approval_id = request_approval("measure.mass", on=("batch", batch.id), by=by, at=at, reason=many.note).id
        batch.save(update_fields=("approval_id",))
    _tell(batch, at)
    return batch


def _order_one(many: Many, target: tuple[str, str], by: Actor, at: datetime) -> Result:
    about = Target(*target, incident_id=many.incident_id)
    try:
        row = order_measure(many.kind, about, reason=many.reason, note=many.note, hours=many.hours, by=by, at=at)
    except Refusal as refusal:
        return Result(*target, "refused", refusal=refusal)
    return Result(*target, "ordered", measure_id=row.id)


@transaction.atomic
def _carry_out_one(batch: Batch, item: BatchItem, many: Many, by: Actor, at: datetime) -> int:
    lock_head(batch.organisation_id)
    if not BatchItem.objects.filter(pk=item.pk, outcome="open", batch__state=_State.UNDER_WAY).exists():
        return 0
    target = (item.entity_kind, item.entity_key)
    found = _order_agreed_one(batch, target, by, at) if batch.approval_id else _order_one(many, target, by, at)
    item.outcome, item.measure_id = found.outcome, found.measure_id
    item.refusal = found.refusal.code if found.refusal is not None else ""
    item.save(update_fields=("outcome", "measure_id", "refusal"))
    return 1


def _order_agreed_one(batch: Batch, target: tuple[str, str], by: Actor, at: datetime) -> Result:
    about = Target(*target, incident_id=batch.incident_id)
    asker = Asker(batch.requested_by, batch.requested_label)
    try:
        row = order_agreed(batch.kind, about, reason=batch.reason, asker=asker, by=by, at=at)
    except Refusal as refusal:
        return Result(*target, "refused", refusal=refusal)
    return Result(*target, "ordered", measure_id=row.id)


@transaction.atomic
def _finish(batch: Batch, at: datetime) -> None:
    lock_head(batch.organisation_id)
    if Batch.objects.filter(pk=batch.pk, state=_State.UNDER_WAY).update(state=_State.DONE):
        batch.state = _State.DONE
        _tell(batch, at)


@transaction.atomic
def _close(batch: Batch, by: Actor, at: datetime) -> None:
    """Stop the batch first, so that the worker orders nothing more of it."""
    lock_head(batch.organisation_id)
    _record("measure.batch_undo", batch, by, at)
    batch.state, batch.undone_at = _State.UNDONE, at
    batch.save(update_fields=("state", "undone_at"))
    _tell(batch, at)


@transaction.atomic
def _undo_one(item: BatchItem, note: str, by: Actor, at: datetime) -> Result:
    try:
        undo_measure(measure_id=item.measure_id, note=note, by=by, at=at)
    except Refusal as refusal:
        return Result(item.entity_kind, item.entity_key, "ordered", item.measure_id, refusal)
    item.outcome = "undone"
    item.save(update_fields=("outcome",))
    return Result(item.entity_kind, item.entity_key, "undone", item.measure_id)


def _record(act: str, batch: Batch, by: Actor, at: datetime, note: str = "") -> None:
    count = BatchItem.objects.filter(batch=batch).count()
    details: dict[str, Detail] = {"measure": batch.kind, "n": count, "reason": batch.reason, "state": batch.state}
    record_entry(act, by=by, at=at, on=("batch", batch.id), reason=note, details=details)


def _tell(batch: Batch, at: datetime) -> None:
    count = BatchItem.objects.filter(batch=batch).count()
    fact = BatchChanged(batch.id, batch.kind, batch.incident_id, batch.state, count)
    publish_fact(fact, organisation_id=batch.organisation_id, at=at)
