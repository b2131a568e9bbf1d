"""Corrective actions: proven by one and checked by another, or accepted for a time; then an incident closes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from anxin.desk.conftest import Clock
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.operations.incidents.actions import ending
from anxin.desk.operations.incidents.errors import GuardsUnmet
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.oversight.reviews.actions.improving import (
    Improvement,
    accept_risk,
    ask_for,
    check_proof,
    give_proof,
    let_risks_lapse,
)
from anxin.desk.oversight.reviews.errors import NamesSomebody, ReviewRefused
from anxin.desk.oversight.reviews.models import CorrectiveAction, Review
from anxin.desk.oversight.reviews.queries import list_actions
from anxin.desk.oversight.reviews.tests.conftest import published

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def analyst(actor: Callable[..., Actor]) -> Actor:
    """Who owns the action."""
    return actor("risk_analyst", username="analyst")


@pytest.fixture
def asked(review: Review, mentor: Actor, lead: Actor, analyst: Actor, clock: Clock) -> CorrectiveAction:
    """A rule to be changed, asked for in a review that is published."""
    due = clock.moment + timedelta(days=14)
    wanted = Improvement("rule", "新设备改绑后两小时内的提现需人工复核", "analyst", due, rule="ACC_NEW_DEVICE")
    row = ask_for(wanted, review_id=review.id, by=mentor, at=clock.moment)
    published(review, mentor, lead, clock.moment)
    return row


def state() -> str:
    return CorrectiveAction.objects.get().state


def test_an_incident_closes_once_the_action_is_proven(
    asked: CorrectiveAction, analyst: Actor, lead: Actor, clock: Clock
) -> None:
    where = {"incident_id": asked.incident_id, "by": lead, "at": clock.moment}
    assert asked.proof_required == "rule_replay"
    with pytest.raises(GuardsUnmet) as refused:
        ending.close(**where)
    assert refused.value.unmet == ("actions.proven",)
    give_proof(action_id=asked.id, proof_ref="policy night@4", by=analyst, at=clock.moment)
    with pytest.raises(GuardsUnmet):
        ending.close(**where)
    check_proof(action_id=asked.id, is_proven=True, by=lead, at=clock.moment)
    assert (state(), ending.close(**where).stage) == ("proven", "closed")


def test_only_the_owner_proves_and_only_another_checks(
    asked: CorrectiveAction, analyst: Actor, lead: Actor, clock: Clock
) -> None:
    with pytest.raises(ReviewRefused) as refused:
        give_proof(action_id=asked.id, proof_ref="v2", by=lead, at=clock.moment)
    assert refused.value.unmet == ("owner.mine",)
    with pytest.raises(ReviewRefused) as early:
        check_proof(action_id=asked.id, is_proven=True, by=lead, at=clock.moment)
    assert early.value.unmet == ("proof.given",)
    give_proof(action_id=asked.id, proof_ref="v2", by=analyst, at=clock.moment)
    with pytest.raises(ReviewRefused) as own:
        check_proof(action_id=asked.id, is_proven=True, by=analyst, at=clock.moment)
    assert (own.value.unmet, state()) == (("checker.other",), "given")


def test_a_proof_that_does_not_prove_goes_back(
    asked: CorrectiveAction, analyst: Actor, lead: Actor, clock: Clock
) -> None:
    give_proof(action_id=asked.id, proof_ref="v2", by=analyst, at=clock.moment)
    check_proof(action_id=asked.id, is_proven=False, note="the replay still misses it", by=lead, at=clock.moment)
    assert state() == "open"


def test_a_risk_is_accepted_by_name_and_for_a_time(asked: CorrectiveAction, lead: Actor, clock: Clock) -> None:
    until = clock.moment + timedelta(days=30)
    for wrong in (clock.moment, clock.moment + timedelta(days=400)):
        with pytest.raises(ReviewRefused) as refused:
            accept_risk(action_id=asked.id, until=wrong, reason="product comes", by=lead, at=clock.moment)
        assert refused.value.unmet == ("term.bounded",)
    accept_risk(action_id=asked.id, until=until, reason="product comes", by=lead, at=clock.moment)
    assert (state(), CorrectiveAction.objects.get().accepted_by) == ("accepted", lead.person_id)
    assert let_risks_lapse(at=until - timedelta(seconds=1)) == 0
    assert (let_risks_lapse(at=until), state()) == (1, "open")


def test_who_asked_does_not_accept_the_risk(review: Review, lead: Actor, analyst: Actor, clock: Clock) -> None:
    due = clock.moment + timedelta(days=14)
    row = ask_for(Improvement("rule", "改规则", "analyst", due), review_id=review.id, by=lead, at=clock.moment)
    with pytest.raises(ReviewRefused) as refused:
        accept_risk(action_id=row.id, until=due, reason="no", by=lead, at=clock.moment)
    assert (refused.value.unmet, state()) == (("accepter.other",), "open")


@pytest.mark.parametrize(
    ("owner", "text", "days", "error"),
    [
        ("nobody", "改规则", 14, ReviewRefused),
        ("analyst", "改规则", -1, ReviewRefused),
        ("analyst", "让 night-agent 重新培训", 14, NamesSomebody),
    ],
)
def test_what_cannot_be_asked(
    review: Review,
    mentor: Actor,
    analyst: Actor,
    clock: Clock,
    owner: str,
    text: str,
    days: int,
    error: type[Exception],
) -> None:
    wanted = Improvement("training", text, owner, clock.moment + timedelta(days=days))
    with pytest.raises(error):
        ask_for(wanted, review_id=review.id, by=mentor, at=clock.moment)
    assert CorrectiveAction.objects.count() == 0


def test_the_database_itself_keeps_checker_and_owner_apart(asked: CorrectiveAction, analyst: Actor) -> None:
    rows = CorrectiveAction.objects.filter(pk=asked.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state="proven", checked_by=analyst.person_id)
    assert rows.get().state == "open"


def test_the_list_says_what_is_late_and_what_may_be_done(
    asked: CorrectiveAction, analyst: Actor, lead: Actor, clock: Clock
) -> None:
    (mine,) = list_actions(by=analyst, at=clock.moment, shown="mine")
    assert (mine.owner, mine.is_mine, mine.is_late, mine.can_check) == ("analyst", True, False, False)
    assert [each.is_late for each in list_actions(by=lead, at=clock.forward(days=15))] == [True]
    assert Incident.objects.get().stage == "improving"


WAYS = {"open": (), "given": ("prove",), "proven": ("prove", "check"), "accepted": ("accept",)}
REFUSED = {
    ("open", "check"): "proof.given",
    ("accepted", "check"): "proof.given",
    ("proven", "check"): "proof.given",
    ("proven", "prove"): "action.open",
    ("proven", "accept"): "action.open",
}


@pytest.mark.parametrize(("where", "unmet"), list(REFUSED.items()))
def test_a_command_in_the_wrong_state_changes_nothing(
    asked: CorrectiveAction, analyst: Actor, lead: Actor, clock: Clock, where: tuple[str, str], unmet: str
) -> None:
    at, name = clock.moment, where[1]
    until = at + timedelta(days=30)
    calls: dict[str, Callable[[], object]] = {
        "prove": lambda: give_proof(action_id=asked.id, proof_ref="v2", by=analyst, at=at),
        "check": lambda: check_proof(action_id=asked.id, is_proven=True, by=lead, at=at),
        "accept": lambda: accept_risk(action_id=asked.id, until=until, reason="product comes", by=lead, at=at),
    }
    for step in WAYS[where[0]]:
        calls[step]()
    before = CorrectiveAction.objects.values().get(), AuditEntry.objects.count(), Fact.objects.count()
    with pytest.raises(ReviewRefused) as refused:
        calls[name]()
    assert refused.value.unmet == (unmet,)
    assert (CorrectiveAction.objects.values().get(), AuditEntry.objects.count(), Fact.objects.count()) == before
