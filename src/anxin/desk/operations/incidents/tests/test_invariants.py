"""Any interleaving of commands keeps the promises of the loop: no time lost, none counted twice, one who leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.approvals.actions import approve
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid, Refusal
from anxin.desk.foundation.organisations.models import Department
from anxin.desk.operations.incidents.actions import contacts, department_tasks
from anxin.desk.operations.incidents.actions.configuring import set_policy
from anxin.desk.operations.incidents.actions.recomputing import ask_to_recompute
from anxin.desk.operations.incidents.actions.signals import Named, NewSignal, promote
from anxin.desk.operations.incidents.actions.ticking import tick
from anxin.desk.operations.incidents.clocks.state import Mark
from anxin.desk.operations.incidents.models import ClockMark, ClockRow, Incident, IncidentEvent, Signal
from anxin.desk.operations.incidents.replay import replay
from anxin.desk.operations.incidents.tests.conftest import VICTIM
from anxin.desk.operations.incidents.tests.test_commands import CALLS, state_of
from anxin.desk.operations.incidents.tests.test_configuring import SHIPPED

pytestmark = pytest.mark.django_db
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("agent", "agent", "lead", "lead", "tick", "tick", "recompute")),
        st.sampled_from(sorted(CALLS)),
        st.integers(min_value=0, max_value=200),
    ),
    min_size=5,
    max_size=25,
)


@dataclass
class Story:
    """One incident with another beside it, two people, a second person, and a clock that only goes on."""

    incident_id: str
    beside_id: str
    people: dict[str, Actor]
    department_id: str
    at: datetime = NIGHT
    results: dict[tuple[str, int], tuple[object, ...]] = field(default_factory=dict)

    def go(self, who: str, name: str, lapse: int) -> None:
        self.at += timedelta(minutes=lapse)
        if who == "tick":
            tick(at=self.at)
            return
        if who == "recompute":
            self.recompute(lapse)
            return
        before = state_of(self.incident_id)
        call, given = CALLS[name]
        try:
            call(incident_id=self.incident_id, by=self.people[who], at=self.at, **given | self.more(name))
        except Refusal:
            assert state_of(self.incident_id) == before

    def more(self, name: str) -> dict[str, object]:
        """Return what only this story can give to a command."""
        if name == "pause":
            return {"pause": contacts.Pause("waiting_customer", "m1", self.at + timedelta(minutes=30))}
        if name == "merge":
            return {"into": self.beside_id}
        if name == "split":
            ids = Signal.objects.filter(incident_id=self.incident_id).order_by("-received_at", "id")
            return {"signal_ids": tuple(ids.values_list("id", flat=True)[:1])}
        if name == "open_task":
            return {"task": department_tasks.NewTask(self.department_id, "logs", timedelta(minutes=30))}
        return {}

    def recompute(self, minutes: int) -> None:
        """Put another promise in force, and let two people compute the running ones anew."""
        text = SHIPPED.replace('"2026.11"', f'"{new_id("own", at=self.at)}"')
        for target in (30, 60, 120):
            text = text.replace(f"target: {target},", f"target: {target + minutes},")
        set_policy(text=text, by=self.people["lead"], at=self.at)
        try:
            asked = ask_to_recompute(by=self.people["lead"], at=self.at)
        except FieldInvalid:
            return
        approve(approval_id=asked.id, by=self.people["second"], at=self.at)

    def keep_results(self) -> None:
        """What was once decided about a promise stays decided."""
        rows = ClockRow.objects.filter(incident_id=self.incident_id).exclude(stopped_at=None)
        for row in rows:
            result = (row.kind, row.generation, row.standing, row.stopped_at, row.due_at)
            assert self.results.setdefault((row.incident_id, row.position), result) == result

    def check(self) -> None:
        for incident in Incident.objects.all():
            assert replay(incident) == ()
            is_led = incident.stage not in ("identified", "dismissed", "merged")
            assert bool(incident.commander_id) or not is_led
            assert incident.verifier_id == "" or incident.verifier_id != incident.commander_id
            seqs = list(IncidentEvent.objects.filter(incident=incident).order_by("seq").values_list("seq", flat=True))
            assert seqs == list(range(1, incident.next_event_seq))
            self._check_breaches(incident)

    def _check_breaches(self, incident: Incident) -> None:
        marks = ClockMark.objects.filter(incident=incident, mark=Mark.BREACH).values_list("kind", "generation")
        assert len(marks) == len(set(marks))
        for row in ClockRow.objects.filter(incident=incident, standing="met"):
            assert row.stopped_at is not None
            assert row.stopped_at <= row.due_at


def told_twice(level: int, by: Actor) -> str:
    """Open an incident by two signals that look alike; return its id."""
    named, key = (VICTIM, Named("thing", "device", "d1")), new_id("key", at=NIGHT)
    for place in range(2):
        signal = NewSignal("staff", f"{key}-{place}", "account_takeover", key, NIGHT, named, suggested_level=level)
        found = promote(signal, by=by, at=NIGHT)
    return found.incident_id


@pytest.fixture
def second(actor: Callable[..., Actor]) -> Actor:
    """The second person for promises."""
    return actor("compliance", username="second")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(level=st.sampled_from((1, 2, 3)), steps=STEPS)
def test_any_interleaving_keeps_the_promises(
    seen: Callable[..., Incident],
    agent: Actor,
    lead: Actor,
    second: Actor,
    level: int,
    steps: list[tuple[str, str, int]],
) -> None:
    people = {"agent": agent, "lead": lead, "second": second}
    department = Department.objects.filter(organisation_id=agent.organisation_id).earliest("id").id
    with transaction.atomic():
        story = Story(told_twice(level, lead), seen(level=2).id, people, department)
        for who, name, lapse in steps:
            story.go(who, name, lapse)
            story.keep_results()
        story.check()
        assert Incident.objects.count() >= 2
        assert Signal.objects.filter(source="staff").count() >= 2
        transaction.set_rollback(True)
