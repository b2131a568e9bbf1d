from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.approvals.actions import approve, decline, expire
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound, Refusal
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.organisations.quotas import QuotaSpent
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.measures import tasks
from anxin.desk.operations.measures.actions import (
    Target,
    ask_for_measure,
    ask_to_extend,
    confirm_measure,
    expire_measure,
    order_measure,
    release_measure,
    review_measure,
    undo_measure,
)
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
from anxin.desk.operations.measures.queries import get_measure, preview_measure
from anxin.desk.operations.measures.tasks import let_lapse, note_obeyed

ActorWith = Callable[..., Actor]
USER = Target("user", "u1")


def nobody(_by: Actor, _kind: str, _at: datetime) -> bool:
    return False


def freeze(by: Actor, target: Target = USER, at: datetime = NIGHT) -> ActionRequest:
    return order_measure("freeze_account", target, reason="account_theft", note="本人来电", by=by, at=at)


def orders() -> list[tuple[str, dict[str, object]]]:
    return [(row.kind, json.loads(row.body)) for row in ControlOrder.objects.order_by("seq")]


def test_a_freeze_reaches_the_gateway_with_its_end(actor: ActorWith) -> None:
    row = freeze(actor("service_agent"))
    kind, body = orders()[0]
    assert (kind, body["entity_kind"], body["entity_id"], body["verdict"]) == ("hold.place", "user", "u1", "freeze")
    assert body["until"] == to_ms(NIGHT + timedelta(hours=24)) == to_ms(row.expires_at)
    assert row.state == "sent"
    assert list(Fact.objects.filter(kind="measure.ordered").values_list("object_id", flat=True)) == [row.id]
    assert AuditEntry.objects.filter(act="measure.order", object_id="u1").count() == 1
    assert "本人来电".encode() not in bytes(row.note_sealed or b"")


def test_preview_says_what_stops_what_goes_on_and_what_is_left(actor: ActorWith) -> None:
    by = actor("service_agent")
    freeze(by, Target("user", "u0"))
    found = preview_measure(kind="freeze_account", entity_kind="user", entity_key="u1", by=by, at=NIGHT)
    assert (found.quota.remaining, found.is_alone, found.standing) == (9, True, None)
    assert "payouts" in found.stops.en
    assert "已付款" in found.leaves.zh


@pytest.mark.parametrize(
    ("role", "kind", "target", "more", "refusal"),
    [
        ("rule_author", "freeze_account", USER, {}, Forbidden),
        ("mentor", "freeze_account", USER, {}, Forbidden),
        ("auditor", "freeze_account", USER, {}, Forbidden),
        ("service_agent", "hold_payout", Target("user", "u1", 600_000), {"hours": 2}, OverCap),
        ("service_agent", "hold_payout", Target("user", "u1", 100_000), {"hours": 24}, OverCap),
        ("specialist", "freeze_account", Target("order", "o1"), {}, FieldInvalid),
        ("specialist", "freeze_account", USER, {"reason": "dislike"}, FieldInvalid),
        ("specialist", "freeze_account", USER, {"hours": 25}, FieldInvalid),
        ("specialist", "freeze_account", USER, {"hours": 0}, FieldInvalid),
        ("specialist", "delete_account", USER, {}, FieldInvalid),
    ],
)
def test_a_refused_measure_changes_nothing(
    actor: ActorWith, role: str, kind: str, target: Target, more: dict[str, object], refusal: type[Refusal]
) -> None:
    given = {"reason": "account_theft"} | more
    with pytest.raises(refusal):
        order_measure(kind, target, by=actor(role), at=NIGHT, **given)  # type: ignore[arg-type]
    assert (ActionRequest.objects.count(), orders(), Fact.objects.filter(topic="measures").count()) == (0, [], 0)


def test_within_the_cap_an_agent_holds_alone(actor: ActorWith) -> None:
    row = order_measure(
        "hold_payout",
        Target("user", "u1", 320_000),
        reason="scam_in_progress",
        hours=2,
        by=actor("service_agent"),
        at=NIGHT,
    )
    assert row.expires_at == NIGHT + timedelta(hours=2)


def test_without_certificate_the_button_says_why(actor: ActorWith, settings: Settings) -> None:
    settings.CERTIFICATION = f"{__name__}.nobody"
    with pytest.raises(CertificateNeeded, match="approval"):
        freeze(actor("service_agent"))


def test_ten_a_shift_and_then_somebody_else(actor: ActorWith) -> None:
    by = actor("service_agent")
    for number in range(10):
        freeze(by, Target("user", f"u{number}"))
    with pytest.raises(QuotaSpent):
        freeze(by, Target("user", "u10"))
    assert ActionRequest.objects.count() == 10


def test_the_same_measure_stands_once(actor: ActorWith) -> None:
    freeze(actor("service_agent"))
    with pytest.raises(Standing):
        freeze(actor("specialist"))
    assert len(orders()) == 1


def test_a_wrong_freeze_is_undone_in_one_step_by_who_ordered_it(actor: ActorWith) -> None:
    by = actor("service_agent")
    row = undo_measure(measure_id=freeze(by).id, note="认错人了", by=by, at=NIGHT + timedelta(minutes=2))
    assert (row.state, [kind for kind, _ in orders()]) == ("reverted", ["hold.place", "hold.release"])
    assert orders()[1][1] == {"entity_kind": "user", "entity_id": "u1", "measure": "freeze_account"}
    with pytest.raises(NotStanding):
        undo_measure(measure_id=row.id, by=by, at=NIGHT)


def test_others_do_not_undo_but_a_lead_releases(actor: ActorWith) -> None:
    row = freeze(actor("service_agent"))
    with pytest.raises(Forbidden):
        undo_measure(measure_id=row.id, by=actor("specialist"), at=NIGHT)
    with pytest.raises(Forbidden):
        release_measure(measure_id=row.id, note="", by=actor("specialist", username="other"), at=NIGHT)
    assert release_measure(measure_id=row.id, note="误冻", by=actor("shift_lead"), at=NIGHT).state == "reverted"


def test_a_fourth_freeze_in_a_month_is_the_leads(actor: ActorWith) -> None:
    by = actor("specialist")
    for day in range(3):
        at = NIGHT + timedelta(days=day)
        undo_measure(measure_id=freeze(by, at=at).id, by=by, at=at)
    later = NIGHT + timedelta(days=3)
    with pytest.raises(FrozenOften):
        freeze(by, at=later)
    assert freeze(actor("shift_lead"), at=later).state == "sent"


def test_every_freeze_lapses_by_itself(actor: ActorWith) -> None:
    row = freeze(actor("service_agent"))
    assert let_lapse(NIGHT + timedelta(hours=23, minutes=59)) == 0
    assert let_lapse(NIGHT + timedelta(hours=24)) == 1
    assert not expire_measure(measure_id=row.id, organisation_id=row.organisation_id, at=NIGHT + timedelta(days=2))
    row.refresh_from_db()
    assert (row.state, [kind for kind, _ in orders()]) == ("expired", ["hold.place", "hold.release"])


def test_two_people_extend_it(actor: ActorWith) -> None:
    row = freeze(actor("service_agent"))
    approval = ask_to_extend(measure_id=row.id, note="案件未结", by=actor("specialist"), at=NIGHT)
    approve(approval_id=approval, by=actor("shift_lead"), at=NIGHT + timedelta(hours=1))
    row.refresh_from_db()
    assert (row.is_extended, row.expires_at) == (True, NIGHT + timedelta(days=7))
    assert orders()[-1][1]["until"] == to_ms(NIGHT + timedelta(days=7))
    assert let_lapse(NIGHT + timedelta(hours=25)) == 0


def test_who_may_not_alone_asks_and_the_first_yes_orders(actor: ActorWith) -> None:
    row = ask_for_measure("freeze_account", USER, reason="account_theft", by=actor("mentor"), at=NIGHT)
    assert (row.state, orders()) == ("waiting", [])
    approve(approval_id=row.approval_id, by=actor("shift_lead"), at=NIGHT + timedelta(minutes=3))
    row.refresh_from_db()
    assert (row.state, row.expires_at) == ("sent", NIGHT + timedelta(hours=24, minutes=3))
    assert orders()[0][0] == "hold.place"


def test_the_chosen_hours_begin_with_the_yes(actor: ActorWith) -> None:
    row = ask_for_measure("freeze_account", USER, reason="account_theft", hours=2, by=actor("mentor"), at=NIGHT)
    approve(approval_id=row.approval_id, by=actor("shift_lead"), at=NIGHT + timedelta(hours=3))
    row.refresh_from_db()
    assert (row.state, row.expires_at) == ("sent", NIGHT + timedelta(hours=5))


@pytest.mark.parametrize("how", ["declined", "taken back", "not answered"])
def test_a_request_that_comes_to_nothing_frees_the_measure_at_once(actor: ActorWith, how: str) -> None:
    by, lead, later = actor("mentor"), actor("shift_lead"), NIGHT + timedelta(hours=12)
    row = ask_for_measure("freeze_account", USER, reason="account_theft", by=by, at=NIGHT)
    if how == "not answered":
        expire(approval_id=row.approval_id, organisation_id=row.organisation_id, at=later)
    else:
        decline(approval_id=row.approval_id, by=by if how == "taken back" else lead, at=NIGHT)
    row.refresh_from_db()
    assert (row.state, row.ended_at is None, orders()) == ("declined", False, [])
    assert freeze(actor("specialist")).state == "sent"


def test_a_missing_amount_is_not_nothing_at_stake(actor: ActorWith) -> None:
    with pytest.raises(AmountNeeded):
        order_measure("hold_payout", USER, reason="mule", hours=2, by=actor("service_agent"), at=NIGHT)
    assert (ActionRequest.objects.count(), orders()) == (0, [])
    assert order_measure("hold_payout", USER, reason="mule", by=actor("shift_lead"), at=NIGHT).state == "sent"


def test_what_the_gateway_refused_has_failed(actor: ActorWith, monkeypatch: pytest.MonkeyPatch) -> None:
    row = freeze(actor("specialist"))
    monkeypatch.setattr(tasks, "orders_seen", lambda organisation, numbers: dict.fromkeys(numbers, "hold.invalid"))
    assert [note_obeyed(NIGHT), note_obeyed(NIGHT)] == [1, 0]
    row.refresh_from_db()
    assert (row.state, row.accepted_at) == ("failed", None)
    assert AuditEntry.objects.filter(act="measure.refuse").count() == 1


def test_nobody_reviews_their_own_and_good_faith_is_no_fault(actor: ActorWith) -> None:
    by = actor("specialist")
    row = freeze(by)
    with pytest.raises(SamePerson):
        review_measure(measure_id=row.id, finding="right", by=by, at=NIGHT)
    reviewed = review_measure(measure_id=row.id, finding="good_faith", by=actor("shift_lead"), at=NIGHT)
    assert reviewed.finding == "good_faith"
    with pytest.raises(NotStanding):
        undo_measure(measure_id=row.id, by=by, at=NIGHT)


def test_the_platforms_receipt_makes_it_effective_once(actor: ActorWith) -> None:
    by = actor("service_agent")
    row = freeze(by)
    late = NIGHT + timedelta(seconds=6)
    assert get_measure(measure_id=row.id, by=by, at=late).is_unconfirmed
    platform = actor("integrator")
    for _ in range(2):
        confirm_measure(measure_id=row.id, receipt="fz-77", has_worked=True, by=platform, at=NIGHT)
    found = get_measure(measure_id=row.id, by=by, at=late)
    assert (found.state, found.is_unconfirmed) == ("effective", False)
    assert AuditEntry.objects.filter(act="measure.confirm").count() == 1


def test_a_receipt_for_another_measure_leaves_the_first_alone(actor: ActorWith) -> None:
    by, platform = actor("service_agent"), actor("integrator")
    meant, other = freeze(by), freeze(by, Target("user", "u2"))
    confirm_measure(measure_id=other.id, receipt="fz-1", has_worked=True, by=platform, at=NIGHT)
    meant.refresh_from_db()
    assert (meant.state, meant.effective_at, meant.receipt) == ("sent", None, "")
    with pytest.raises(NotFound):
        confirm_measure(measure_id="msr_none", receipt="fz-2", has_worked=True, by=platform, at=NIGHT)


@pytest.mark.parametrize("first", [True, False])
def test_a_second_receipt_that_says_otherwise_changes_nothing(actor: ActorWith, first: bool) -> None:
    row, platform = freeze(actor("service_agent")), actor("integrator")
    confirm_measure(measure_id=row.id, receipt="fz-1", has_worked=first, by=platform, at=NIGHT)
    confirm_measure(measure_id=row.id, receipt="fz-2", has_worked=not first, by=platform, at=NIGHT)
    row.refresh_from_db()
    assert (row.state, row.receipt) == ("effective" if first else "failed", "fz-1")


@pytest.mark.parametrize("end", ["expired", "reverted"])
def test_worked_after_its_end_brings_nothing_back(actor: ActorWith, end: str) -> None:
    by, platform, late = actor("service_agent"), actor("integrator"), NIGHT + timedelta(hours=25)
    row = freeze(by)
    if end == "expired":
        let_lapse(late)
    else:
        undo_measure(measure_id=row.id, by=by, at=NIGHT)
    before = (AuditEntry.objects.count(), Fact.objects.count(), len(orders()))
    confirm_measure(measure_id=row.id, receipt="fz-9", has_worked=True, by=platform, at=late)
    row.refresh_from_db()
    assert (row.state, row.effective_at, row.receipt) == (end, None, "")
    assert (AuditEntry.objects.count(), Fact.objects.count(), len(orders())) == before


def test_a_platform_that_never_answers_stays_unconfirmed_until_the_end(actor: ActorWith) -> None:
    by = actor("service_agent")
    row = freeze(by)
    for hours in (1, 23):
        assert get_measure(measure_id=row.id, by=by, at=NIGHT + timedelta(hours=hours)).is_unconfirmed
    assert let_lapse(NIGHT + timedelta(hours=24)) == 1
    assert get_measure(measure_id=row.id, by=by, at=NIGHT + timedelta(hours=24)).state == "expired"


def test_a_receipt_that_says_no_is_told(actor: ActorWith) -> None:
    row = freeze(actor("service_agent"))
    confirm_measure(measure_id=row.id, receipt="x", has_worked=False, by=actor("integrator"), at=NIGHT)
    row.refresh_from_db()
    assert row.state == "failed"


def test_other_organisations_find_nothing(actor: ActorWith, other_organisation: Organisation) -> None:
    row = freeze(actor("service_agent"))
    foreign = actor("shift_lead", username="theirs", to=other_organisation)
    for act in (
        lambda: undo_measure(measure_id=row.id, by=foreign, at=NIGHT),
        lambda: release_measure(measure_id=row.id, note="", by=foreign, at=NIGHT),
        lambda: review_measure(measure_id=row.id, finding="right", by=foreign, at=NIGHT),
    ):
        with pytest.raises(NotFound):
            act()
    row.refresh_from_db()
    assert row.state == "sent"
