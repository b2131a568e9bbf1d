"""Promises by cohort, and what looks like playing the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.approvals.actions import approve
from anxin.desk.foundation.edge.actor import Actor, ActorKind, Grade, Grant
from anxin.desk.operations.incidents.actions import contacts, ending, levels, responding, ticking
from anxin.desk.operations.incidents.actions.contacts import Contact, Pause
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.actions.signals import Named
from anxin.desk.operations.incidents.clocks.attainment import Promise, attainment
from anxin.desk.operations.incidents.clocks.state import Clock as PromiseClock
from anxin.desk.operations.incidents.clocks.state import Standing
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.replies.access import DELIVER
from anxin.desk.operations.replies.actions import NewReply, Sending, note_inbound, send_reply
from anxin.desk.oversight.analytics.cohorts import Cohort
from anxin.desk.oversight.analytics.forms import read_cohort
from anxin.desk.oversight.analytics.gaming import report_gaming
from anxin.desk.oversight.analytics.promises import report_promises

DAY = timedelta(days=1)
database = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def agent(actor: Callable[..., Actor]) -> Actor:
    """Who works at night."""
    return actor("specialist", username="night-agent")


def opened(by: Actor, at: datetime, level: int = 3, kind: str = "account_takeover", **more: object) -> Incident:
    return open_incident(Seen(kind=kind, level=level, **more), by=by, at=at)  # type: ignore[arg-type]


def dismissed(incident: Incident, by: Actor, at: datetime) -> None:
    responding.dismiss(incident_id=incident.id, code="false_alarm", note="nothing", by=by, at=at)


def cohort(**given: object) -> Cohort:
    return Cohort(NIGHT - DAY, NIGHT + DAY, **given)  # type: ignore[arg-type]


@database
def test_a_cohort_is_counted_by_zero_gross_and_net(agent: Actor, lead: Actor, clock: Clock) -> None:
    kept, broken, open_ = (opened(agent, NIGHT + timedelta(minutes=each)) for each in range(3))
    dismissed(kept, agent, NIGHT + timedelta(minutes=30))
    ticking.tick(at=NIGHT + timedelta(minutes=121, seconds=30))
    dismissed(broken, agent, NIGHT + timedelta(minutes=151))
    report = report_promises(cohort(), by=lead, at=NIGHT + timedelta(minutes=130))
    whole = report.whole
    assert (whole.n, whole.met, whole.breached, whole.gross) == (3, 1, 2, pytest.approx(1 / 3))
    assert (whole.p50, whole.p90, whole.longest) == (
        timedelta(minutes=30),
        timedelta(minutes=150),
        timedelta(minutes=150),
    )
    assert [(level, each.n) for level, each in report.by_level] == [(3, 3)]
    assert Incident.objects.get(pk=open_.id).stage == "identified"


@database
@pytest.mark.parametrize(
    ("given", "n"),
    [
        ({"level": 3}, 1),
        ({"level": 1}, 0),
        ({"kind": "account_takeover"}, 1),
        ({"kind": "other"}, 0),
        ({"shift": "night"}, 1),
        ({"shift": "day"}, 0),
        ({"site_id": "ste_x"}, 0),
    ],
)
def test_a_cohort_narrows(agent: Actor, lead: Actor, clock: Clock, given: dict[str, object], n: int) -> None:
    dismissed(opened(agent, NIGHT), agent, NIGHT + timedelta(minutes=1))
    opened(agent, NIGHT, is_drill=True)
    assert report_promises(cohort(**given), by=lead, at=NIGHT).whole.n == n


@database
def test_an_empty_cohort_has_no_share(lead: Actor) -> None:
    report = report_promises(cohort(), by=lead, at=NIGHT)
    assert (report.whole.n, report.whole.gross, report.whole.net, report.whole.p50, report.reopened.value) == (
        0,
        None,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("given", "days", "level"),
    [
        ({}, 7, 0),
        ({"since": "2026-11-01", "until": "2026-11-10", "level": "2"}, 10, 2),
        ({"since": "2020-01-01", "until": "2026-11-10"}, 92, 0),
        ({"since": "2026-11-10", "until": "2026-11-01"}, 1, 0),
        ({"since": "yesterday", "level": "9"}, 7, 0),
    ],
)
def test_an_address_is_read_as_a_cohort(given: dict[str, str], days: int, level: int) -> None:
    chosen = read_cohort(given, at=NIGHT)
    assert (chosen.until - chosen.since, chosen.level) == (timedelta(days=days), level)


def played(by: Actor, at: datetime) -> list[str]:
    return [each.list for each in report_gaming(cohort(), by=by, at=at).findings]


@database
def test_dismissed_and_reopened_at_once_is_told_twice(agent: Actor, lead: Actor, clock: Clock) -> None:
    incident = opened(agent, NIGHT)
    dismissed(incident, agent, NIGHT + timedelta(minutes=5))
    at = NIGHT + timedelta(minutes=15)
    ending.reopen(incident_id=incident.id, by=agent, at=at, note="it is one")
    assert sorted(played(lead, at)) == ["reopened", "reverted"]


@database
def test_a_pause_after_the_party_replied_is_told(agent: Actor, lead: Actor, clock: Clock) -> None:
    incident = opened(agent, NIGHT)
    where = {"incident_id": incident.id, "by": agent}
    responding.start(**where, at=clock.forward(minutes=1))
    contacts.log_contact(**where, contact=Contact("chat", "delivered", "m1"), at=clock.forward(minutes=1))
    wait = Pause("waiting_customer", "m1", NIGHT + timedelta(hours=1))
    contacts.pause(**where, pause=wait, at=clock.forward(minutes=1))
    assert played(lead, clock.moment) == []
    contacts.log_contact(**where, contact=Contact("chat", "inbound", "m2"), at=clock.forward(minutes=1))
    contacts.pause(**where, pause=wait, at=clock.forward(minutes=1))
    assert played(lead, clock.moment) == ["paused"]


@database
@pytest.mark.parametrize(("is_answered", "lists"), [(False, ["paused"]), (True, [])])
def test_what_the_platform_brings_counts_and_so_does_the_desks_answer(
    agent: Actor, lead: Actor, clock: Clock, is_answered: bool, lists: list[str]
) -> None:
    victim = (Named("victim", "user", "u1"),)
    incident = opened(agent, NIGHT, entities=victim)
    platform = Actor(agent.organisation_id, ActorKind.SERVICE, "platform", grants={DELIVER: Grant(Grade.ALONE)})
    where = {"incident_id": incident.id, "by": agent}
    responding.start(**where, at=clock.forward(minutes=1))
    contacts.log_contact(**where, contact=Contact("chat", "delivered", "m1"), at=clock.forward(minutes=1))
    note_inbound(incident_id=incident.id, channel="chat", text="好的", by=platform, at=clock.forward(minutes=1))
    if is_answered:
        asked = NewReply("请问您最后一次登录是什么时候？")
        send_reply(**where, reply=asked, sending=Sending("k1"), at=clock.forward(minutes=1))
    contacts.pause(**where, pause=Pause("waiting_customer", "m1", NIGHT + timedelta(hours=1)), at=clock.moment)
    assert played(lead, clock.moment) == lists


@database
def test_a_start_without_anything_after_it_is_told(agent: Actor, lead: Actor, clock: Clock) -> None:
    idle, busy = opened(agent, NIGHT), opened(agent, NIGHT)
    for incident in (idle, busy):
        responding.start(incident_id=incident.id, by=agent, at=NIGHT + timedelta(minutes=1))
    contacts.log_contact(
        incident_id=busy.id, by=agent, contact=Contact("chat", "delivered", "m1"), at=NIGHT + timedelta(minutes=20)
    )
    assert played(lead, NIGHT + timedelta(minutes=31)) == []
    found = report_gaming(cohort(), by=lead, at=NIGHT + timedelta(minutes=32)).findings
    assert [(each.list, each.number) for each in found] == [("idle", 1)]


@database
def test_a_level_lowered_near_its_due_is_told(agent: Actor, lead: Actor, clock: Clock) -> None:
    early, late = opened(agent, NIGHT, level=1), opened(agent, NIGHT, level=1)
    for incident, minutes in ((early, 5), (late, 25)):
        at = NIGHT + timedelta(minutes=minutes)
        asked = levels.lower_level(
            incident_id=incident.id, level=3, code="contained", note="it is safe", by=agent, at=at
        )
        approve(approval_id=asked.id, by=lead, at=at)
    assert played(lead, NIGHT + timedelta(minutes=26)) == ["lowered"]


@database
def test_pages_and_csv(agent: Actor, clock: Clock, sign_in: Callable[..., Client]) -> None:
    dismissed(opened(agent, NIGHT), agent, NIGHT + timedelta(minutes=1))
    client = sign_in("shift_lead")
    page = client.get("/reports/promises/").content.decode()
    assert ("100.0%" in page, "1:00" in page, "Kept, gross, by day" in page) == (True, True, True)
    lines = client.get("/reports/promises/?csv=1").content.decode().splitlines()
    assert lines[1:] == ["all,1,1,0,1.0000,1.0000,60,60,60", "3,1,1,0,1.0000,1.0000,60,60,60"]
    assert "Nothing to look into" in client.get("/reports/clocks/").content.decode()
    assert client.get("/reports/clocks/?csv=1").content.decode().splitlines() == ["list,incident,level,site,at"]
    assert client.get("/api/v1/reports/promises").json()[0]["n"] == 1


Told = tuple[Standing, int, bool, bool]
MINUTES = st.integers(1, 300)
STANDINGS = st.sampled_from([Standing.RUNNING, Standing.MET, Standing.BREACHED, Standing.SUPERSEDED, Standing.MERGED])


TOLD = st.lists(st.tuples(STANDINGS, MINUTES, st.booleans(), st.booleans()), max_size=8)


def promise(standing: Standing, minutes: int, is_waived: bool, is_excluded: bool) -> Promise:
    due = NIGHT + timedelta(hours=2)
    stopped_at = NIGHT + timedelta(minutes=minutes) if standing is Standing.MET else None
    clock = PromiseClock(
        "handle", 1, "", NIGHT, 3, due, timedelta(hours=2), standing, stopped_at=stopped_at, is_waived=is_waived
    )
    return Promise(clock, is_excluded)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(TOLD, TOLD)
def test_attainment_adds_up(these: list[Told], those: list[Told]) -> None:
    one, other = [promise(*each) for each in these], [promise(*each) for each in those]
    span = {"since": NIGHT, "until": NIGHT + DAY, "now": NIGHT + timedelta(hours=3)}
    apart = [attainment(each, **span) for each in (one, other)]
    joined = attainment(one + other, **span)
    assert joined.n == sum(each.n for each in apart) == joined.met + joined.breached
    assert joined.met == sum(each.met for each in apart)
    if joined.n:
        assert joined.gross == joined.met / joined.n
        shares = [each.gross for each in apart if each.gross is not None]
        assert min(shares) <= (joined.gross or 0) <= max(shares)
    known = [each for each in (joined.p50, joined.p90, joined.longest) if each is not None]
    assert known == sorted(known)
    unwaived = [each for each in one + other if not each.clock.is_waived]
    assert joined.net == attainment(unwaived, **span).gross
