"""Signals become incidents: one for a storm, at once for a loss that goes on, once for what is told twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.operations.incidents.actions import joining, responding
from anxin.desk.operations.incidents.actions.signals import Named, NewSignal, Promoted, promote
from anxin.desk.operations.incidents.grading import Facts, Grading, grade
from anxin.desk.operations.incidents.models import Incident, Party, Signal
from anxin.desk.operations.incidents.replay import replay

pytestmark = pytest.mark.django_db


def told(organisation: Organisation, number: int, **more: object) -> Promoted:
    """Tell of the `number`-th stolen account of the night."""
    at = NIGHT + timedelta(seconds=number)
    given: dict[str, object] = {
        "source": "decision",
        "source_ref": str(number),
        "kind": "account_takeover",
        "dedup_key": "account_takeover:RA01:",
        "received_at": at,
        "entities": (Named("victim", "user", f"u{number}"), Named("thing", "device", "d1")),
        "suggested_level": 3,
    }
    signal = NewSignal(**(given | more))  # type: ignore[arg-type]
    return promote(signal, by=system_actor(organisation.id, "decisions"), at=at)


def test_two_hundred_alike_are_one_incident_with_its_victims_counted(organisation: Organisation) -> None:
    found = {told(organisation, number).incident_id for number in range(200)}
    incident = Incident.objects.get()
    assert found == {incident.id}
    assert (incident.signals, incident.victims, incident.level, incident.level_reason) == (200, 200, 1, "victims")
    assert Party.objects.filter(incident_id=incident.id, role="thing").count() == 1
    assert (incident.zero_at, Signal.objects.count()) == (NIGHT, 200)
    assert replay(incident) == ()


def test_the_same_signal_twice_is_one(organisation: Organisation) -> None:
    first, again = told(organisation, 1), told(organisation, 1)
    assert (first.incident_id, again.is_repeated, Incident.objects.get().signals) == (again.incident_id, True, 1)


def test_after_the_window_it_is_another_incident(organisation: Organisation) -> None:
    told(organisation, 1)
    assert told(organisation, 1 + 31 * 60).number == 2


def test_what_is_over_is_not_folded_into(organisation: Organisation, lead: Actor) -> None:
    first = told(organisation, 1)
    responding.dismiss(incident_id=first.incident_id, code="false_alarm", note="no", by=lead, at=NIGHT)
    assert told(organisation, 2).is_new


def test_a_loss_that_goes_on_is_l1_at_once_and_to_be_confirmed(organisation: Organisation) -> None:
    incident = Incident.objects.get(pk=told(organisation, 1, markers=("money_moving",)).incident_id)
    assert (incident.level, incident.is_provisional, incident.level_reason) == (1, True, "money_moving")
    assert incident.due_at == incident.zero_at + timedelta(minutes=30)
    assert "incident.opened" in set(Fact.objects.values_list("kind", flat=True))


def test_money_at_risk_adds_up(organisation: Organisation) -> None:
    for number in range(3):
        told(organisation, number, amount_minor=2_000_000, currency="CNY")
    incident = Incident.objects.get()
    assert (incident.at_risk_minor, incident.currency, incident.level) == (6_000_000, "CNY", 2)


GRADES = (
    (Facts(3), Grading(3, "kind", is_provisional=True)),
    (Facts(3, suggested=2), Grading(2, "rule")),
    (Facts(3, suggested=3, markers=("code_shared",)), Grading(1, "code_shared", is_provisional=True)),
    (Facts(3, suggested=3, victims=5), Grading(2, "victims")),
    (Facts(3, suggested=3, victims=100), Grading(1, "victims")),
    (Facts(3, suggested=2, at_risk_minor=50_000_000, currency="CNY"), Grading(1, "amount")),
    (Facts(3, suggested=3, at_risk_minor=50_000_000, currency="JPY"), Grading(3, "rule")),
)


@pytest.mark.parametrize(("facts", "expected"), GRADES)
def test_levels_have_a_reason(facts: Facts, expected: Grading) -> None:
    assert grade(facts) == expected


def test_a_part_is_split_off_with_its_own_zero(organisation: Organisation, agent: Actor) -> None:
    for number in range(3):
        told(organisation, number)
    whole = Incident.objects.get()
    last = Signal.objects.order_by("received_at").last()
    assert last is not None
    child = joining.split(incident_id=whole.id, signal_ids=(last.id,), by=agent, at=NIGHT + timedelta(minutes=5))
    whole.refresh_from_db()
    assert (child.parent_id, child.zero_at, child.victims) == (whole.id, NIGHT + timedelta(seconds=2), 1)
    assert (whole.signals, whole.victims, child.signals) == (2, 2, 1)
    assert replay(whole) == () == replay(child)


def test_merged_incidents_keep_the_earliest_zero_and_the_strictest_level(
    organisation: Organisation, agent: Actor
) -> None:
    first = told(organisation, 0)
    second = told(organisation, 1200, dedup_key="other", suggested_level=1)
    at = NIGHT + timedelta(minutes=25)
    survivor = joining.merge(incident_id=second.incident_id, into=first.incident_id, by=agent, at=at)
    absorbed = Incident.objects.get(pk=second.incident_id)
    assert (survivor.zero_at, survivor.level, survivor.due_at) == (NIGHT, 1, NIGHT + timedelta(minutes=50))
    assert (absorbed.stage, absorbed.merged_into, absorbed.due_at) == ("merged", survivor.id, None)
    assert (survivor.signals, survivor.victims) == (2, 2)
    assert replay(survivor) == () == replay(absorbed)
