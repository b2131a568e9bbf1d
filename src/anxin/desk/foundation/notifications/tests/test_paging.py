"""Who is called, once; what people do with a page; quiet hours and limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound, Refusal
from anxin.desk.foundation.notifications.actions.answering import ack_by_link, ack_page, note_arrival
from anxin.desk.foundation.notifications.actions.channels import Way, open_channel, set_contact, try_channel
from anxin.desk.foundation.notifications.actions.paging import Notice, queue_pages
from anxin.desk.foundation.notifications.errors import AddressRefused, LinkSpent
from anxin.desk.foundation.notifications.kinds import channel_kinds, parse_address
from anxin.desk.foundation.notifications.links import sign_page
from anxin.desk.foundation.notifications.models import Channel, Page
from anxin.desk.foundation.notifications.patience import quiet_end
from anxin.desk.foundation.notifications.queries import count_new
from anxin.desk.foundation.notifications.tests.test_delivery import ARGUMENTS, LADDER
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.webhooks.tests.receiver import Receiver

NOTICE = replace(LADDER, occasion="decided:1", is_urgent=False)


def call(notice: Notice, *people: Actor, at: datetime = NIGHT) -> int:
    ids = [each.person_id or "" for each in people]
    return queue_pages(notice, ids, organisation_id=people[0].organisation_id, at=at)


@pytest.mark.django_db
def test_the_same_occasion_calls_once(actor: Callable[..., Actor]) -> None:
    lead = actor("shift_lead")
    assert (call(LADDER, lead, lead), call(LADDER, lead)) == (1, 0)
    assert Page.objects.count() == 1
    assert AuditEntry.objects.filter(act="page.queue").count() == 1


@pytest.mark.django_db
def test_who_cannot_be_reached_outside_leaves_it_to_the_shared_channel(
    actor: Callable[..., Actor], provider: Receiver, channel_to: Callable[..., Channel]
) -> None:
    lead, agent = actor("shift_lead"), actor("service_agent")
    shared = channel_to(provider, by=lead, is_shared=True)
    call(LADDER, agent)
    assert set(Page.objects.values_list("person_id", "channel_id")) == {(agent.person_id, ""), ("", shared.id)}
    own = channel_to(provider, by=agent)
    call(replace(LADDER, occasion="ladder:2"), agent)
    second = Page.objects.filter(occasion="ladder:2").values_list("person_id", "channel_id")
    assert set(second) == {(agent.person_id, ""), (agent.person_id, own.id)}
    call(NOTICE, lead)
    assert set(Page.objects.filter(occasion="decided:1").values_list("channel_id", flat=True)) == {""}


@pytest.mark.django_db
def test_nobody_of_another_organisation_or_gone_is_called(
    actor: Callable[..., Actor], other_organisation: Organisation
) -> None:
    lead, stranger = actor("shift_lead"), actor("shift_lead", username="foreign", to=other_organisation)
    Person.objects.filter(pk=lead.person_id).update(is_active=False)
    assert call(LADDER, lead, stranger) == 0


@pytest.mark.django_db
def test_the_link_acknowledges_once(actor: Callable[..., Actor], clock: Clock) -> None:
    lead = actor("shift_lead")
    call(LADDER, lead)
    page = Page.objects.get()
    browser, path = Client(headers={"accept-language": "en"}), f"/notices/link/{sign_page(page.id)}/"
    shown = browser.get(path)
    assert (shown.status_code, shown["Cache-Control"]) == (200, "no-store")
    assert "L1 #7 Unauthorised payment" in shown.content.decode()
    page.refresh_from_db()
    assert (page.state, page.delivered_at, page.seen_at) == ("delivered", NIGHT, None)
    assert browser.post(path).status_code == 200
    page.refresh_from_db()
    assert (page.state, page.acked_at, page.acked_how) == ("acked", NIGHT, "link")
    assert [browser.get(path).status_code, browser.post(path).status_code] == [410, 410]


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["too old", "other page", "cut"])
def test_a_link_that_was_not_given_opens_nothing(change: str, actor: Callable[..., Actor]) -> None:
    lead = actor("shift_lead")
    call(LADDER, lead)
    token = sign_page(Page.objects.get().id)
    wrong = {"too old": token, "other page": "pag_0." + token.partition(".")[2], "cut": token[:-1]}[change]
    at = NIGHT + timedelta(hours=25) if change == "too old" else NIGHT
    for act in (note_arrival, ack_by_link):
        with pytest.raises(LinkSpent):
            act(token=wrong, at=at)
    assert Page.objects.get().state == "sent"


@pytest.mark.django_db
def test_taking_a_page_at_the_desk_takes_it_everywhere(
    actor: Callable[..., Actor], provider: Receiver, channel_to: Callable[..., Channel]
) -> None:
    lead, other = actor("shift_lead"), actor("service_agent")
    channel_to(provider, by=lead)
    call(LADDER, lead, other)
    mine = Page.objects.get(person_id=lead.person_id, channel_id="")
    with pytest.raises(NotFound):
        ack_page(page_id=mine.id, by=other, at=NIGHT)
    ack_page(page_id=mine.id, by=lead, at=NIGHT)
    assert set(Page.objects.filter(person_id=lead.person_id).values_list("state", flat=True)) == {"acked"}
    assert Page.objects.get(person_id=other.person_id).state == "sent"
    assert count_new(by=lead, at=NIGHT) == 0


@pytest.mark.django_db
def test_ordinary_notices_keep_quiet_and_the_ladder_does_not(
    actor: Callable[..., Actor], provider: Receiver, channel_to: Callable[..., Channel]
) -> None:
    lead = actor("shift_lead")  # it is 03:10 in Shanghai
    channel_to(provider, by=lead)
    set_contact(quiet=(time(23), time(7)), per_hour=2, by=lead, at=NIGHT)
    for number in range(3):
        call(replace(NOTICE, occasion=f"n:{number}"), lead)
        call(replace(LADDER, occasion=f"l:{number}"), lead)
    outside = Page.objects.exclude(channel_id="").order_by("id")
    morning = datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert [each.next_at for each in outside.filter(is_urgent=False)] == [morning] * 3
    assert [each.next_at for each in outside.filter(is_urgent=True)] == [NIGHT] * 3


@pytest.mark.django_db
def test_more_than_so_many_an_hour_wait(
    actor: Callable[..., Actor], provider: Receiver, channel_to: Callable[..., Channel]
) -> None:
    lead = actor("shift_lead")
    channel_to(provider, by=lead)
    set_contact(quiet=None, per_hour=2, by=lead, at=NIGHT)
    for number in range(3):
        call(replace(NOTICE, occasion=f"n:{number}"), lead, at=NIGHT + timedelta(minutes=number))
    due = list(Page.objects.exclude(channel_id="").order_by("id").values_list("next_at", flat=True))
    assert due == [NIGHT, NIGHT + timedelta(minutes=1), NIGHT + timedelta(hours=1)]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.integers(0, 366 * 24 * 60), st.integers(0, 1439), st.integers(0, 1439))
def test_quiet_hours_end_outside_themselves(minutes: int, begin: int, end: int) -> None:
    if begin == end:
        return
    at = NIGHT + timedelta(minutes=minutes)
    quiet = (time(*divmod(begin, 60)), time(*divmod(end, 60)))
    free = quiet_end(at, quiet, "Asia/Shanghai")
    assert at <= free <= at + timedelta(days=1)
    assert quiet_end(free, quiet, "Asia/Shanghai") == free


LOOPBACK = "http://127.0.0.1:9/x"


@pytest.mark.parametrize(
    ("kind", "typed", "sent"),
    [
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/abc-1", "feishu://abc-1/"),
        ("feishu", "https://open.larksuite.com/open-apis/bot/v2/hook/abc-1", "lark://abc-1/"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=t0k", "dingtalk://t0k/"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-1", "wecombot://k-1/"),
        ("slack", "https://hooks.slack.com/services/T1/B2/c3", "slack://T1/B2/c3/"),
        ("ntfy", "https://ntfy.sh/topic", "ntfys://ntfy.sh/topic"),
        ("hook", " https://pager.example.com/hook?x=1 ", "jsons://pager.example.com/hook?x=1"),
        ("mail", "mailtos://u:p@mail.example.com?to=a@example.com", "mailtos://u:p@mail.example.com?to=a@example.com"),
    ],
)
def test_addresses_are_taken_as_vendors_give_them(kind: str, typed: str, sent: str) -> None:
    assert parse_address(kind, typed, inner=()) == sent


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("hook", LOOPBACK),
        ("hook", "json://127.0.0.1/x"),
        ("hook", "http://example.com/x"),
        ("hook", "syslog://localhost"),
        ("hook", "file:///etc/passwd"),
        ("hook", "https://user:secret@example.com/"),
        ("hook", "https://exam ple.com/"),
        ("feishu", "https://example.com/hook/abc"),
        ("mail", "mailto://u:p@mail.example.com"),
        ("fax", "fax://1"),
        ("hook", ""),
    ],
)
def test_other_addresses_are_refused(kind: str, typed: str) -> None:
    with pytest.raises(AddressRefused):
        parse_address(kind, typed, inner=())


@pytest.mark.django_db
def test_only_those_who_may_share_channels_and_addresses_are_sealed(actor: Callable[..., Actor]) -> None:
    agent, lead = actor("service_agent"), actor("shift_lead")
    with pytest.raises(Forbidden):
        open_channel(Way("ntfy", "team", "https://ntfy.sh/secret-topic", is_shared=True), by=agent, at=NIGHT)
    with pytest.raises(FieldInvalid):
        open_channel(Way("ntfy", " ", "https://ntfy.sh/secret-topic"), by=agent, at=NIGHT)
    assert Channel.objects.count() == 0
    channel = open_channel(Way("ntfy", "team", "https://ntfy.sh/secret-topic", is_shared=True), by=lead, at=NIGHT)
    assert b"secret-topic" not in bytes(channel.address_sealed)
    with pytest.raises(Forbidden):
        try_channel(channel_id=channel.id, by=agent, at=NIGHT)
    page = try_channel(channel_id=channel.id, by=lead, at=NIGHT)
    assert (page.code, page.state, page.person_id) == ("self_test", "queued", "")


def test_every_kind_is_complete() -> None:
    assert set(channel_kinds()) == {"mail", "feishu", "dingtalk", "wecom", "slack", "teams", "ntfy", "hook"}
    assert issubclass(AddressRefused, Refusal)
    assert ARGUMENTS["number"] == 7
