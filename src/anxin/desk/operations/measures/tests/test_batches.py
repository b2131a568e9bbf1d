"""One measure for many: what each comes to, a trial that leaves nothing, two people beyond twenty, and the way back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.decisioning.conftest import count_queries
from anxin.desk.foundation.approvals.actions import approve, decline
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, Refusal
from anxin.desk.foundation.organisations.models import Organisation, QuotaUse
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.measures.actions import Target, order_measure, review_measure
from anxin.desk.operations.measures.batches.actions import Many, carry_out, order_batch, try_batch, undo_batch
from anxin.desk.operations.measures.batches.tasks import finish_batches
from anxin.desk.operations.measures.errors import NotStanding
from anxin.desk.operations.measures.models import ActionRequest, Batch, BatchItem

ActorWith = Callable[..., Actor]
pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("clock")]


def users(count: int, first: int = 0) -> tuple[tuple[str, str], ...]:
    return tuple(("user", f"u{number}") for number in range(first, first + count))


def many(count: int, **more: object) -> Many:
    given = {"kind": "freeze_account", "reason": "scam_in_progress", "targets": users(count), "incident_id": "inc_1"}
    return Many(**{**given, **more})  # type: ignore[arg-type]


def outcomes(batch: Batch) -> list[tuple[str, str]]:
    return list(BatchItem.objects.filter(batch=batch).order_by("place").values_list("outcome", "refusal"))


def kept() -> tuple[int, ...]:
    counted = (ActionRequest, Batch, BatchItem, ControlOrder, AuditEntry, Fact, QuotaUse)
    return tuple(each.objects.count() for each in counted)


def test_each_target_has_its_own_result(actor: ActorWith) -> None:
    by = actor("specialist")
    order_measure("freeze_account", Target("user", "u1"), reason="mule", by=actor("service_agent"), at=NIGHT)
    batch = order_batch(many(3), by=by, at=NIGHT)
    assert outcomes(batch) == [("ordered", ""), ("refused", "measure.standing"), ("ordered", "")]
    rows = ActionRequest.objects.filter(incident_id="inc_1", requested_by=by.person_id).order_by("entity_key")
    assert list(rows.values_list("entity_key", flat=True)) == ["u0", "u2"]


def test_beyond_the_quota_the_rest_is_refused_one_by_one(actor: ActorWith) -> None:
    batch = order_batch(many(12), by=actor("service_agent"), at=NIGHT)
    assert outcomes(batch) == [("ordered", "")] * 10 + [("refused", "permission.quota_spent")] * 2


def test_a_trial_says_the_same_and_leaves_nothing(actor: ActorWith) -> None:
    by = actor("service_agent")
    before = kept()
    tried = try_batch(many(12), by=by, at=NIGHT)
    assert [(each.outcome, each.refusal.code if each.refusal else "") for each in tried] == [("ordered", "")] * 10 + [
        ("refused", "permission.quota_spent")
    ] * 2
    assert kept() == before
    assert outcomes(order_batch(many(12), by=by, at=NIGHT))[9:11] == [
        ("ordered", ""),
        ("refused", "permission.quota_spent"),
    ]


def test_more_than_twenty_wait_for_a_second_person_and_then_all_are_ordered(actor: ActorWith) -> None:
    asker, lead = actor("specialist"), actor("shift_lead")
    batch = order_batch(many(25), by=asker, at=NIGHT)
    assert (batch.state, ActionRequest.objects.count(), finish_batches(NIGHT)) == ("waiting", 0, 0)
    approve(approval_id=batch.approval_id, by=lead, at=NIGHT + timedelta(minutes=1))
    assert finish_batches(NIGHT + timedelta(minutes=1)) == 25
    batch.refresh_from_db()
    assert (batch.state, set(outcomes(batch))) == ("done", {("ordered", "")})
    assert set(ActionRequest.objects.values_list("requested_by", flat=True)) == {asker.person_id}
    assert finish_batches(NIGHT + timedelta(minutes=2)) == 0


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "冻结账号：25 个对象，原因“正在被骗”"), ("en", "Freeze the account: 25 targets, because of ")],
)
def test_the_second_person_reads_what_and_how_many_before_saying_yes(
    sign_in: Callable[..., Client], actor: ActorWith, language: str, said: str
) -> None:
    batch = order_batch(many(25), by=actor("specialist"), at=NIGHT)
    shown = sign_in("shift_lead").get("/approvals/", headers={"accept-language": language}).content.decode()
    assert (said in shown, f'href="/measures/batches/{batch.id}/"' in shown, "{}" in shown) == (True, True, False)


def test_a_second_person_says_no(actor: ActorWith) -> None:
    batch = order_batch(many(25), by=actor("specialist"), at=NIGHT)
    decline(approval_id=batch.approval_id, by=actor("shift_lead"), at=NIGHT)
    batch.refresh_from_db()
    assert (batch.state, ActionRequest.objects.count()) == ("declined", 0)


def test_a_wrong_batch_is_taken_back_as_a_whole(actor: ActorWith) -> None:
    by = actor("specialist")
    batch = order_batch(many(4), by=by, at=NIGHT)
    results = undo_batch(batch_id=batch.id, by=by, at=NIGHT + timedelta(minutes=3))
    assert [each.outcome for each in results] == ["undone"] * 4
    assert set(ActionRequest.objects.values_list("state", flat=True)) == {"reverted"}
    released = ControlOrder.objects.filter(kind="hold.release").count()
    assert (released, Batch.objects.get().state) == (4, "undone")
    with pytest.raises(NotStanding):
        undo_batch(batch_id=batch.id, by=by, at=NIGHT)


def test_what_was_reviewed_stays_and_says_so(actor: ActorWith) -> None:
    by = actor("specialist")
    batch = order_batch(many(2), by=by, at=NIGHT)
    first = ActionRequest.objects.get(entity_key="u0")
    review_measure(measure_id=first.id, finding="right", by=actor("shift_lead"), at=NIGHT)
    results = undo_batch(batch_id=batch.id, by=by, at=NIGHT)
    assert [each.refusal.code if each.refusal else "" for each in results] == ["measure.not_standing", ""]
    assert list(ActionRequest.objects.order_by("entity_key").values_list("state", flat=True)) == ["sent", "reverted"]


def test_what_was_interrupted_is_never_ordered_without_somebody_answerable(actor: ActorWith) -> None:
    batch = order_batch(many(3), by=actor("specialist"), at=NIGHT)
    Batch.objects.update(state="under_way")
    BatchItem.objects.filter(place=2).update(outcome="open", measure_id="")
    ActionRequest.objects.filter(entity_key="u2").delete()
    assert (finish_batches(NIGHT + timedelta(seconds=5)), finish_batches(NIGHT + timedelta(minutes=1))) == (0, 1)
    assert outcomes(batch)[2] == ("refused", "permission.missing")


def test_the_same_item_is_ordered_once_however_many_carry_it_out(actor: ActorWith) -> None:
    by = actor("specialist")
    batch = order_batch(many(3), by=by, at=NIGHT)
    assert (carry_out(batch, by=by, at=NIGHT), ActionRequest.objects.count()) == (0, 3)


@pytest.mark.parametrize(
    ("role", "wanted", "refusal"),
    [
        ("auditor", many(2), Forbidden),
        ("service_agent", many(25), Forbidden),
        ("specialist", many(0), FieldInvalid),
        ("specialist", many(501), FieldInvalid),
        ("specialist", many(2, targets=(("user", "u1"), ("user", "u1"))), FieldInvalid),
        ("specialist", many(2, kind="hold_order"), FieldInvalid),
        ("specialist", many(2, kind="banish"), FieldInvalid),
        ("specialist", many(2, reason="dislike"), FieldInvalid),
    ],
)
def test_a_batch_that_is_refused_leaves_nothing(
    actor: ActorWith, role: str, wanted: Many, refusal: type[Refusal]
) -> None:
    by = actor(role)
    before = kept()
    with pytest.raises(refusal):
        order_batch(wanted, by=by, at=NIGHT)
    assert kept() == before


def test_calls_of_the_api(sign_in: Callable[..., Client], other_organisation: Organisation, clock: Clock) -> None:
    client = sign_in("specialist")
    body = {
        "kind": "freeze_account",
        "reason": "mule",
        "targets": [{"entity_kind": "user", "entity_key": f"u{number}"} for number in range(2)],
    }
    given = {"content_type": "application/json"}
    tried = client.post("/api/v1/measure-batches", json.dumps(body | {"dry_run": True}), **given)
    assert (tried.status_code, tried.json()["ordered"], Batch.objects.count()) == (200, 2, 0)
    made = client.post("/api/v1/measure-batches", json.dumps(body), **given)
    assert (made.status_code, [each["outcome"] for each in made.json()["items"]]) == (201, ["ordered", "ordered"])
    path = f"/api/v1/measure-batches/{made.json()['id']}"
    assert sign_in("specialist", username="stranger", to=other_organisation).get(path).status_code == 404
    undone = client.post(f"{path}:undo", json.dumps({"note": "认错了"}), **given)
    assert (undone.json()["state"], undone.json()["undone"]) == ("undone", 2)


def test_the_page_of_a_batch(sign_in: Callable[..., Client], other_organisation: Organisation) -> None:
    client = sign_in("specialist")
    made = client.post(
        "/api/v1/measure-batches",
        json.dumps(
            {
                "kind": "freeze_account",
                "reason": "mule",
                "targets": [{"entity_kind": "user", "entity_key": f"u{number}"} for number in range(15)],
            }
        ),
        content_type="application/json",
    ).json()
    path = f"/measures/batches/{made['id']}/"
    page = client.get(path).content.decode()
    assert ("10 ordered" in page, "5 refused" in page, "quota" in page) == (True, True, True)
    assert count_queries(lambda: client.get(path)) <= 12
    assert sign_in("specialist", username="stranger", to=other_organisation).get(path).status_code == 404
    assert Client().get(path).status_code == 302
    assert client.post(f"{path}undo/").status_code == 302
    assert Batch.objects.get().state == "undone"
