"""The whole loop, from the first alert to closed, and what each step refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.actions import contacts, disposing, ending, responding
from anxin.desk.operations.incidents.actions.contacts import Contact
from anxin.desk.operations.incidents.actions.disposing import Finding, Loss
from anxin.desk.operations.incidents.errors import GuardsUnmet, WrongStage
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.desk.operations.incidents.replay import replay
from anxin.desk.operations.incidents.stages import Stage

pytestmark = pytest.mark.django_db
CHECKS = ("sessions_revoked", "contact_restored")
TOLD = Contact("chat", "delivered", "msg_1", is_informing=True)


def disposed(incident: Incident, by: Actor, clock: Clock) -> Incident:
    """Bring an incident to verification."""
    where = {"incident_id": incident.id, "by": by}
    responding.start(**where, at=clock.forward(minutes=2))
    responding.record_no_action(**where, code="already_stopped", at=clock.forward(minutes=1))
    responding.contain(**where, at=clock.forward(minutes=1))
    contacts.log_contact(**where, contact=TOLD, at=clock.forward(minutes=1))
    disposing.record_loss(**where, loss=Loss("CNY", 32_000, 32_000, 0), at=clock.forward(minutes=1))
    disposing.record_finding(**where, finding=Finding("credential_theft", "outsider"), at=clock.moment)
    return disposing.submit(**where, at=clock.forward(minutes=1))


@pytest.mark.usefixtures("around")
def test_an_incident_goes_round_the_loop(
    seen: Callable[..., Incident], agent: Actor, lead: Actor, clock: Clock
) -> None:
    incident = disposed(seen(level=2), agent, clock)
    assert incident.clock_standing == "met"
    with pytest.raises(GuardsUnmet) as early:
        disposing.verify(incident_id=incident.id, checks=CHECKS, by=lead, at=clock.moment)
    assert early.value.unmet == ("window.quiet",)
    verified = disposing.verify(incident_id=incident.id, checks=CHECKS, by=lead, at=clock.forward(hours=12))
    if verified.stage == Stage.REVIEWING:
        ending.publish_review(incident_id=incident.id, by=lead, at=clock.forward(hours=1))
    closed = ending.close(incident_id=incident.id, by=lead, at=clock.forward(hours=1))
    assert (closed.stage, closed.commander_id, closed.verifier_id) == ("closed", agent.person_id, lead.person_id)
    assert replay(closed) == ()
    kinds = list(IncidentEvent.objects.filter(incident=closed).order_by("seq").values_list("kind", flat=True))
    assert kinds[:5] == ["promote", "start", "record_no_action", "contain", "log_contact"]


def test_nobody_verifies_their_own_disposal(seen: Callable[..., Incident], agent: Actor, clock: Clock) -> None:
    incident = disposed(seen(level=2), agent, clock)
    with pytest.raises(GuardsUnmet) as refused:
        disposing.verify(incident_id=incident.id, checks=CHECKS, by=agent, at=clock.forward(hours=12))
    assert refused.value.unmet == ("verifier.other",)
    assert Incident.objects.get(pk=incident.id).stage == "verifying"


def test_submit_names_everything_that_is_missing(seen: Callable[..., Incident], agent: Actor, clock: Clock) -> None:
    incident = seen(level=2)
    where = {"incident_id": incident.id, "by": agent, "at": clock.forward(minutes=1)}
    responding.start(**where)
    responding.record_no_action(**where, code="already_stopped")
    responding.contain(**where)
    with pytest.raises(GuardsUnmet) as refused:
        disposing.submit(**where)
    assert refused.value.unmet == ("victim.informed", "loss.filled", "finding.recorded")
    assert "loss" in refused.value.sentence("en")


def test_it_cannot_be_closed_straight_after_the_disposal(
    seen: Callable[..., Incident], agent: Actor, lead: Actor, clock: Clock
) -> None:
    incident = disposed(seen(level=1), agent, clock)
    with pytest.raises(WrongStage) as refused:
        ending.close(incident_id=incident.id, by=lead, at=clock.moment)
    assert refused.value.unmet == ("stage.verifying",)


def test_reopening_soon_is_the_same_incident_and_late_is_another(
    seen: Callable[..., Incident], agent: Actor, clock: Clock
) -> None:
    incident = seen(level=3)
    done = responding.dismiss(
        incident_id=incident.id, code="false_alarm", note="nothing there", by=agent, at=clock.forward(minutes=5)
    )
    assert isinstance(done, Incident)
    again = ending.reopen(incident_id=incident.id, by=agent, at=clock.forward(hours=71), note="it is one")
    assert (again.id, again.stage, again.reopen_count, again.ended_at) == (incident.id, "responding", 1, None)
    assert again.due_at == clock.moment + timedelta(hours=2)
    responding.dismiss(incident_id=incident.id, code="false_alarm", note="no", by=agent, at=clock.forward(minutes=5))
    fresh = ending.reopen(incident_id=incident.id, by=agent, at=clock.forward(hours=73), note="again")
    assert (fresh.number, fresh.recurrence_of, fresh.stage, fresh.victims) == (2, incident.id, "responding", 1)
    assert Incident.objects.get(pk=incident.id).stage == "dismissed"
    assert replay(fresh) == () == replay(Incident.objects.get(pk=incident.id))


def test_the_first_signal_is_the_zero(seen: Callable[..., Incident]) -> None:
    incident = seen(level=1)
    assert (incident.zero_at, incident.due_at, incident.clock_kind) == (NIGHT, NIGHT + timedelta(minutes=30), "start")
    assert (incident.number, incident.stage, incident.version) == (1, "identified", 1)
