"""Ask for a second person, approve, decline, let expire; what was asked for is done in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.approvals.acts import Act, ApprovedAct, Argument, act
from anxin.desk.foundation.approvals.errors import AlreadyAsked, AlreadyDecided, NotAlone, OwnRequest, SameRole
from anxin.desk.foundation.approvals.facts import ApprovalDecided, ApprovalRequested
from anxin.desk.foundation.approvals.models import OPEN_STATES, Approval, State
from anxin.desk.foundation.approvals.queries import describe_rows
from anxin.desk.foundation.approvals.rules import can_approve, is_of_other_role
from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, ActorKind, Grade, system_actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import forbidden, require
from anxin.desk.foundation.permissions.catalogue import holders
from anxin.desk.foundation.vault.sealing import seal

WAIT = timedelta(hours=12)
"""How long a request waits, and how long the second look may be late (domain §9.3)."""


@dataclass(frozen=True)
class Duty:
    """Under which circumstances somebody acts: the shift ("" unknown), and whether the team is small and they alone."""

    shift: str = ""
    is_small_team: bool = False
    is_alone: bool = False


@dataclass(frozen=True)
class _Asked:
    name: str
    on: tuple[str, str]
    arguments: Mapping[str, Argument]
    reason: str
    wait: timedelta
    duty: Duty
    is_done: bool = False


@transaction.atomic
def request_approval(
    name: str,
    *,
    on: tuple[str, str],
    by: Actor,
    at: datetime,
    arguments: Mapping[str, Argument] | None = None,
    reason: str = "",
    wait: timedelta = WAIT,
    duty: Duty | None = None,
) -> Approval:
    """Ask for a second person to the act `name` of the table; raise Forbidden, AlreadyAsked.

    `arguments` hold ids, codes and counts, never a personal value; `reason` is sealed.
    """
    require(by, act(name).permission, at_least=Grade.REQUEST)
    return _open(_Asked(name, on, arguments or {}, reason, wait, duty or Duty()), by, at)


@transaction.atomic
def go_ahead_alone(
    name: str,
    *,
    on: tuple[str, str],
    by: Actor,
    at: datetime,
    arguments: Mapping[str, Argument] | None = None,
    reason: str,
    duty: Duty,
) -> Approval:
    """Do it now, because nobody else is on duty; a second look is due within 12 h and the owner is told.

    Raise NotAlone unless the act allows it and the duty is of that kind, Forbidden without the permission.
    """
    line = act(name)
    require(by, line.permission, at_least=Grade.SECOND)
    if not (line.can_go_ahead and duty.is_small_team and duty.is_alone):
        raise NotAlone(unmet=(line.permission,))
    approval = _open(_Asked(name, on, arguments or {}, reason, WAIT, duty, is_done=True), by, at)
    line.carry_out(_approved(approval, None), at)
    return approval


@transaction.atomic
def approve(*, approval_id: str, by: Actor, at: datetime, shift: str = "") -> Approval:
    """Say yes, and carry the act out; a refusal of the act leaves the approval as it was.

    `shift` is the approver's, "" when not known. Raise OwnRequest, SameRole, AlreadyDecided, Forbidden, and NotFound
    when the approver may not see what it is about.
    """
    approval, line = _locked_open(approval_id, by, at)
    _require_second(approval, line, by, shift)
    if approval.id not in describe_rows([approval], by=by, at=at):
        raise NotFound
    is_due = approval.state == State.DUE
    _close(approval, State.CONFIRMED if is_due else State.APPROVED, by, at)
    if not is_due:
        line.carry_out(_approved(approval, by), at)
    return approval


@transaction.atomic
def decline(*, approval_id: str, by: Actor, at: datetime, reason: str = "") -> Approval:
    """Say no, or (the requester) take it back; what went ahead alone is undone where that can be."""
    approval, line = _locked_open(approval_id, by, at)
    if approval.state == State.DUE and approval.requested_by == by.person_id:
        raise OwnRequest
    if approval.requested_by != by.person_id and not can_approve(by, line.permission):
        raise forbidden(line.permission)
    _close(approval, State.REJECTED if approval.state == State.DUE else State.DECLINED, by, at, reason=reason)
    after = line.undo if approval.state == State.REJECTED else line.let_go
    if after is not None:
        after(_approved(approval, by), at)
    return approval


@transaction.atomic
def expire(*, approval_id: str, organisation_id: str, at: datetime) -> Approval | None:
    """End an approval whose time is over; return None when it is decided already or still has time."""
    lock_head(organisation_id)
    approval = Approval.objects.filter(
        pk=approval_id, organisation_id=organisation_id, state__in=OPEN_STATES, until__lte=at
    ).first()
    if approval is None:
        return None
    was_due = approval.state == State.DUE
    by = system_actor(organisation_id, "approvals")
    _close(approval, State.MISSED if was_due else State.EXPIRED, by, at)
    line = act(approval.act)
    after = line.undo if was_due else line.let_go
    if after is not None:
        after(_approved(approval, None), at)
    return approval


def _open(asked: _Asked, by: Actor, at: datetime) -> Approval:
    lock_head(by.organisation_id)
    waiting = Approval.objects.filter(
        organisation_id=by.organisation_id, act=asked.name, object_kind=asked.on[0], object_id=asked.on[1]
    )
    if waiting.filter(state__in=OPEN_STATES).exists():
        raise AlreadyAsked(unmet=(act(asked.name).permission,))
    approval = Approval(
        id=new_id("apr", at=at),
        organisation_id=by.organisation_id,
        act=asked.name,
        object_kind=asked.on[0],
        object_id=asked.on[1],
        arguments=json.dumps(dict(asked.arguments), ensure_ascii=False, sort_keys=True),
        requested_by=by.person_id or "",
        requested_label=by.label,
        requested_roles=",".join(sorted(by.roles)),
        shift=asked.duty.shift,
        is_small_team=asked.duty.is_small_team,
        requested_at=at,
        until=at + asked.wait,
        state=State.DUE if asked.is_done else State.PENDING,
    )
    if asked.reason:
        approval.reason_sealed = seal(by.organisation_id, asked.reason, about=f"approval.reason:{approval.id}", at=at)
    approval.save(force_insert=True)
    details: dict[str, Detail] = {"act": asked.name, "object": f"{asked.on[0]}:{asked.on[1]}", "is_done": asked.is_done}
    record_entry("approval.request", by=by, at=at, on=("approval", approval.id), reason=asked.reason, details=details)
    fact = ApprovalRequested(approval.id, asked.name, act(asked.name).permission, asked.is_done)
    publish_fact(fact, organisation_id=by.organisation_id, at=at)
    return approval


def _locked_open(approval_id: str, by: Actor, at: datetime) -> tuple[Approval, Act]:
    lock_head(by.organisation_id)
    approval = Approval.objects.filter(pk=approval_id, organisation_id=by.organisation_id).first()
    if approval is None:
        raise NotFound
    if approval.state not in OPEN_STATES or approval.until <= at:
        raise AlreadyDecided(state=approval.state)
    return approval, act(approval.act)


def _require_second(approval: Approval, line: Act, by: Actor, shift: str) -> None:
    if approval.requested_by == by.person_id:
        raise OwnRequest(unmet=(line.permission,))
    if by.kind is not ActorKind.PERSON or not can_approve(by, line.permission):
        raise forbidden(line.permission)
    is_other_shift = bool(shift and approval.shift) and shift != approval.shift
    is_other_role = is_of_other_role(approval.requested_roles.split(","), by, line.permission)
    if not (is_other_role or is_other_shift or approval.is_small_team):
        who = holders(line.permission)
        raise SameRole(
            unmet=(line.permission,),
            who=", ".join(each.words.en for each in who),
            who_zh="、".join(each.words.zh for each in who),
        )


def _close(approval: Approval, state: State, by: Actor, at: datetime, *, reason: str = "") -> None:
    approval.state, approval.decided_at = state, at
    approval.decided_by = (by.person_id or "") if approval.requested_by != by.person_id else ""
    approval.decided_label = by.label
    approval.version += 1
    approval.save(update_fields=["state", "decided_at", "decided_by", "decided_label", "version"])
    details: dict[str, Detail] = {"act": approval.act, "state": str(state), "requested_by": approval.requested_by}
    record_entry(f"approval.{state}", by=by, at=at, on=("approval", approval.id), reason=reason, details=details)
    fact = ApprovalDecided(approval.id, approval.act, str(state), approval.requested_by)
    publish_fact(fact, organisation_id=approval.organisation_id, at=at)


def _approved(approval: Approval, second: Actor | None) -> ApprovedAct:
    return ApprovedAct(
        approval_id=approval.id,
        organisation_id=approval.organisation_id,
        on=(approval.object_kind, approval.object_id),
        arguments=json.loads(approval.arguments),
        requested_by=approval.requested_by,
        second=second,
    )
