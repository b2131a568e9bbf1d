"""Two people: second persons, hand-overs, drafts, advice, and the promise while it is checked carefully."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.approvals.actions import approve
from anxin.desk.foundation.approvals.errors import OwnRequest
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import Conflict, FieldInvalid
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.incidents.actions import consults, contacts, leases, levels, notes, responding
from anxin.desk.operations.incidents.actions.signals import Named
from anxin.desk.operations.incidents.detail import get_detail, list_timeline
from anxin.desk.operations.incidents.errors import GuardsUnmet
from anxin.desk.operations.incidents.models import Handover, Incident, Party
from anxin.desk.operations.incidents.replay import replay
from anxin.desk.operations.incidents.tests.conftest import VICTIM, Around

pytestmark = pytest.mark.django_db


def test_lowering_waits_for_a_second_person_and_keeps_the_due_time(
    seen: Callable[..., Incident], agent: Actor, lead: Actor
) -> None:
    incident = seen(level=1)
    asked = levels.lower_level(
        incident_id=incident.id, level=3, code="contained", note="calm", by=agent, at=NIGHT + timedelta(minutes=10)
    )
    assert Incident.objects.get(pk=incident.id).due_at == NIGHT + timedelta(minutes=30)
    with pytest.raises(OwnRequest):
        approve(approval_id=asked.id, by=agent, at=NIGHT + timedelta(minutes=12))
    approve(approval_id=asked.id, by=lead, at=NIGHT + timedelta(minutes=15))
    incident.refresh_from_db()
    assert (incident.level, incident.due_at) == (3, NIGHT + timedelta(minutes=120))
    assert replay(incident) == ()


def test_an_l1_is_dismissed_by_two(seen: Callable[..., Incident], agent: Actor, lead: Actor) -> None:
    incident = seen(level=1)
    asked = responding.dismiss(incident_id=incident.id, code="false_alarm", note="nothing", by=agent, at=NIGHT)
    assert isinstance(asked, Approval)
    assert Incident.objects.get(pk=incident.id).stage == "identified"
    approve(approval_id=asked.id, by=lead, at=NIGHT)
    incident.refresh_from_db()
    assert (incident.stage, incident.dismissed_code) == ("dismissed", "false_alarm")
    shown = [(each.source, each.kind) for each in list_timeline(incident_id=incident.id, by=lead)]
    assert ("incident", "dismiss") in shown


def test_a_colleagues_incident_is_taken_only_explicitly(
    seen: Callable[..., Incident], agent: Actor, lead: Actor
) -> None:
    incident = seen(level=1)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    with pytest.raises(GuardsUnmet) as refused:
        leases.claim(incident_id=incident.id, by=lead, at=NIGHT)
    assert refused.value.unmet == ("lease.free",)
    taken = leases.claim(incident_id=incident.id, by=lead, at=NIGHT, is_taking_over=True)
    assert (taken.commander_id, taken.holder_id) == (lead.person_id, lead.person_id)


def test_a_handover_is_only_for_whom_it_is_meant(
    seen: Callable[..., Incident], agent: Actor, lead: Actor, actor: Callable[..., Actor]
) -> None:
    incident = seen(level=1)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    offer = leases.Offer(lead.person_id or "", "promised to call back at four")
    leases.offer_handover(incident_id=incident.id, offer=offer, by=agent, at=NIGHT)
    with pytest.raises(GuardsUnmet) as refused:
        leases.accept_handover(incident_id=incident.id, by=actor("service_agent"), at=NIGHT)
    assert refused.value.unmet == ("handover.mine",)
    leases.decline_handover(incident_id=incident.id, by=lead, at=NIGHT, note="busy")
    assert Handover.objects.get().state == "declined"
    assert Incident.objects.get(pk=incident.id).holder_id == agent.person_id


def test_nobody_leads_what_they_are_not_certified_for(
    seen: Callable[..., Incident], agent: Actor, around: Around
) -> None:
    incident = seen(level=1)
    around.uncertified, around.is_here = frozenset({agent.person_id or ""}), False
    with pytest.raises(GuardsUnmet) as refused:
        responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    assert refused.value.unmet == ("actor.on_shift", "actor.certified")


def test_a_draft_outlives_the_connection(seen: Callable[..., Incident], agent: Actor, lead: Actor) -> None:
    incident = seen()
    where = {"incident_id": incident.id, "by": agent, "at": NIGHT}
    notes.keep_draft(**where, slot="note", text="she told the co", revision=3)
    notes.keep_draft(**where, slot="note", text="she told the code", revision=4)
    with pytest.raises(Conflict):
        notes.keep_draft(**where, slot="note", text="she", revision=2)
    assert get_detail(incident_id=incident.id, by=agent, at=NIGHT).drafts == {"note": "she told the code"}
    assert get_detail(incident_id=incident.id, by=lead, at=NIGHT).drafts == {}
    notes.add_note(**where, text="she told the code", version=incident.version)
    assert get_detail(incident_id=incident.id, by=agent, at=NIGHT).drafts == {}
    assert list_timeline(incident_id=incident.id, by=agent)[-1].note == "she told the code"


def test_advice_is_asked_given_and_rated(
    seen: Callable[..., Incident], agent: Actor, actor: Callable[..., Actor]
) -> None:
    incident, mentor = seen(), actor("mentor")
    asked = consults.ask_mentor(incident_id=incident.id, topic="scam", question="is it?", by=agent, at=NIGHT)
    assert asked.due_at == NIGHT + timedelta(minutes=2)
    with pytest.raises(Forbidden):
        consults.answer(consult_id=asked.id, text="yes", by=agent, at=NIGHT)
    consults.answer(consult_id=asked.id, text="yes: freeze first", by=mentor, at=NIGHT + timedelta(minutes=1))
    consults.rate(consult_id=asked.id, stars=4, by=mentor, at=NIGHT)
    done = consults.rate(consult_id=asked.id, stars=5, by=agent, at=NIGHT)
    assert (done.state, done.asker_rating, done.mentor_rating) == ("closed", 5, 4)
    assert get_detail(incident_id=incident.id, by=agent, at=NIGHT).consults[0].answer == "yes: freeze first"


def test_a_careful_check_never_stops_the_promise(seen: Callable[..., Incident], agent: Actor) -> None:
    incident = seen(level=1)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    checked = contacts.begin_care(
        incident_id=incident.id, reason="checking_facts", message_id="msg_1", by=agent, at=NIGHT
    )
    assert (checked.care_until, checked.due_at) == (NIGHT + timedelta(minutes=30), NIGHT + timedelta(minutes=30))
    assert contacts.end_care(incident_id=incident.id, by=agent, at=NIGHT).care_until is None


def test_a_promise_is_waived_by_somebody_else(seen: Callable[..., Incident], agent: Actor, lead: Actor) -> None:
    incident = seen(level=1)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    waived = contacts.waive(incident_id=incident.id, by=lead, at=NIGHT, note="the bank's line is down")
    assert get_detail(incident_id=incident.id, by=lead, at=NIGHT).clocks[0].is_waived
    assert replay(waived) == ()


def test_a_contact_marks_with_whom_of_several_it_was(seen: Callable[..., Incident], agent: Actor) -> None:
    others = tuple(Named("victim", "user", f"u{place}") for place in range(2, 5))
    incident = seen(level=2, entities=(VICTIM, *others))
    responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    parties = list(Party.objects.filter(incident_id=incident.id).order_by("id").values_list("id", flat=True))
    told = contacts.Contact("sms", "delivered", "m1", is_informing=True, party_ids=(parties[0], parties[2]))
    contacts.log_contact(incident_id=incident.id, contact=told, by=agent, at=NIGHT)
    marked = Party.objects.filter(incident_id=incident.id, contacted_at=NIGHT, informed_at=NIGHT)
    assert set(marked.values_list("id", flat=True)) == {parties[0], parties[2]}


@pytest.mark.parametrize("foreign", ["pty_none", ""])
def test_a_contact_with_somebody_of_elsewhere_is_refused(
    seen: Callable[..., Incident], agent: Actor, foreign: str
) -> None:
    incident = seen(level=2)
    told = contacts.Contact("sms", "delivered", "m1", party_ids=(foreign,))
    with pytest.raises(FieldInvalid):
        contacts.log_contact(incident_id=incident.id, contact=told, by=agent, at=NIGHT)
    assert not Party.objects.filter(incident_id=incident.id).exclude(contacted_at=None).exists()
    assert Incident.objects.get(pk=incident.id).version == incident.version
