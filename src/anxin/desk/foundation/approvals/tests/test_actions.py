from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.approvals.actions import (
    Duty,
    approve,
    decline,
    go_ahead_alone,
    request_approval,
)
from anxin.desk.foundation.approvals.acts import Act, ApprovedAct, Asked, Description
from anxin.desk.foundation.approvals.errors import AlreadyAsked, AlreadyDecided, NotAlone, OwnRequest, SameRole
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.approvals.queries import get_inbox
from anxin.desk.foundation.approvals.tasks import expire_overdue
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound, Refusal
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.ui.words import Words

ActorWith = Callable[..., Actor]
ON = ("freeze", "frz_1")
LATER = NIGHT + timedelta(minutes=5)
done: list[tuple[str, ApprovedAct]] = []


def extend(approved: ApprovedAct, _at: datetime) -> None:
    if approved.arguments.get("hours") == 0:
        raise Refusal
    done.append(("extended", approved))


def shorten(approved: ApprovedAct, _at: datetime) -> None:
    done.append(("shortened", approved))


def describe(asked: Sequence[Asked], by: Actor, _at: datetime) -> dict[str, Description]:
    return {each.approval_id: Description(WORDS, WORDS) for each in asked if by.label != "blind"}


WORDS = Words("延长冻结", "extend a freeze")
ACTS = {
    "freeze.extend": Act("freeze.extend", WORDS, extend, describe, undo=shorten, can_go_ahead=True),
    "rule.publish": Act("rule.publish", WORDS, extend, describe),
    "person.roles": Act("person.invite", WORDS, extend, describe),
}


@pytest.fixture(autouse=True)
def _table(settings: LazySettings) -> None:
    settings.APPROVED_ACTS = f"{__name__}.ACTS"
    done.clear()


def ask(by: Actor, **more: object) -> Approval:
    return request_approval("freeze.extend", on=ON, by=by, at=NIGHT, arguments={"hours": 72}, **more)  # type: ignore[arg-type]


def test_second_person_of_another_role_lets_it_happen(actor: ActorWith) -> None:
    asked = ask(actor("specialist"), reason="victim still on the line")
    assert done == []
    closed = approve(approval_id=asked.id, by=actor("shift_lead"), at=LATER)
    assert (closed.state, closed.decided_label) == ("approved", "shift_lead")
    [(what, approved)] = done
    assert (what, approved.on, approved.arguments) == ("extended", ON, {"hours": 72})
    assert AuditEntry.objects.order_by("seq").values_list("act", flat=True).last() == "approval.approved"
    assert set(Fact.objects.values_list("kind", flat=True)) == {"approval.requested", "approval.decided"}


@pytest.mark.parametrize(
    ("role", "same_person", "refusal"),
    [
        ("specialist", True, OwnRequest),
        ("specialist", False, SameRole),
        ("service_agent", False, Forbidden),
        ("auditor", False, Forbidden),
    ],
)
def test_who_may_not_be_the_second(actor: ActorWith, role: str, same_person: bool, refusal: type[Refusal]) -> None:
    first = actor("specialist", username="first")
    asked = ask(first)
    with pytest.raises(refusal):
        approve(approval_id=asked.id, by=first if same_person else actor(role, username="second"), at=LATER)
    asked.refresh_from_db()
    assert (asked.state, done) == ("pending", [])


@pytest.mark.parametrize("kind", ["small team", "other shift"])
def test_two_people_of_one_role_where_that_is_enough(actor: ActorWith, kind: str) -> None:
    asked = ask(actor("shift_lead", username="a"), duty=Duty(shift="day", is_small_team=kind == "small team"))
    approve(
        approval_id=asked.id, by=actor("shift_lead", username="b"), at=LATER, shift="night" if "shift" in kind else ""
    )
    assert len(done) == 1


def test_two_people_do_where_one_role_alone_holds_it(actor: ActorWith) -> None:
    asked = request_approval("person.roles", on=("person", "per_1"), by=actor("administrator", username="a"), at=NIGHT)
    approve(approval_id=asked.id, by=actor("administrator", username="b"), at=LATER)
    assert len(done) == 1


def test_other_organisation_sees_nothing(actor: ActorWith, other_organisation: Organisation) -> None:
    asked = ask(actor("specialist"))
    foreign = actor("shift_lead", username="foreign", to=other_organisation)
    for decide in (approve, decline):
        with pytest.raises(NotFound):
            decide(approval_id=asked.id, by=foreign, at=LATER)
    inbox = get_inbox(by=foreign, at=LATER)
    assert (inbox.waiting, inbox.asked, inbox.decided) == ((), (), ())


def test_same_thing_is_asked_once(actor: ActorWith) -> None:
    by = actor("specialist")
    asked = ask(by)
    with pytest.raises(AlreadyAsked):
        ask(by)
    decline(approval_id=asked.id, by=by, at=LATER)
    assert ask(by).state == "pending"


def test_refusing_act_leaves_the_approval_open(actor: ActorWith) -> None:
    asked = request_approval("freeze.extend", on=ON, by=actor("specialist"), at=NIGHT, arguments={"hours": 0})
    with pytest.raises(Refusal):
        approve(approval_id=asked.id, by=actor("shift_lead"), at=LATER)
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == ("pending", "")


def test_double_submit_does_it_once(actor: ActorWith) -> None:
    asked, lead = ask(actor("specialist")), actor("shift_lead")
    approve(approval_id=asked.id, by=lead, at=LATER)
    with pytest.raises(AlreadyDecided):
        approve(approval_id=asked.id, by=lead, at=LATER)
    assert len(done) == 1


def test_nobody_answers(actor: ActorWith) -> None:
    asked, lead = ask(actor("specialist")), actor("shift_lead")
    late = NIGHT + timedelta(hours=12)
    with pytest.raises(AlreadyDecided):
        approve(approval_id=asked.id, by=lead, at=late)
    assert (expire_overdue(at=late), expire_overdue(at=late)) == (1, 0)
    asked.refresh_from_db()
    assert (asked.state, done) == ("expired", [])


@pytest.mark.parametrize("first", ["approved", "declined", "taken back", "expired"])
@pytest.mark.parametrize("then", ["approve", "decline"])
def test_what_is_decided_stays_decided(actor: ActorWith, first: str, then: str) -> None:
    by, lead = actor("specialist"), actor("shift_lead")
    asked = ask(by)
    if first == "approved":
        approve(approval_id=asked.id, by=lead, at=LATER)
    elif first == "expired":
        expire_overdue(at=NIGHT + timedelta(hours=12))
    else:
        decline(approval_id=asked.id, by=by if first == "taken back" else lead, at=LATER)
    before = Approval.objects.values().get(), AuditEntry.objects.count(), Fact.objects.count(), len(done)
    with pytest.raises(AlreadyDecided):
        {"approve": approve, "decline": decline}[then](approval_id=asked.id, by=lead, at=LATER)
    assert (Approval.objects.values().get(), AuditEntry.objects.count(), Fact.objects.count(), len(done)) == before


ALONE = Duty(is_small_team=True, is_alone=True)


def test_alone_on_duty_goes_ahead_and_is_confirmed(actor: ActorWith) -> None:
    asked = go_ahead_alone(
        "freeze.extend", on=ON, by=actor("shift_lead"), at=NIGHT, reason="alone at night", duty=ALONE
    )
    assert ([what for what, _ in done], asked.state) == (["extended"], "due")
    assert '"is_done_already":true' in Fact.objects.get(kind="approval.requested").payload
    closed = approve(approval_id=asked.id, by=actor("compliance"), at=LATER)
    assert ([what for what, _ in done], closed.state) == (["extended"], "confirmed")


@pytest.mark.parametrize("end", ["declined", "missed"])
def test_alone_on_duty_is_undone_without_a_second_look(actor: ActorWith, end: str) -> None:
    asked = go_ahead_alone("freeze.extend", on=ON, by=actor("shift_lead"), at=NIGHT, reason="alone", duty=ALONE)
    if end == "declined":
        decline(approval_id=asked.id, by=actor("compliance"), at=LATER)
    else:
        expire_overdue(at=NIGHT + timedelta(hours=13))
    asked.refresh_from_db()
    assert asked.state == {"declined": "rejected", "missed": "missed"}[end]
    assert [what for what, _ in done] == ["extended", "shortened"]


@pytest.mark.parametrize(
    ("name", "duty"),
    [("freeze.extend", Duty(is_alone=True)), ("freeze.extend", Duty(is_small_team=True)), ("rule.publish", ALONE)],
)
def test_going_ahead_is_for_the_only_one_of_a_small_team(actor: ActorWith, name: str, duty: Duty) -> None:
    with pytest.raises(NotAlone):
        go_ahead_alone(name, on=ON, by=actor("shift_lead"), at=NIGHT, reason="alone", duty=duty)
    assert (Approval.objects.count(), done) == (0, [])
