"""Bell, notices, channels and the status line as people see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.notifications.actions.paging import queue_pages
from anxin.desk.foundation.notifications.actions.status_lines import end_status_line, set_status_line
from anxin.desk.foundation.notifications.models import Channel, Page, StatusLine
from anxin.desk.foundation.notifications.queries import find_status_line
from anxin.desk.foundation.notifications.tests.test_delivery import LADDER
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.permissions.authority import Forbidden

pytestmark = pytest.mark.django_db


def test_the_bell_counts_and_the_list_makes_it_seen(
    sign_in: Callable[..., Client], organisation: Organisation, clock: Clock
) -> None:
    browser = sign_in("shift_lead", username="lead")
    person = Person.objects.get(username="lead")
    queue_pages(LADDER, (person.id,), organisation_id=organisation.id, at=NIGHT)
    assert 'aria-label="1 new notice"' in browser.get("/notices/bell/").content.decode()
    listed = browser.get("/notices/").content.decode()
    assert "L1 #7 Unauthorised payment: respond now" in listed
    assert "Time left: 30 minutes." in listed
    assert 'aria-label="Notices"' in browser.get("/notices/bell/").content.decode()
    page = Page.objects.get()
    assert (page.state, page.seen_at) == ("seen", NIGHT)
    answer = browser.post(f"/notices/{page.id}/ack/")
    assert (answer.status_code, answer["Location"]) == (302, "/incidents/inc_1/")


def test_pages_are_listed_and_taken_by_calls(
    sign_in: Callable[..., Client], organisation: Organisation, clock: Clock
) -> None:
    browser, other = sign_in("shift_lead", username="lead"), sign_in("service_agent")
    person = Person.objects.get(username="lead")
    for number in range(3):
        queue_pages(replace(LADDER, occasion=f"x:{number}"), (person.id,), organisation_id=organisation.id, at=NIGHT)
    first = browser.get("/api/v1/pages?limit=2").json()
    assert [each["is_new"] for each in first["items"]] == [True, True]
    second = browser.get(f"/api/v1/pages?limit=2&cursor={first['next']}").json()
    assert (len(second["items"]), second["next"]) == (1, None)
    assert not Page.objects.exclude(seen_at=None).exists()
    page = second["items"][0]
    assert (page["title"], page["path"]) == ("L1 #7 Unauthorised payment: respond now", "/incidents/inc_1/")
    assert other.get("/api/v1/pages").json()["items"] == []
    taking = f"/api/v1/pages/{page['id']}:ack"
    assert other.post(taking, headers={"idempotency-key": "a"}).status_code == 404
    answers = [browser.post(taking, headers={"idempotency-key": "k"}) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json() == answers[1].json() == {"id": page["id"], "acked_at": "2026-11-21T19:10:00Z"}
    assert browser.post(taking).status_code == 410
    assert AuditEntry.objects.filter(act="page.ack").count() == 1


def test_the_bell_asks_little(
    sign_in: Callable[..., Client], clock: Clock, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser = sign_in("service_agent")
    browser.get("/notices/bell/")
    with django_assert_max_num_queries(7):
        browser.get("/notices/bell/")


def test_channels_are_added_and_never_shown_again(sign_in: Callable[..., Client], clock: Clock) -> None:
    browser = sign_in("service_agent")
    typed = {"kind": "ntfy", "name": "My phone", "address": "https://ntfy.sh/secret-topic"}
    assert browser.post("/notices/channels/open/", typed).status_code == 302
    listed = browser.get("/notices/channels/").content.decode()
    assert "My phone" in listed
    assert "secret-topic" not in listed
    channel = Channel.objects.get()
    assert browser.post(f"/notices/channels/{channel.id}/test/").status_code == 302
    assert "being sent" in browser.get("/notices/channels/").content.decode()
    assert browser.post(f"/notices/channels/{channel.id}/close/").status_code == 302
    assert "My phone" not in browser.get("/notices/channels/").content.decode()
    assert browser.post("/notices/contact/", {"quiet_from": "x", "quiet_until": "y"}).status_code == 422
    quiet = {"quiet_from": "23:00", "quiet_until": "07:30", "per_hour": "5"}
    assert browser.post("/notices/contact/", quiet).status_code == 302
    assert 'value="07:30"' in browser.get("/notices/channels/").content.decode()


def test_a_status_line_stands_until_its_time(sign_in: Callable[..., Client], clock: Clock) -> None:
    lead, agent = sign_in("shift_lead"), sign_in("service_agent")
    said = {"text": "支付渠道 X 故障，请告知客户稍后重试", "minutes": "60", "tone": "warning"}
    assert agent.post("/notices/status-line/", said).status_code == 403
    assert lead.post("/notices/status-line/", said).status_code == 302
    assert said["text"] in agent.get("/notices/bell/").content.decode()
    clock.forward(minutes=61)
    assert said["text"] not in agent.get("/notices/bell/").content.decode()


def test_the_next_line_takes_the_place_of_the_last(actor: Callable[..., Actor]) -> None:
    lead, agent = actor("shift_lead"), actor("service_agent")
    until = NIGHT + timedelta(hours=1)
    set_status_line(text="one", until=until, by=lead, at=NIGHT)
    set_status_line(text=" two\nlines ", until=until, tone="info", by=lead, at=NIGHT)
    line = find_status_line(organisation_id=lead.organisation_id, at=NIGHT)
    assert line is not None
    assert (line.text, line.tone) == ("two lines", "info")
    with pytest.raises(Forbidden):
        end_status_line(by=agent, at=NIGHT)
    assert (end_status_line(by=lead, at=NIGHT), end_status_line(by=lead, at=NIGHT)) == (True, False)
    assert find_status_line(organisation_id=lead.organisation_id, at=NIGHT) is None
    acts = AuditEntry.objects.filter(act__startswith="status_line").values_list("act", flat=True)
    assert list(acts.order_by("seq")) == ["status_line.set", "status_line.set", "status_line.end"]


@pytest.mark.parametrize(("text", "minutes"), [("", 5), ("x" * 201, 5), ("x", 0), ("x", -1), ("x", 24 * 60 + 1)])
def test_a_line_too_long_or_without_end_is_refused(text: str, minutes: int, actor: Callable[..., Actor]) -> None:
    with pytest.raises(FieldInvalid):
        set_status_line(text=text, until=NIGHT + timedelta(minutes=minutes), by=actor("shift_lead"), at=NIGHT)
    assert StatusLine.objects.count() == 0
