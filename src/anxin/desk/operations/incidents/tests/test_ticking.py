"""What time does: warnings, breaches once, calls up the ladder, silent holders."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit.chain import Verified
from anxin.desk.foundation.audit.checkpoints import verify_organisation
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.operations.incidents.actions import contacts, leases, responding
from anxin.desk.operations.incidents.actions.ticking import look_at_incident, tick
from anxin.desk.operations.incidents.clocks.state import Mark
from anxin.desk.operations.incidents.models import ClockBook, ClockMark, Incident, IncidentEvent
from anxin.desk.operations.incidents.replay import replay
from anxin.desk.operations.incidents.tests.conftest import Around

pytestmark = pytest.mark.django_db


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def facts(kind: str) -> int:
    return Fact.objects.filter(kind=kind).count()


def test_a_breach_is_written_once_however_often_one_looks(seen: Callable[..., Incident]) -> None:
    incident = seen(level=1)
    for _ in range(3):
        tick(at=NIGHT + minutes(40))
    breach = ClockMark.objects.get(incident=incident, mark=Mark.BREACH)
    assert (breach.at, breach.noted_at) == (NIGHT + minutes(30), NIGHT + minutes(40))
    assert facts("incident.breached") == 1
    assert replay(Incident.objects.get(pk=incident.id)) == ()


@pytest.mark.parametrize(
    ("after", "codes"),
    [(16, "start.warn.50"), (25, "start.warn.50 start.warn.75"), (40, "start.breach"), (200, "start.breach")],
)
def test_the_timeline_keeps_which_clock_warned_or_broke(seen: Callable[..., Incident], after: int, codes: str) -> None:
    incident = seen(level=1)
    tick(at=NIGHT + minutes(after))
    assert json.loads(IncidentEvent.objects.get(incident=incident, kind="clock").data)["marks"] == codes


def test_after_a_downtime_the_most_overdue_comes_first(seen: Callable[..., Incident]) -> None:
    late, later = seen(level=2), seen(level=1)
    tick(at=NIGHT + minutes(70))
    order = list(Fact.objects.filter(kind="incident.breached").order_by("seq").values_list("object_id", flat=True))
    assert order == [later.id, late.id]


def test_an_hour_without_a_worker_is_caught_up_in_due_order_once_each(seen: Callable[..., Incident]) -> None:
    levels = (3, 1, 2, 1, 2, 3)
    incidents = [seen(level=each) for each in levels]
    for at in (NIGHT + minutes(29), NIGHT + minutes(121), NIGHT + minutes(122)):
        while tick(at=at):
            pass
    order = list(Fact.objects.filter(kind="incident.breached").order_by("seq").values_list("object_id", flat=True))
    level_of = {each.id: level for each, level in zip(incidents, levels, strict=True)}
    assert [level_of[each] for each in order] == [1, 1, 2, 2, 3, 3]
    assert len(set(order)) == len(order)


def test_a_server_clock_that_is_put_back_breaks_nothing_twice(seen: Callable[..., Incident]) -> None:
    incident = seen(level=1)
    tick(at=NIGHT + minutes(31))
    before = (IncidentEvent.objects.count(), ClockMark.objects.count(), Fact.objects.count())
    tick(at=NIGHT + minutes(1))
    assert (IncidentEvent.objects.count(), ClockMark.objects.count(), Fact.objects.count()) == before
    tick(at=NIGHT + minutes(32))
    assert ClockMark.objects.filter(incident=incident, mark=Mark.BREACH).count() == 1
    assert replay(Incident.objects.get(pk=incident.id)) == ()


def test_somebody_who_was_faster_leaves_nothing_to_do(seen: Callable[..., Incident]) -> None:
    incident = seen(level=1)
    given = {"incident_id": incident.id, "organisation_id": incident.organisation_id, "at": NIGHT + minutes(31)}
    assert (look_at_incident(**given), look_at_incident(**given)) == (1, 0)  # type: ignore[arg-type]


def test_nobody_is_called_once_the_promise_is_kept(seen: Callable[..., Incident], agent: Actor, around: Around) -> None:
    incident = seen(level=1)
    around.people = ("prs_1",)
    tick(at=NIGHT + minutes(3))
    assert facts("incident.escalated") == 2
    responding.start(incident_id=incident.id, by=agent, at=NIGHT + minutes(4))
    responding.record_no_action(incident_id=incident.id, code="already_stopped", by=agent, at=NIGHT + minutes(4))
    tick(at=NIGHT + minutes(40))
    assert facts("incident.escalated") == 2
    assert Incident.objects.get(pk=incident.id).clock_standing == "met"


def test_a_step_that_calls_nobody_fires_the_next_and_raises_the_gap(
    seen: Callable[..., Incident], around: Around
) -> None:
    seen(level=1)
    around.people = ()
    tick(at=NIGHT)
    assert (facts("incident.escalated"), facts("incident.coverage_gap")) == (5, 5)


def test_a_silent_holder_is_nudged_and_then_released(seen: Callable[..., Incident], agent: Actor) -> None:
    incident = seen(level=1)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT + minutes(1))
    tick(at=NIGHT + minutes(11))
    assert facts("incident.nudged") == 1
    tick(at=NIGHT + minutes(14))
    incident.refresh_from_db()
    assert (incident.holder_id, incident.commander_id, facts("incident.stalled")) == ("", agent.person_id, 1)


def test_whoever_answers_a_nudge_keeps_it(seen: Callable[..., Incident], agent: Actor) -> None:
    incident = seen(level=1)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT + minutes(1))
    tick(at=NIGHT + minutes(11))
    contacts.log_contact(
        incident_id=incident.id, contact=contacts.Contact("voice", "attempted"), by=agent, at=NIGHT + minutes(12)
    )
    tick(at=NIGHT + minutes(15))
    assert Incident.objects.get(pk=incident.id).holder_id == agent.person_id


def test_a_level_nobody_confirms_becomes_l1(seen: Callable[..., Incident]) -> None:
    incident = seen(level=None, kind="coupon_abuse")
    assert (incident.level, incident.is_provisional) == (3, True)
    tick(at=NIGHT + minutes(10) + timedelta(seconds=1))
    incident.refresh_from_db()
    assert (incident.level, incident.level_reason) == (1, "triage_missed")
    assert replay(incident) == ()


def test_a_pause_ends_by_itself_at_the_cap(seen: Callable[..., Incident], agent: Actor) -> None:
    incident = seen(level=3)
    where = {"incident_id": incident.id, "by": agent}
    responding.start(**where, at=NIGHT + minutes(5))
    contacts.log_contact(**where, contact=contacts.Contact("chat", "delivered", "m1"), at=NIGHT + minutes(20))
    pause = contacts.Pause("waiting_customer", "m1", NIGHT + minutes(200))
    contacts.pause(**where, pause=pause, at=NIGHT + minutes(30))
    tick(at=NIGHT + minutes(91))
    incident.refresh_from_db()
    assert (incident.due_at, incident.clock_standing) == (NIGHT + minutes(180), "running")
    assert replay(incident) == ()


def test_an_offered_handover_keeps_owner_and_clock(seen: Callable[..., Incident], agent: Actor, lead: Actor) -> None:
    incident = seen(level=1)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT + minutes(5))
    leases.offer_handover(
        incident_id=incident.id, offer=leases.Offer(lead.person_id or ""), by=agent, at=NIGHT + minutes(20)
    )
    tick(at=NIGHT + minutes(31))
    incident.refresh_from_db()
    assert (incident.commander_id, incident.is_breached) == (agent.person_id, True)
    leases.accept_handover(incident_id=incident.id, by=lead, at=NIGHT + minutes(32))
    incident.refresh_from_db()
    assert (incident.commander_id, incident.holder_id) == (lead.person_id, lead.person_id)
    assert IncidentEvent.objects.filter(incident=incident, kind="accept_handover").count() == 1


def test_incidents_of_one_organisation_are_settled_together_in_few_queries(seen: Callable[..., Incident]) -> None:
    for _ in range(20):
        seen(level=1)
    with CaptureQueriesContext(connection) as captured:
        assert tick(at=NIGHT + minutes(31)) == 20
    assert len(captured) <= 40
    assert (facts("incident.breached"), facts("incident.escalated")) == (20, 100)
    assert all(replay(each) == () for each in Incident.objects.all())
    assert isinstance(verify_organisation(Incident.objects.earliest("id").organisation_id), Verified)


def test_one_that_fails_keeps_no_neighbour_waiting(
    seen: Callable[..., Incident], monkeypatch: pytest.MonkeyPatch
) -> None:
    incidents = [seen(level=1) for _ in range(3)]
    broken = incidents[1].id
    ClockBook.objects.filter(pk=broken).update(state="{}")
    with pytest.raises(msgspec.ValidationError):
        tick(at=NIGHT + minutes(31))
    breached = set(Fact.objects.filter(kind="incident.breached").values_list("object_id", flat=True))
    assert breached == {incidents[0].id, incidents[2].id}
    assert not ClockMark.objects.filter(incident_id=broken, mark=Mark.BREACH).exists()
