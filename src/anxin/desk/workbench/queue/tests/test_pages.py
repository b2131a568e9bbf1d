"""The queue: the four visitors, filters, claims in place, rows one by one, the way to the next."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.actions import ending, leases, responding
from anxin.desk.operations.incidents.actions.signals import Named
from anxin.desk.operations.incidents.models import Incident

pytestmark = pytest.mark.django_db(databases=["default", "projection"])
HTMX = {"HX-Request": "true"}
PAGES = ["/queue/", "/queue/rows/?ids=inc_1", "/queue/counts/", "/incidents/"]


@pytest.fixture
def browser(clock: Clock, sign_in: Callable[..., Client]) -> Client:
    """A specialist's browser."""
    return sign_in("specialist", username="day-specialist")


def numbers(browser: Client, path: str) -> list[int]:
    return [int(each) for each in re.findall(r'number">#(\d+)<', browser.get(path).content.decode())]


@pytest.mark.parametrize("path", PAGES)
def test_doors(sign_in: Callable[..., Client], clock: Clock, path: str) -> None:
    assert Client().get(path).status_code == 302
    assert sign_in("rule_author").get(path).status_code == 403
    assert sign_in("service_agent").get(path).status_code == 200


def test_rows_stand_by_due_time_and_are_narrowed(
    seen: Callable[..., Incident], agent: Actor, browser: Client, clock: Clock
) -> None:
    late, early = seen(level=3, entities=(Named("victim", "user", "u_li"),)), seen(level=1, kind="coupon_abuse")
    drill = seen(level=1, is_drill=True)
    led = seen(level=2)
    responding.start(incident_id=led.id, by=agent, at=NIGHT)
    stalled = seen(level=2)
    responding.start(incident_id=stalled.id, by=agent, at=NIGHT)
    leases.release(incident_id=stalled.id, by=agent, at=NIGHT)
    n = {name: each.number for name, each in locals().items() if isinstance(each, Incident)}
    Incident.objects.filter(pk=stalled.id).update(due_at=NIGHT + timedelta(minutes=61))
    assert numbers(browser, "/queue/") == [n["early"], n["led"], n["stalled"], n["late"]]
    assert numbers(browser, "/queue/?level=3") == [n["late"]]
    assert numbers(browser, "/queue/?whose=free") == [n["early"], n["stalled"], n["late"]]
    assert numbers(browser, "/queue/?whose=stalled") == [n["stalled"]]
    assert numbers(browser, "/queue/?whose=mine") == []
    assert numbers(browser, "/queue/?kind=coupon_abuse") == [n["early"]]
    assert numbers(browser, "/queue/?drill=1") == [n["drill"]]
    assert numbers(browser, f"/queue/?q=%23{n['led']}") == [n["led"]]
    assert numbers(browser, "/queue/?q=u_li") == [n["late"]]
    assert numbers(browser, "/queue/?q=%E8%B4%A6%E5%8F%B7%E7%9B%97") == [n["led"], n["stalled"], n["late"]]
    assert numbers(browser, "/queue/?q=nobody_is_called_so") == []
    assert browser.get("/queue/?level=9").status_code == 422


def test_the_list_of_all_shows_closed_ones_too(
    seen: Callable[..., Incident], lead: Actor, browser: Client, clock: Clock
) -> None:
    incident = seen(level=3, by=lead)
    Incident.objects.filter(pk=incident.id).update(
        stage="improving", cause="user_error", responsible="user", commander_id=lead.person_id
    )
    ending.close(incident_id=incident.id, by=lead, at=clock.forward(minutes=1))
    assert numbers(browser, "/queue/") == []
    assert numbers(browser, "/incidents/") == [incident.number]
    assert numbers(browser, "/incidents/?stage=closed") == [incident.number]
    assert numbers(browser, "/incidents/?stage=merged") == []


def test_an_empty_queue_says_how_incidents_come(browser: Client) -> None:
    assert "Whatever the gateway holds or blocks" in browser.get("/queue/").content.decode()
    assert "Widen the filters" in browser.get("/queue/?level=1").content.decode()


def test_a_row_is_claimed_in_its_place(seen: Callable[..., Incident], browser: Client, clock: Clock) -> None:
    incident = seen()
    answer = browser.post(f"/queue/{incident.id}/claim/", headers=HTMX)
    assert (answer.status_code, "<strong>you</strong>" in answer.content.decode()) == (200, True)
    assert Incident.objects.get(pk=incident.id).holder_id != ""
    assert browser.post(f"/queue/{incident.id}/claim/").status_code == 302


def test_whoever_comes_second_is_told_in_the_row(
    seen: Callable[..., Incident], agent: Actor, browser: Client, clock: Clock
) -> None:
    incident = seen()
    leases.claim(incident_id=incident.id, by=agent, at=NIGHT)
    answer = browser.post(f"/queue/{incident.id}/claim/", headers=HTMX)
    assert (answer.status_code, "a colleague holds it" in answer.content.decode()) == (422, True)
    assert Incident.objects.get(pk=incident.id).holder_id == agent.person_id


def test_changed_rows_are_asked_one_by_one(
    seen: Callable[..., Incident], agent: Actor, browser: Client, clock: Clock
) -> None:
    one, two, gone = seen(), seen(), seen(level=3)
    ids = f"{one.id},{gone.id},inc_none"
    assert numbers(browser, f"/queue/rows/?ids={ids}&level=1") == [one.number]
    leases.claim(incident_id=one.id, by=agent, at=NIGHT)
    assert numbers(browser, f"/queue/rows/?ids={one.id},{two.id}&whose=free") == [two.number]


def test_next_leads_to_the_next_due_that_is_free(
    seen: Callable[..., Incident], agent: Actor, browser: Client, clock: Clock
) -> None:
    assert browser.get("/queue/next/")["Location"] == "/queue/"
    held, first, second = seen(level=1), seen(level=1), seen(level=2)
    leases.claim(incident_id=held.id, by=agent, at=NIGHT)
    assert browser.get("/queue/next/")["Location"] == f"/incidents/{first.id}/"
    assert browser.get(f"/queue/next/?after={first.id}")["Location"] == f"/incidents/{second.id}/"
    assert browser.get("/queue/mine/")["Location"] == "/queue/?whose=mine"


def test_a_long_queue_asks_no_more_than_a_short_one(
    seen: Callable[..., Incident], browser: Client, clock: Clock, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser.get("/queue/")
    for _ in range(6):
        seen(level=2)
    with django_assert_max_num_queries(15):
        browser.get("/queue/")
    with django_assert_max_num_queries(9):
        browser.get("/queue/rows/?ids=inc_1,inc_2")
