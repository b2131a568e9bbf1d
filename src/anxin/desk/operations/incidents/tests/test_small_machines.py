"""Tasks of departments and questions to mentors: every command in every state changes nothing where it is not meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Department
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.operations.incidents.actions import consults, department_tasks, responding
from anxin.desk.operations.incidents.errors import WrongStage
from anxin.desk.operations.incidents.models import Consult, Incident, IncidentEvent, Task

pytestmark = pytest.mark.django_db
TASK_WAYS: Mapping[str, tuple[str, ...]] = {
    "open": (),
    "accepted": ("accept",),
    "declined": ("decline",),
    "done": ("accept", "finish"),
}
TASK_COMMANDS = {"accept": {"open"}, "decline": {"open", "accepted"}, "finish": {"accepted"}}
CONSULT_WAYS: Mapping[str, tuple[str, ...]] = {"open": (), "answered": ("answer",), "closed": ("answer", "rate")}
CONSULT_COMMANDS = {"answer": {"open"}, "rate": {"answered", "closed"}}


def _wrong(ways: Mapping[str, object], commands: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    return [(state, name) for state in ways for name, states in commands.items() if state not in states]


def _all() -> tuple[object, ...]:
    rows = [list(each.objects.values()) for each in (Task, Consult)]
    return rows, [each.objects.count() for each in (IncidentEvent, AuditEntry, Fact)]


@pytest.mark.parametrize(("state", "name"), _wrong(TASK_WAYS, TASK_COMMANDS))
def test_a_task_takes_no_command_that_its_state_does_not_allow(
    seen: Callable[..., Incident], agent: Actor, lead: Actor, state: str, name: str
) -> None:
    department = Department.objects.filter(organisation_id=agent.organisation_id).earliest("id").id
    new = department_tasks.NewTask(department, "logs", timedelta(hours=1))
    incident = responding.start(incident_id=seen(level=2).id, by=agent, at=NIGHT)
    task = department_tasks.open_task(incident_id=incident.id, task=new, by=agent, at=NIGHT)
    where = {"task_id": task.id, "by": lead, "at": NIGHT}
    calls: Mapping[str, Callable[[], Task]] = {
        "accept": lambda: department_tasks.accept_task(**where),  # type: ignore[arg-type]
        "decline": lambda: department_tasks.decline_task(**where, answer="ask compliance"),  # type: ignore[arg-type]
        "finish": lambda: department_tasks.finish_task(**where, answer="clean"),  # type: ignore[arg-type]
    }
    for step in TASK_WAYS[state]:
        calls[step]()
    before = _all()
    with pytest.raises(WrongStage) as refused:
        calls[name]()
    assert (refused.value.unmet, _all()) == ((f"task.{state}",), before)


@pytest.mark.parametrize(("state", "name"), _wrong(CONSULT_WAYS, CONSULT_COMMANDS))
def test_a_question_takes_no_command_that_its_state_does_not_allow(
    seen: Callable[..., Incident], agent: Actor, actor: Callable[..., Actor], state: str, name: str
) -> None:
    mentor = actor("mentor")
    asked = consults.ask_mentor(incident_id=seen(level=2).id, topic="scam", question="is it?", by=agent, at=NIGHT)
    calls: Mapping[str, Callable[[], Consult]] = {
        "answer": lambda: consults.answer(consult_id=asked.id, text="it is", by=mentor, at=NIGHT),
        "rate": lambda: consults.rate(consult_id=asked.id, stars=5, by=agent, at=NIGHT),
    }
    for step in CONSULT_WAYS[state]:
        calls[step]()
    before = _all()
    with pytest.raises(WrongStage) as refused:
        calls[name]()
    assert (refused.value.unmet, _all()) == ((f"consult.{state}",), before)
