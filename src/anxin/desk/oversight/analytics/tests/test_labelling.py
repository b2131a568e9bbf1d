"""Verdicts become labels, each fact exactly once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.decisioning.labels.models import GivenLabel
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.actions.disposing import verify
from anxin.desk.operations.incidents.actions.responding import dismiss
from anxin.desk.operations.incidents.kinds import shipped_kinds
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.tests.test_loop import disposed
from anxin.desk.operations.measures.actions import Target, order_measure, review_measure
from anxin.desk.oversight.analytics.labelling import label_verdicts

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def agent(actor: Callable[..., Actor]) -> Actor:
    """Who works at night."""
    return actor("specialist", username="night-agent")


def given() -> list[tuple[str, str, bool]]:
    rows = GivenLabel.objects.order_by("event_id", "entity_key")
    return [(each.event_id or each.entity_key, each.cause_kind, each.is_fraud) for each in rows]


def test_a_false_alarm_says_that_its_decisions_were_legitimate(made: Incident, agent: Actor, clock: Clock) -> None:
    Incident.objects.update(level=3)
    label_verdicts(NIGHT)
    assert given() == []
    dismiss(incident_id=made.id, code="false_alarm", note="a family", by=agent, at=clock.forward(minutes=5))
    while label_verdicts(clock.moment):
        pass
    assert given() == [("e2", "incident", False), ("e3", "incident", False)]
    assert label_verdicts(clock.moment) == 0


def test_a_duplicate_says_nothing(made: Incident, agent: Actor, clock: Clock) -> None:
    Incident.objects.update(level=3)
    dismiss(incident_id=made.id, code="duplicate", note="twice", by=agent, at=clock.forward(minutes=5))
    label_verdicts(clock.moment)
    assert given() == []


def test_a_verified_incident_says_that_it_was_fraud(made: Incident, agent: Actor, lead: Actor, clock: Clock) -> None:
    disposed(made, agent, clock)
    checks = shipped_kinds()[made.kind].checks
    verify(incident_id=made.id, checks=checks, by=lead, at=clock.forward(hours=25))
    while label_verdicts(clock.moment):
        pass
    assert given() == [("e2", "incident", True), ("e3", "incident", True)]


@pytest.mark.parametrize(("finding", "labels"), [("right", []), ("wrong", [("u9", "measure", False)])])
def test_a_wrong_freeze_says_that_the_user_was_legitimate(
    agent: Actor, lead: Actor, clock: Clock, finding: str, labels: list[tuple[str, str, bool]]
) -> None:
    row = order_measure("freeze_account", Target("user", "u9"), reason="mule", by=agent, at=NIGHT)
    review_measure(measure_id=row.id, finding=finding, by=lead, at=NIGHT)
    label_verdicts(NIGHT)
    assert given() == labels
