"""Order a measure, take it back, extend, review; what the gateway and the platform answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from anxin.desk.foundation.approvals.actions import decline, request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct
from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, Grade, system_actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.organisations.quotas import spend
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.operations.measures.access import access_measure
from anxin.desk.operations.measures.catalogue import Cap, Measure, again, measures, reasons
from anxin.desk.operations.measures.effects import end, locked, on_entity, order_hold, rfc, send, tell
from anxin.desk.operations.measures.errors import (
    AmountNeeded,
    CertificateNeeded,
    FrozenOften,
    NotStanding,
    OverCap,
    SamePerson,
    Standing,
)
from anxin.desk.operations.measures.models import ActionRequest

FINDINGS = ("right", "good_faith", "wrong")
_State = ActionRequest.State


@dataclass(frozen=True)
class Target:
    """Whom a measure is about: the entity as the gateway knows it, the money at stake, and the case it belongs to."""

    entity_kind: str
    entity_key: str
    amount_minor: int | None = None
    incident_id: str = ""


@dataclass(frozen=True)
class Asker:
    """Who asked for a measure that a second person agreed to."""

    person_id: str
    label: str


@transaction.atomic
def order_measure(
    kind: str, target: Target, *, reason: str, note: str = "", hours: float | None = None, by: Actor, at: datetime
) -> ActionRequest:
    """Order a measure at once, under the role's delegation; `hours` None: as long as the kind lasts.

    Raise Forbidden, QuotaSpent, CertificateNeeded, AmountNeeded, OverCap, FrozenOften or Standing;
    then nothing has changed.
    """
    measure, lapse = _checked(kind, target, reason, hours)
    lock_head(by.organisation_id)
    _require_delegation(measure, target, lapse, by, at)
    spend(by=by, permission=measure.permission, at=at)
    row = _new_row(measure, target, reason=reason, note=note, expires_at=at + lapse, by=by, at=at)
    details: dict[str, Detail] = {"measure": kind, "reason": reason, "until": rfc(row.expires_at)}
    record_entry("measure.order", by=by, at=at, on=on_entity(row), reason=note, details=details)
    send(row, by.label, at)
    return row


@transaction.atomic
def ask_for_measure(
    kind: str, target: Target, *, reason: str, note: str = "", hours: float | None = None, by: Actor, at: datetime
) -> ActionRequest:
    """Ask others to order it: two approvers are told at once, the first answer counts.

    `hours` begin with the yes; None: as long as the kind lasts. Until then the row waits for an answer.
    """
    measure, lapse = _checked(kind, target, reason, hours)
    require(by, measure.permission, at_least=Grade.REQUEST)
    lock_head(by.organisation_id)
    ends_at = at + measure.lapse
    row = _new_row(measure, target, reason=reason, note=note, expires_at=ends_at, by=by, at=at, state=_State.WAITING)
    details: dict[str, Detail] = {"measure": kind, "reason": reason}
    record_entry("measure.ask", by=by, at=at, on=on_entity(row), reason=note, details=details)
    minutes = {"minutes": lapse // timedelta(minutes=1)}
    approval = request_approval("measure.order", on=("measure", row.id), by=by, at=at, arguments=minutes, reason=note)
    row.approval_id = approval.id
    row.save(update_fields=("approval_id",))
    return row


@transaction.atomic
def order_approved(approved: ApprovedAct, at: datetime) -> None:
    """Order what somebody asked for and a second person approved: what the approval of `measure.order` does."""
    row = locked(approved.on[1], approved.organisation_id)
    if row.state != _State.WAITING:
        raise NotStanding(state=row.state)
    by = approved.second or system_actor(approved.organisation_id, "measures")
    minutes = approved.arguments.get("minutes")
    row.expires_at = at + (timedelta(minutes=minutes) if isinstance(minutes, int) else measures()[row.kind].lapse)
    details: dict[str, Detail] = {"measure": row.kind, "reason": row.reason, "until": rfc(row.expires_at)}
    record_entry("measure.order", by=by, at=at, on=on_entity(row), details=details)
    send(row, by.label, at)


@transaction.atomic
def order_agreed(kind: str, target: Target, *, reason: str, asker: Asker, by: Actor, at: datetime) -> ActionRequest:
    """Order what two people agreed on: `by` is the second, the asker answers for it; raise Standing, FieldInvalid."""
    measure, lapse = _checked(kind, target, reason, None)
    lock_head(by.organisation_id)
    first = replace(by, person_id=asker.person_id, label=asker.label)
    row = _new_row(measure, target, reason=reason, note="", expires_at=at + lapse, by=first, at=at)
    details: dict[str, Detail] = {"measure": kind, "reason": reason, "until": rfc(row.expires_at)}
    record_entry("measure.order", by=by, at=at, on=on_entity(row), details=details)
    send(row, asker.label, at)
    return row


@transaction.atomic
def let_go_of_request(approved: ApprovedAct, at: datetime) -> None:
    """End a request that was declined, taken back or never answered: the kind is free to be ordered again."""
    row = locked(approved.on[1], approved.organisation_id)
    if row.state != _State.WAITING:
        return
    by = approved.second or system_actor(approved.organisation_id, "measures")
    record_entry("measure.decline", by=by, at=at, on=on_entity(row), details={"measure": row.kind})
    end(row, _State.DECLINED, by.person_id or "", at, "decline")


@transaction.atomic
def undo_measure(*, measure_id: str, note: str = "", by: Actor, at: datetime) -> ActionRequest:
    """Take one's own measure back, as long as nobody reviewed or extended it: a wrong freeze ends in one step.

    One that still waits for a second person is taken back with what was asked.
    """
    access_measure(measure_id=measure_id, by=by)
    row = locked(measure_id, by.organisation_id)
    if row.state == _State.WAITING:
        return _take_back(row, note, by, at)
    if row.requested_by != by.person_id:
        require(by, "freeze.release", at_least=Grade.LIMITED)
    if row.ended_at is not None or row.reviewed_by or row.is_extended:
        raise NotStanding(state=row.state)
    record_entry("measure.undo", by=by, at=at, on=on_entity(row), reason=note, details={"measure": row.kind})
    return end(row, _State.REVERTED, by.person_id or "", at, "undo")


@transaction.atomic
def release_measure(*, measure_id: str, note: str, by: Actor, at: datetime) -> ActionRequest:
    """End somebody's measure; who may do so alone does it within a limit, others ask for a second person."""
    access_measure(measure_id=measure_id, by=by)
    row = locked(measure_id, by.organisation_id)
    if row.state == _State.WAITING:
        return _take_back(row, note, by, at)
    spend(by=by, permission="freeze.release", at=at)
    if row.ended_at is not None:
        raise NotStanding(state=row.state)
    record_entry("measure.release", by=by, at=at, on=on_entity(row), reason=note, details={"measure": row.kind})
    return end(row, _State.REVERTED, by.person_id or "", at, "release")


def ask_to_release(*, measure_id: str, note: str, by: Actor, at: datetime) -> str:
    """Ask a second person to end a measure; return the approval's id."""
    row = access_measure(measure_id=measure_id, by=by)
    if row.ended_at is not None or row.state == _State.WAITING:
        raise NotStanding(state=row.state)
    return request_approval("measure.release", on=("measure", row.id), by=by, at=at, reason=note).id


@transaction.atomic
def release_approved(approved: ApprovedAct, at: datetime) -> None:
    """End a measure that two people want ended: what the approval of `measure.release` does."""
    row = locked(approved.on[1], approved.organisation_id)
    if row.ended_at is not None:
        raise NotStanding(state=row.state)
    by = approved.second or system_actor(approved.organisation_id, "measures")
    record_entry("measure.release", by=by, at=at, on=on_entity(row), details={"measure": row.kind})
    end(row, _State.REVERTED, by.person_id or "", at, "release")


@transaction.atomic
def extend_approved(approved: ApprovedAct, at: datetime) -> None:
    """Let a measure last up to its longest: what the approval of `measure.extend` does."""
    row = locked(approved.on[1], approved.organisation_id)
    if row.ended_at is not None:
        raise NotStanding(state=row.state)
    by = approved.second or system_actor(approved.organisation_id, "measures")
    row.expires_at = row.requested_at + measures()[row.kind].longest
    row.is_extended = True
    row.version += 1
    details: dict[str, Detail] = {"measure": row.kind, "until": rfc(row.expires_at)}
    record_entry("measure.extend", by=by, at=at, on=on_entity(row), details=details)
    row.control_seq = order_hold(row, by.label, at)
    row.save()
    tell(row, "extend", at)


def ask_to_extend(*, measure_id: str, note: str, by: Actor, at: datetime) -> str:
    """Ask a second person to let a measure last up to its longest; return the approval's id."""
    row = access_measure(measure_id=measure_id, by=by)
    if row.ended_at is not None or row.state == _State.WAITING:
        raise NotStanding(state=row.state)
    return request_approval("measure.extend", on=("measure", row.id), by=by, at=at, reason=note).id


@transaction.atomic
def review_measure(*, measure_id: str, finding: str, note: str = "", by: Actor, at: datetime) -> ActionRequest:
    """Say afterwards how it was: `right`, `good_faith` (wrong, and fair to have done), `wrong`; never one's own."""
    require(by, "freeze.extend", at_least=Grade.SECOND)
    access_measure(measure_id=measure_id, by=by)
    row = locked(measure_id, by.organisation_id)
    if row.requested_by == by.person_id:
        raise SamePerson
    if finding not in FINDINGS:
        raise FieldInvalid(pointer="/finding", field="finding", reason=", ".join(FINDINGS))
    if row.reviewed_by or row.state in (_State.WAITING, _State.DECLINED):
        raise NotStanding(state=row.state)
    details: dict[str, Detail] = {"measure": row.kind, "finding": finding}
    record_entry("measure.review", by=by, at=at, on=on_entity(row), reason=note, details=details)
    row.reviewed_by, row.reviewed_at, row.finding = by.person_id or "", at, finding
    row.save(update_fields=("reviewed_by", "reviewed_at", "finding"))
    tell(row, f"review:{finding}", at)
    return row


@transaction.atomic
def confirm_measure(*, measure_id: str, receipt: str, has_worked: bool, by: Actor, at: datetime) -> ActionRequest:
    """Take the platform's receipt: effective, or failed. A second receipt changes nothing.

    Raise NotStanding for one about a measure that was never ordered.
    """
    row = access_measure(measure_id=measure_id, by=by, permission="event.send")
    row = locked(row.id, by.organisation_id)
    if row.state == _State.WAITING:
        raise NotStanding(state=row.state)
    if row.state in (_State.EFFECTIVE, _State.FAILED) or row.ended_at is not None:
        return row
    row.state = _State.EFFECTIVE if has_worked else _State.FAILED
    row.effective_at, row.receipt = (at if has_worked else None), receipt[:128]
    details: dict[str, Detail] = {"measure": row.kind, "state": row.state}
    record_entry("measure.confirm", by=by, at=at, on=on_entity(row), details=details)
    row.save(update_fields=("state", "effective_at", "receipt"))
    tell(row, "receipt", at)
    return row


@transaction.atomic
def note_accepted(*, measure_id: str, organisation_id: str, at: datetime) -> bool:
    """Note that the gateway obeyed; return False when that was known, or the measure ended meanwhile."""
    row = locked(measure_id, organisation_id)
    if row.state != _State.SENT:
        return False
    by = system_actor(organisation_id, "measures")
    record_entry("measure.accept", by=by, at=at, on=on_entity(row), details={"measure": row.kind})
    row.state, row.accepted_at = _State.ACCEPTED, at
    row.save(update_fields=("state", "accepted_at"))
    tell(row, "accept", at)
    return True


@transaction.atomic
def note_refused(*, measure_id: str, organisation_id: str, why: str, at: datetime) -> bool:
    """Note that the gateway refused the order, `why` being its code; return False when the measure ended meanwhile."""
    row = locked(measure_id, organisation_id)
    if row.state != _State.SENT:
        return False
    by = system_actor(organisation_id, "measures")
    record_entry("measure.refuse", by=by, at=at, on=on_entity(row), details={"measure": row.kind, "why": why})
    row.state = _State.FAILED
    row.save(update_fields=("state",))
    tell(row, "refuse", at)
    return True


@transaction.atomic
def expire_measure(*, measure_id: str, organisation_id: str, at: datetime) -> bool:
    """End a measure whose time is over; return False when it ended before."""
    row = locked(measure_id, organisation_id)
    if row.ended_at is not None or at < row.expires_at:
        return False
    by = system_actor(organisation_id, "measures")
    record_entry("measure.expire", by=by, at=at, on=on_entity(row), details={"measure": row.kind})
    end(row, _State.EXPIRED, "", at, "lapse")
    return True


def _take_back(row: ActionRequest, note: str, by: Actor, at: datetime) -> ActionRequest:
    decline(approval_id=row.approval_id, by=by, at=at, reason=note)
    row.refresh_from_db()
    return row


def _checked(kind: str, target: Target, reason: str, hours: float | None) -> tuple[Measure, timedelta]:
    measure = measures().get(kind)
    if measure is None or target.entity_kind not in measure.entities:
        raise FieldInvalid(pointer="/kind", field="kind", reason=f"{kind} × {target.entity_kind}")
    if reason not in reasons():
        raise FieldInvalid(pointer="/reason", field="reason", reason=", ".join(reasons()))
    lapse = measure.lapse if hours is None else timedelta(hours=hours)
    if not timedelta() < lapse <= measure.lapse:
        raise FieldInvalid(pointer="/hours", field="hours", reason=f"0 – {measure.lapse.total_seconds() / 3600:g}")
    return measure, lapse


def _require_delegation(measure: Measure, target: Target, lapse: timedelta, by: Actor, at: datetime) -> None:
    """Refuse by the first thing that is missing; every refusal leaves the approval path open."""
    require(by, measure.permission)
    is_certified = import_string(settings.CERTIFICATION)
    if measure.needs_certificate and not is_certified(by, measure.kind, at):
        raise CertificateNeeded(unmet=("certificate",), measure=measure.words.en, measure_zh=measure.words.zh)
    caps = [measure.caps[role] for role in by.roles if role in measure.caps]
    if target.amount_minor is None and caps and all(cap.amount_minor is not None for cap in caps):
        raise AmountNeeded(unmet=("delegation",))
    if not any(_is_within(cap, target, lapse) for cap in caps):
        widest = max((cap.amount_minor or 0 for cap in caps), default=0)
        raise OverCap(unmet=("delegation",), limit=f"{widest / 100:.0f} CNY")
    lately = ActionRequest.objects.filter(
        organisation_id=by.organisation_id,
        kind=measure.kind,
        entity_kind=target.entity_kind,
        entity_key=target.entity_key,
        requested_at__gt=at - again().within,
    ).exclude(state__in=(_State.DECLINED, _State.WAITING))
    if "shift_lead" not in by.roles and lately.count() >= again().times:
        raise FrozenOften(unmet=("shift_lead",), times=again().times, days=again().within.days)


def _is_within(cap: Cap, target: Target, lapse: timedelta) -> bool:
    amount = target.amount_minor
    is_cheap = cap.amount_minor is None or (amount is not None and amount <= cap.amount_minor)
    return is_cheap and lapse <= cap.longest


def _new_row(
    measure: Measure,
    target: Target,
    *,
    reason: str,
    note: str,
    expires_at: datetime,
    by: Actor,
    at: datetime,
    state: _State = _State.SENT,
) -> ActionRequest:
    standing = ActionRequest.objects.filter(
        organisation_id=by.organisation_id,
        kind=measure.kind,
        entity_kind=target.entity_kind,
        entity_key=target.entity_key,
        ended_at=None,
    ).first()
    if standing is not None:
        raise Standing(measure=standing.id)
    measure_id = new_id("act", at=at)
    row = ActionRequest(
        id=measure_id,
        organisation_id=by.organisation_id,
        kind=measure.kind,
        entity_kind=target.entity_kind,
        entity_key=target.entity_key,
        reason=reason,
        amount_minor=target.amount_minor,
        incident_id=target.incident_id,
        state=state,
        requested_by=by.person_id or "",
        requested_label=by.label,
        requested_at=at,
        expires_at=expires_at,
    )
    if note:
        row.note_sealed = seal(by.organisation_id, note, about=f"measure.note:{measure_id}", at=at)
    row.save(force_insert=True)
    return row
