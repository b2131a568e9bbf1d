"""Whether the gateway and the platform say of a measure what the record says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from pytest_django import Settings

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, order
from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.permissions.authority import Forbidden, grants_of
from anxin.desk.foundation.service_accounts.actions import close_account, open_account
from anxin.desk.foundation.webhooks.actions import open_endpoint
from anxin.desk.operations.measures.actions import Target, note_accepted, order_measure, undo_measure
from anxin.desk.operations.measures.errors import SamePerson
from anxin.desk.operations.measures.models import ActionRequest, StateQuestion
from anxin.desk.operations.measures.outgoing import list_outgoing
from anxin.desk.operations.measures.verification import (
    answer_question,
    ask_platform,
    awaits_answer,
    compare_targets,
    count_unowned,
    list_unasked,
)
from anxin.engine.log.keys import FileKeyRing

pytestmark = pytest.mark.django_db(databases="__all__")
AT = NIGHT + timedelta(minutes=5)
HOLD = {"entity_kind": "user", "entity_id": "u1", "verdict": "freeze", "measure": "freeze_account", "reason": "x"}
RELEASE = {"entity_kind": "user", "entity_id": "u1", "measure": "freeze_account"}


@pytest.fixture
def night(tmp_path: Path, settings: Settings, organisation: Organisation) -> Night:
    """The shop's log and its projection, in a folder of this test alone."""
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, data=tmp_path)
    return Night(tmp_path, FileKeyRing(tmp_path / "master.key"), organisation)


@pytest.fixture
def by(actor: Callable[..., Actor]) -> Actor:
    """Who orders."""
    return actor("specialist", username="orderer")


@pytest.fixture
def platform(by: Actor) -> Actor:
    """The platform's own account."""
    return Actor(by.organisation_id, ActorKind.SERVICE, "shop", grants=grants_of(["integrator"]))


@pytest.fixture
def frozen(by: Actor) -> ActionRequest:
    """A freeze that the gateway obeyed."""
    row = order_measure("freeze_account", Target("user", "u1", None, "inc_1"), reason="account_theft", by=by, at=NIGHT)
    note_accepted(measure_id=row.id, organisation_id=row.organisation_id, at=NIGHT)
    return row


def mismatched() -> int:
    """Return of how many measures verification does not hear what the record says."""
    found = compare_targets(ActionRequest.objects.all(), at=AT)
    return found.differing + found.unanswered


def listen(actor: Callable[..., Actor]) -> None:
    admin = actor("administrator", username="admin")
    open_endpoint(name="shop", url="https://hooks.example.com/x", kinds=["measure.verify"], by=admin, at=NIGHT)


def test_a_standing_freeze_must_stand_in_the_gateways_log(frozen: ActionRequest, night: Night) -> None:
    assert mismatched() == 1
    night.happened(order("hold.place", 1, control_seq=1, **HOLD))
    assert mismatched() == 0


def test_a_freeze_taken_back_must_have_left_the_gateway(frozen: ActionRequest, by: Actor, night: Night) -> None:
    night.happened(order("hold.place", 1, control_seq=1, **HOLD))
    undo_measure(measure_id=frozen.id, by=by, at=AT)
    assert mismatched() == 1


def test_a_released_freeze_matches(frozen: ActionRequest, by: Actor, night: Night) -> None:
    undo_measure(measure_id=frozen.id, by=by, at=AT)
    night.happened(order("hold.place", 1, control_seq=1, **HOLD), order("hold.release", 2, control_seq=2, **RELEASE))
    assert mismatched() == 0


def test_a_later_freeze_of_the_same_user_is_no_contradiction(frozen: ActionRequest, by: Actor, night: Night) -> None:
    undo_measure(measure_id=frozen.id, by=by, at=AT)
    again = order_measure("freeze_account", Target("user", "u1"), reason="account_theft", by=by, at=AT)
    night.happened(order("hold.place", 1, control_seq=1, **HOLD))
    assert again.state == "sent"
    assert mismatched() == 0


def test_a_platform_that_listens_must_have_answered_the_same(
    frozen: ActionRequest, platform: Actor, night: Night, actor: Callable[..., Actor]
) -> None:
    night.happened(order("hold.place", 1, control_seq=1, **HOLD))
    listen(actor)
    ask_platform(measure_id=frozen.id, by=platform, at=AT)
    assert (mismatched(), Fact.objects.filter(kind="measure.verify").count()) == (1, 1)
    answer_question(measure_id=frozen.id, is_standing=False, receipt="r1", by=platform, at=AT)
    assert mismatched() == 1
    answer_question(measure_id=frozen.id, is_standing=True, receipt="r2", by=platform, at=AT)
    assert (mismatched(), StateQuestion.objects.get().receipt) == (0, "r2")


def test_a_dead_webhook_is_replaced_by_the_phone_but_not_by_the_orderer(
    frozen: ActionRequest, by: Actor, night: Night, actor: Callable[..., Actor]
) -> None:
    night.happened(order("hold.place", 1, control_seq=1, **HOLD))
    listen(actor)
    assert mismatched() == 1
    with pytest.raises(SamePerson):
        answer_question(measure_id=frozen.id, is_standing=True, receipt="phone", by=by, at=AT)
    agent = actor("service_agent", username="agent")
    with pytest.raises(Forbidden):
        answer_question(measure_id=frozen.id, is_standing=True, receipt="phone", by=agent, at=AT)
    assert (mismatched(), StateQuestion.objects.count()) == (1, 0)
    lead = actor("shift_lead", username="lead-1")
    answer_question(measure_id=frozen.id, is_standing=True, receipt="phone 03:20", by=lead, at=AT)
    assert mismatched() == 0


def test_without_a_listener_nobody_waits_for_an_answer(frozen: ActionRequest, night: Night) -> None:
    night.happened(order("hold.place", 1, control_seq=1, **HOLD))
    assert (mismatched(), list_unasked(incident_id="inc_1", since=NIGHT)) == (0, (frozen.id,))


def poll(admin: Actor) -> str:
    """Let the platform's account ask what is wanted; return its id."""
    account = open_account(name="shop", by=admin, at=NIGHT)
    grants = grants_of(["integrator"])
    program = Actor(admin.organisation_id, ActorKind.SERVICE, "shop", person_id=account.id, grants=grants)
    list_outgoing(by=program, at=NIGHT)
    return account.id


def test_a_platform_that_asks_is_waited_for_like_one_that_listens(
    frozen: ActionRequest, platform: Actor, night: Night, actor: Callable[..., Actor]
) -> None:
    night.happened(order("hold.place", 1, control_seq=1, **HOLD))
    admin = actor("administrator", username="admin")
    account_id = poll(admin)
    found = compare_targets(ActionRequest.objects.all(), at=AT)
    assert (found.differing, found.unanswered) == (0, 1)
    ask_platform(measure_id=frozen.id, by=platform, at=AT)
    assert [(each.wants, each.until) for each in list_outgoing(by=platform, at=AT)] == [
        ("answer", frozen.expires_at),
        ("receipt", frozen.expires_at),
    ]
    answer_question(measure_id=frozen.id, is_standing=False, receipt="r1", by=platform, at=AT)
    found = compare_targets(ActionRequest.objects.all(), at=AT)
    assert (found.differing, found.unanswered) == (1, 0)
    StateQuestion.objects.all().delete()
    close_account(account_id=account_id, by=admin, at=AT)
    assert mismatched() == 0


def test_people_and_other_organisations_who_look_are_not_waited_for(
    frozen: ActionRequest, night: Night, actor: Callable[..., Actor], other_organisation: Organisation
) -> None:
    night.happened(order("hold.place", 1, control_seq=1, **HOLD))
    poll(actor("administrator", username="foreign", to=other_organisation))
    program = Actor(frozen.organisation_id, ActorKind.PERSON, "x", person_id="p", grants=grants_of(["integrator"]))
    list_outgoing(by=program, at=NIGHT)
    assert mismatched() == 0


def test_an_answer_from_before_the_end_says_nothing_about_it(
    frozen: ActionRequest, by: Actor, platform: Actor, night: Night, actor: Callable[..., Actor]
) -> None:
    listen(actor)
    ask_platform(measure_id=frozen.id, by=platform, at=NIGHT)
    answer_question(measure_id=frozen.id, is_standing=True, receipt="r1", by=platform, at=NIGHT)
    assert list_unasked(incident_id="inc_1", since=NIGHT) == ()
    ended = undo_measure(measure_id=frozen.id, by=by, at=AT)
    night.happened(order("hold.place", 1, control_seq=1, **HOLD), order("hold.release", 2, control_seq=2, **RELEASE))
    found = compare_targets([ended], at=AT)
    assert (found.differing, found.unanswered, awaits_answer(measure_id=ended.id, by=by)) == (0, 1, True)
    assert list_unasked(incident_id="inc_1", since=NIGHT) == (frozen.id,)
    ask_platform(measure_id=frozen.id, by=platform, at=AT)
    answer_question(measure_id=frozen.id, is_standing=False, receipt="r2", by=platform, at=AT)
    assert list_unasked(incident_id="inc_1", since=NIGHT) == ()
    assert (mismatched(), awaits_answer(measure_id=ended.id, by=by)) == (0, False)


def test_each_measure_is_asked_about_once_a_submission(frozen: ActionRequest, platform: Actor) -> None:
    ask_platform(measure_id=frozen.id, by=platform, at=AT)
    assert list_unasked(incident_id="inc_1", since=NIGHT) == ()
    assert list_unasked(incident_id="inc_1", since=AT + timedelta(seconds=1)) == (frozen.id,)


def test_a_freeze_whose_orderer_left_has_no_owner(frozen: ActionRequest, by: Actor) -> None:
    rows = ActionRequest.objects.all()
    assert count_unowned(rows) == 0
    Person.objects.filter(pk=by.person_id).update(left_at=NIGHT)
    assert count_unowned(rows) == 1
    rows.update(ended_at=AT)
    assert count_unowned(rows) == 0
