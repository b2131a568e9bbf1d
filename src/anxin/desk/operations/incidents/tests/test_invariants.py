"""Any interleaving of commands keeps the promises of the loop: no time lost, none counted twice, one who leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.operations.incidents.actions.ticking import tick
from anxin.desk.operations.incidents.clocks.state import Mark
from anxin.desk.operations.incidents.models import ClockMark, ClockRow, Incident, IncidentEvent, Signal
from anxin.desk.operations.incidents.replay import replay
from anxin.desk.operations.incidents.tests.test_commands import CALLS, state_of

pytestmark = pytest.mark.django_db
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("agent", "lead", "tick")),
        st.sampled_from(sorted(set(CALLS) - {"split", "open_task", "merge"})),
        st.integers(min_value=0, max_value=200),
    ),
    min_size=5,
    max_size=25,
)


@dataclass
class Story:
    """One incident, two people, and a clock that only goes on."""

    incident_id: str
    people: dict[str, Actor]
    at: datetime = NIGHT
    results: dict[tuple[str, int], tuple[object, ...]] = field(default_factory=dict)

    def go(self, who: str, name: str, lapse: int) -> None:
        self.at += timedelta(minutes=lapse)
        if who == "tick":
            tick(at=self.at)
            return
        before = state_of(self.incident_id)
        call, more = CALLS[name]
        if name == "pause":
            more = {"pause": type(more["pause"])("waiting_customer", "m1", self.at + timedelta(minutes=30))}  # type: ignore[call-arg]
        try:
            call(incident_id=self.incident_id, by=self.people[who], at=self.at, **more)
        except Refusal:
            assert state_of(self.incident_id) == before

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


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(level=st.sampled_from((1, 2, 3)), steps=STEPS)
def test_any_interleaving_keeps_the_promises(
    seen: Callable[..., Incident], agent: Actor, lead: Actor, level: int, steps: list[tuple[str, str, int]]
) -> None:
    rows_before, signals_before = Incident.objects.count(), Signal.objects.count()
    story = Story(seen(level=level).id, {"agent": agent, "lead": lead})
    for who, name, lapse in steps:
        story.go(who, name, lapse)
        story.keep_results()
    story.check()
    assert Incident.objects.count() > rows_before
    assert Signal.objects.count() >= signals_before
