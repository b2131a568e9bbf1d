"""Planning, standing in, taking over; whom the ladder finds; the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.organisations.configuration import open_site
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.rota.actions import Post, Wall, Week, end_plan, plan_cover, plan_week, take_over
from anxin.desk.operations.rota.models import Layer, Override
from anxin.desk.operations.rota.queries import is_on_shift, list_gaps, list_posts, who_is

pytestmark = pytest.mark.django_db
PRIMARY = Post("primary")
NIGHTS = Week(range(7), time(22), time(6), date(2026, 11, 1))
"""It is ten past three on Sunday, 22 November, in Shanghai."""


def called(by: Actor, step: str = "primary", at: datetime = NIGHT, site: str = "") -> tuple[str, ...] | None:
    return who_is(organisation_id=by.organisation_id, step=step, site_id=site, at=at)


def test_without_a_plan_everybody_is_on_shift(actor: Callable[..., Actor]) -> None:
    agent = actor("service_agent")
    assert (is_on_shift(by=agent, at=NIGHT), called(agent)) == (True, None)
    assert list_gaps(organisation_id=agent.organisation_id, at=NIGHT) == ()


def test_with_a_plan_only_those_planned_are(actor: Callable[..., Actor]) -> None:
    lead, agent = actor("shift_lead"), actor("service_agent")
    me = agent.person_id or ""
    plan_week(PRIMARY, NIGHTS, person_id=me, by=lead, at=NIGHT)
    assert (is_on_shift(by=agent, at=NIGHT), is_on_shift(by=lead, at=NIGHT)) == (True, False)
    assert (called(agent), called(agent, "page"), called(agent, "secondary")) == ((me,), (me,), ())
    assert called(agent, "queue") is None
    noon = NIGHT + timedelta(hours=9)
    assert (is_on_shift(by=agent, at=noon), called(agent, at=noon)) == (False, ())
    six, ten = datetime(2026, 11, 21, 22, tzinfo=UTC), datetime(2026, 11, 22, 14, tzinfo=UTC)
    assert list_gaps(organisation_id=lead.organisation_id, at=NIGHT) == (
        ("", "primary", six, NIGHT + timedelta(hours=12)),
    )
    assert list_gaps(organisation_id=lead.organisation_id, at=NIGHT, within=timedelta(hours=24))[0][2:] == (six, ten)


def test_somebody_who_left_is_a_gap(actor: Callable[..., Actor]) -> None:
    lead, agent = actor("shift_lead"), actor("service_agent")
    plan_week(PRIMARY, NIGHTS, person_id=agent.person_id or "", by=lead, at=NIGHT)
    Person.objects.filter(pk=agent.person_id).update(is_active=False)
    assert called(lead) == ()


def test_whoever_is_there_takes_over_until_the_shift_ends(actor: Callable[..., Actor]) -> None:
    lead, agent, other = actor("shift_lead"), actor("service_agent"), actor("specialist")
    plan_week(PRIMARY, NIGHTS, person_id=agent.person_id or "", by=lead, at=NIGHT)
    taken = take_over(PRIMARY, by=other, at=NIGHT)
    assert (taken.from_at, taken.until_at, taken.how) == (NIGHT, datetime(2026, 11, 21, 22, tzinfo=UTC), "taken")
    assert (called(lead), is_on_shift(by=agent, at=NIGHT)) == ((other.person_id,), False)
    later = NIGHT + timedelta(minutes=1)
    again = take_over(PRIMARY, by=agent, at=later)
    assert called(lead, at=later) == (agent.person_id,)
    end_plan(plan_id=again.id, by=lead, at=later)
    assert called(lead, at=later) == (other.person_id,)
    empty = take_over(Post("mentor"), by=other, at=NIGHT)
    assert empty.until_at == NIGHT + timedelta(hours=8)


def test_cover_is_planned_by_the_wall_clock(actor: Callable[..., Actor]) -> None:
    lead, agent = actor("shift_lead"), actor("service_agent")
    begin, end = Wall(date(2026, 11, 22), time(8)), Wall(date(2026, 11, 22), time(20))
    row = plan_cover(PRIMARY, begin, end, person_id=agent.person_id or "", by=lead, at=NIGHT)
    assert (row.from_at, row.until_at) == (datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 22, 12, tzinfo=UTC))
    with pytest.raises(FieldInvalid):
        plan_cover(PRIMARY, end, begin, person_id=agent.person_id or "", by=lead, at=NIGHT)
    assert Override.objects.count() == 1


def test_an_incident_of_a_site_calls_its_own_and_those_of_all(
    organisation: Organisation, actor: Callable[..., Actor]
) -> None:
    lead, agent, other, admin = (actor(each) for each in ("shift_lead", "service_agent", "specialist", "administrator"))
    here = open_site(platform="mall", business_line="retail", region="cn", name="Mall", by=admin, at=NIGHT)
    there = open_site(platform="app", business_line="retail", region="cn", name="App", by=admin, at=NIGHT)
    plan_week(Post("primary", here.id), NIGHTS, person_id=agent.person_id or "", by=lead, at=NIGHT)
    assert (called(lead, site=here.id), called(lead, site=there.id)) == ((agent.person_id,), ())
    assert called(lead) == (agent.person_id,)
    plan_week(PRIMARY, NIGHTS, person_id=other.person_id or "", by=lead, at=NIGHT)
    assert set(called(lead, site=here.id) or ()) == {agent.person_id, other.person_id}
    assert called(lead, site=there.id) == (other.person_id,)


def test_what_does_not_fit_is_refused(actor: Callable[..., Actor], other_organisation: Organisation) -> None:
    lead, agent = actor("shift_lead"), actor("service_agent")
    stranger = actor("service_agent", username="foreign", to=other_organisation)
    me = agent.person_id or ""
    refused = (
        (agent, PRIMARY, NIGHTS, me, Forbidden),
        (lead, Post("cook"), NIGHTS, me, FieldInvalid),
        (lead, PRIMARY, Week((), time(1), time(2), date(2026, 1, 1)), me, FieldInvalid),
        (lead, PRIMARY, Week((7,), time(1), time(2), date(2026, 1, 1)), me, FieldInvalid),
        (lead, PRIMARY, Week((1,), time(1), time(2), date(2026, 1, 2), date(2026, 1, 1)), me, FieldInvalid),
        (lead, PRIMARY, NIGHTS, stranger.person_id or "", NotFound),
        (lead, Post("primary", "site_none"), NIGHTS, me, NotFound),
    )
    for by, post, week, person_id, refusal in refused:
        with pytest.raises(refusal):
            plan_week(post, week, person_id=person_id, by=by, at=NIGHT)
    assert (Layer.objects.count(), AuditEntry.objects.filter(act__startswith="rota").count()) == (0, 0)
    row = plan_week(PRIMARY, NIGHTS, person_id=me, by=lead, at=NIGHT)
    for by, refusal in ((agent, Forbidden), (actor("shift_lead", username="f2", to=other_organisation), NotFound)):
        with pytest.raises(refusal):
            end_plan(plan_id=row.id, by=by, at=NIGHT)
    assert Layer.objects.get().ended_at is None


def test_the_page_shows_now_next_and_gaps(sign_in: Callable[..., Client], clock: Clock) -> None:
    lead, agent = sign_in("shift_lead", username="lead"), sign_in("service_agent", username="agent")
    assert "Nobody is planned yet" in agent.get("/rota/").content.decode()
    person = Person.objects.get(username="agent")
    typed = {
        "role": "primary",
        "person": person.id,
        "weekday": list("0123456"),
        "from_time": "22:00",
        "until_time": "06:00",
    }
    assert agent.post("/rota/plan/", typed).status_code == 403
    assert lead.post("/rota/plan/", typed).status_code == 302
    shown = agent.get("/rota/").content.decode()
    assert "7 gaps in seven days" in shown
    assert "Take over" not in shown
    assert lead.post("/rota/take-over/", {"role": "primary"}).status_code == 302
    assert "taken over" in agent.get("/rota/").content.decode()
    cover = {"role": "lead", "person": person.id, "from": "2026-11-22T08:00", "until": "2026-11-22T20:00"}
    assert lead.post("/rota/cover/", cover).status_code == 302
    assert lead.post("/rota/cover/", cover | {"until": "soon"}).status_code == 422
    assert lead.post(f"/rota/{Layer.objects.get().id}/end/").status_code == 302


def test_the_page_asks_little(
    actor: Callable[..., Actor], sign_in: Callable[..., Client], django_assert_max_num_queries: Callable[..., object]
) -> None:
    lead = actor("shift_lead", username="planner")
    for number in range(12):
        agent = actor("service_agent", username=f"agent{number}")
        plan_week(PRIMARY, NIGHTS, person_id=agent.person_id or "", by=lead, at=NIGHT)
    assert list_posts(by=lead, at=NIGHT)[0].is_mine is False
    browser = sign_in("service_agent")
    browser.get("/rota/")
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        browser.get("/rota/")
