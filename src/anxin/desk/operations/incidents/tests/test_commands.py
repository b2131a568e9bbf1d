"""Every command in every stage: what is not possible is refused, and nothing has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import Conflict, FieldInvalid, Refusal
from anxin.desk.foundation.organisations.models import Department
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.incidents.actions import (
    consults,
    contacts,
    department_tasks,
    disposing,
    ending,
    joining,
    leases,
    levels,
    notes,
    responding,
)
from anxin.desk.operations.incidents.errors import GuardsUnmet, WrongStage
from anxin.desk.operations.incidents.models import ClockMark, Incident, IncidentEvent
from anxin.desk.operations.incidents.stages import COMMANDS, Stage

pytestmark = pytest.mark.django_db
Call = Callable[..., object]
SOON = NIGHT + timedelta(minutes=20)
CALLS: Mapping[str, tuple[Call, dict[str, object]]] = {
    "start": (responding.start, {}),
    "dismiss": (responding.dismiss, {"code": "false_alarm", "note": "no"}),
    "record_no_action": (responding.record_no_action, {"code": "already_stopped"}),
    "contain": (responding.contain, {}),
    "record_loss": (disposing.record_loss, {"loss": disposing.Loss("CNY", 10, 5, 5)}),
    "record_finding": (disposing.record_finding, {"finding": disposing.Finding("user_error", "user")}),
    "submit": (disposing.submit, {}),
    "fail_verify": (disposing.fail_verify, {"check": "sessions_revoked"}),
    "verify": (disposing.verify, {"checks": ("sessions_revoked", "contact_restored")}),
    "publish_review": (ending.publish_review, {}),
    "close": (ending.close, {}),
    "reopen": (ending.reopen, {"note": "again"}),
    "merge": (joining.merge, {"into": "inc_other"}),
    "split": (joining.split, {"signal_ids": ()}),
    "claim": (leases.claim, {}),
    "release": (leases.release, {}),
    "extend_lease": (leases.extend_lease, {}),
    "offer_handover": (leases.offer_handover, {"offer": leases.Offer()}),
    "accept_handover": (leases.accept_handover, {}),
    "decline_handover": (leases.decline_handover, {}),
    "triage": (levels.triage, {}),
    "raise_level": (levels.raise_level, {"level": 1, "code": "new_facts"}),
    "lower_level": (levels.lower_level, {"level": 3, "code": "contained", "note": "calm"}),
    "pause": (contacts.pause, {"pause": contacts.Pause("waiting_customer", "msg_1", SOON)}),
    "resume": (contacts.resume, {}),
    "log_contact": (contacts.log_contact, {"contact": contacts.Contact("chat", "delivered")}),
    "begin_care": (contacts.begin_care, {"reason": "checking_facts", "message_id": "msg_2"}),
    "end_care": (contacts.end_care, {}),
    "note": (notes.add_note, {"text": "seen"}),
    "open_task": (department_tasks.open_task, {"task": department_tasks.NewTask("d", "t", timedelta(hours=1))}),
    "consult": (consults.ask_mentor, {"topic": "scam", "question": "is it?"}),
    "waive": (contacts.waive, {"note": "outage"}),
}


def state_of(incident_id: str) -> tuple[object, ...]:
    """Return everything a refused command must leave alone."""
    row = Incident.objects.filter(pk=incident_id).values().get()
    events = IncidentEvent.objects.filter(incident_id=incident_id).count()
    marks = ClockMark.objects.filter(incident_id=incident_id).count()
    return row, events, marks, AuditEntry.objects.count(), Fact.objects.count()


def test_every_command_has_a_call() -> None:
    assert set(CALLS) == set(COMMANDS)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_command_in_the_wrong_stage_changes_nothing(
    seen: Callable[..., Incident], agent: Actor, lead: Actor, stage: Stage
) -> None:
    incident = seen(level=2)
    Incident.objects.filter(pk=incident.id).update(stage=stage, commander_id=agent.person_id)
    before = state_of(incident.id)
    for name, (call, given) in CALLS.items():
        if stage in COMMANDS[name].stages:
            continue
        with pytest.raises(WrongStage) as refused:
            call(incident_id=incident.id, by=lead, at=NIGHT, **given)
        assert refused.value.unmet == (f"stage.{stage}",), name
    assert state_of(incident.id) == before


@pytest.mark.parametrize("name", list(CALLS))
def test_a_command_without_permission_or_on_an_old_version_changes_nothing(
    seen: Callable[..., Incident], agent: Actor, lead: Actor, actor: Callable[..., Actor], name: str
) -> None:
    incident, stranger = seen(level=2), actor("rule_author")
    before = state_of(incident.id)
    call, given = CALLS[name]
    with pytest.raises(Forbidden):
        call(incident_id=incident.id, by=stranger, at=NIGHT, **given)
    with pytest.raises(Conflict):
        call(incident_id=incident.id, by=lead, at=NIGHT, version=7, **given)
    assert state_of(incident.id) == before


GUARDS = (
    ("identified", "release", {}, ("lease.mine",)),
    ("identified", "accept_handover", {}, ("handover.offered",)),
    ("identified", "triage", {}, ("triage.open",)),
    ("identified", "raise_level", {"level": 2}, ("level.higher",)),
    ("identified", "lower_level", {"level": 2}, ("level.lower",)),
    ("identified", "dismiss", {"note": " "}, ("reason.given",)),
    ("identified", "merge", {"into": "self"}, ("merge.other",)),
    ("identified", "split", {}, ("split.some_remain",)),
    ("responding", "contain", {}, ("protection.effective",)),
    ("responding", "resume", {}, ("pause.running",)),
    ("responding", "end_care", {}, ("care.begun",)),
    ("verifying", "fail_verify", {"check": "nothing"}, ("check.known",)),
    ("verifying", "verify", {"checks": ()}, ("window.quiet", "checks.answered")),
    ("improving", "close", {}, ("finding.recorded",)),
    ("closed", "reopen", {"note": ""}, ("reason.given",)),
)


@pytest.mark.parametrize(("stage", "name", "more", "unmet"), GUARDS)
def test_unmet_guards_are_named_and_nothing_changes(
    seen: Callable[..., Incident],
    agent: Actor,
    lead: Actor,
    stage: str,
    name: str,
    more: dict[str, object],
    unmet: tuple[str, ...],
) -> None:
    incident = seen(level=2)
    Incident.objects.filter(pk=incident.id).update(stage=stage, commander_id=agent.person_id)
    before = state_of(incident.id)
    call, given = CALLS[name]
    given = given | more
    if given.get("into") == "self":
        given["into"] = incident.id
    with pytest.raises(GuardsUnmet) as refused:
        call(incident_id=incident.id, by=lead, at=NIGHT, **given)
    assert refused.value.unmet == unmet
    assert state_of(incident.id) == before


def test_nobody_of_another_organisation_finds_it(
    seen: Callable[..., Incident], actor: Callable[..., Actor], other_organisation: object
) -> None:
    incident = seen(level=2)
    stranger = actor("shift_lead", username="stranger", to=other_organisation)
    with pytest.raises(Refusal) as refused:
        responding.start(incident_id=incident.id, by=stranger, at=NIGHT)
    assert refused.value.code == "desk.not_found"


def test_a_pause_on_l1_names_the_rule(seen: Callable[..., Incident], agent: Actor) -> None:
    incident = seen(level=1)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    before = state_of(incident.id)
    with pytest.raises(Refusal) as refused:
        contacts.pause(incident_id=incident.id, by=agent, at=NIGHT, pause=contacts.Pause("waiting_customer", "m", SOON))
    assert (refused.value.code, refused.value.unmet) == ("clock.pause_refused", ("C7.level",))
    assert state_of(incident.id) == before


def test_sums_that_cannot_be_are_refused(seen: Callable[..., Incident], agent: Actor) -> None:
    incident = seen(level=2)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    for loss, field in (
        (disposing.Loss("CNY", 10, 6, 5), "/at_risk_minor"),
        (disposing.Loss("CNY", 10, 5, 5, 6), "/recovered_minor"),
        (disposing.Loss("yuan", 10), "/currency"),
        (disposing.Loss("CNY", -1), "/at_risk_minor"),
    ):
        with pytest.raises(FieldInvalid) as refused:
            disposing.record_loss(incident_id=incident.id, loss=loss, by=agent, at=NIGHT)
        assert refused.value.pointer == field


def test_a_department_works_on_its_task(seen: Callable[..., Incident], agent: Actor, lead: Actor) -> None:
    incident = seen(level=2)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    department = Department.objects.filter(organisation_id=agent.organisation_id).first()
    assert department is not None
    new = department_tasks.NewTask(department.id, "look at the logs", timedelta(hours=1))
    task = department_tasks.open_task(incident_id=incident.id, task=new, by=agent, at=NIGHT)
    assert department_tasks.mark_late_tasks(at=NIGHT + timedelta(hours=2)) == 1
    assert department_tasks.mark_late_tasks(at=NIGHT + timedelta(hours=3)) == 0
    with pytest.raises(WrongStage):
        department_tasks.finish_task(task_id=task.id, answer="done", by=lead, at=NIGHT)
    department_tasks.accept_task(task_id=task.id, by=lead, at=NIGHT)
    done = department_tasks.finish_task(task_id=task.id, answer="clean", by=lead, at=NIGHT, version=2)
    assert (done.state, done.owner_id, done.late_at) == ("done", lead.person_id, NIGHT + timedelta(hours=1))
