"""Push a request for approval to two people at once, remind them, and call the duty manager when nobody answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.approvals.acts import acts
from anxin.desk.foundation.approvals.facts import ApprovalDecided, ApprovalRequested
from anxin.desk.foundation.approvals.models import Approval, State
from anxin.desk.foundation.audit.actions import lock_head
from anxin.desk.foundation.edge.duties import one_by_one, resting
from anxin.desk.foundation.notifications.actions.paging import Notice, queue_pages
from anxin.desk.foundation.notifications.models import Page
from anxin.desk.foundation.outbox.following import Told
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.rota.approvers import choose_approvers, choose_managers

REMIND_AFTER = timedelta(minutes=3)
LOOK_BACK = timedelta(hours=1)
"""How long after its target an unanswered request may still be called about for the first time."""
_ANSWERS = {
    State.APPROVED: Words("已同意并执行", "approved and done"),
    State.DECLINED: Words("未同意", "declined"),
    State.EXPIRED: Words("已过期，未执行", "expired, not done"),
    State.CONFIRMED: Words("已由第二人确认", "confirmed"),
    State.REJECTED: Words("未确认，已撤销", "not confirmed, taken back"),
    State.MISSED: Words("逾期无人确认", "never confirmed"),
}


def push(fact: ApprovalRequested, told: Told, at: datetime) -> int:
    """Call the two best approvers; a request that is wanted within minutes leaves at once."""
    approval = Approval.objects.get(pk=fact.approval_id, organisation_id=told.organisation_id)
    return _call("approval", approval, choose_approvers(approval, at=at), at)


def tell_answer(fact: ApprovalDecided, told: Told, at: datetime) -> int:
    """Tell whoever asked what became of it."""
    words = _ANSWERS.get(State(fact.state))
    line = acts().get(fact.act)
    if words is None or line is None or not fact.requested_by:
        return 0
    notice = Notice(
        occasion=f"approval_decided:{fact.approval_id}:{told.seq}",
        code="approval_decided",
        subject=("approval", fact.approval_id),
        path="/approvals/",
        arguments={"act_zh": line.words.zh, "act_en": line.words.en, "state_zh": words.zh, "state_en": words.en},
    )
    return queue_pages(notice, (fact.requested_by,), organisation_id=told.organisation_id, at=at)


def chase(at: datetime) -> int:
    """Remind after three minutes, and call the duty manager and two others after the target; return how many calls."""
    targets = {name: act.answer_within for name, act in acts().items() if act.answer_within is not None}
    if not targets:
        return 0
    longest = max(targets.values())
    waiting = Approval.objects.filter(
        act__in=targets,
        state=State.PENDING,
        requested_at__lte=at - REMIND_AFTER,
        requested_at__gt=at - longest - LOOK_BACK,
        until__gt=at,
    )
    found = waiting.exclude(pk__in=resting(at)).order_by("requested_at").values_list("id", "act", "requested_at")[:200]
    codes = {
        name: "approval_late" if at - asked_at >= targets[act] else "approval_reminder" for name, act, asked_at in found
    }
    return one_by_one(codes, lambda each: _chase_one(each, codes[each], at), at=at)


@transaction.atomic
def _chase_one(approval_id: str, code: str, at: datetime) -> int:
    """Call about one request unless somebody answered meanwhile, or was called with this code before."""
    if Page.objects.filter(subject_id=approval_id, code=code).exists():
        return 0
    organisation_id = Approval.objects.values_list("organisation_id", flat=True).get(pk=approval_id)
    lock_head(organisation_id)
    approval = Approval.objects.get(pk=approval_id)
    if approval.state != State.PENDING:
        return 0
    asked = tuple(Page.objects.filter(subject_id=approval_id, code="approval").values_list("person_id", flat=True))
    if code == "approval_reminder":
        return _call(code, approval, asked, at)
    managers = choose_managers(approval, at=at)
    others = choose_approvers(approval, at=at, besides=asked)
    return _call(code, approval, (*managers, *others), at, is_for_all=not (managers or others))


def _call(code: str, approval: Approval, people: Sequence[str], at: datetime, *, is_for_all: bool = False) -> int:
    line = acts()[approval.act]
    is_urgent = line.answer_within is not None
    due = approval.requested_at + (line.answer_within or approval.until - approval.requested_at)
    notice = Notice(
        occasion=f"{code}:{approval.id}",
        code=code,
        subject=("approval", approval.id),
        path=f"/approvals/#{approval.id}",
        arguments={
            "act_zh": line.words.zh,
            "act_en": line.words.en,
            "who": approval.requested_label,
            "due_at": due.isoformat(),
        },
        is_urgent=is_urgent,
        is_for_all=is_for_all,
    )
    return queue_pages(notice, tuple(dict.fromkeys(people)), organisation_id=approval.organisation_id, at=at)
