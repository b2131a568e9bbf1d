"""Pages against real providers on loopback: quick, slow, dead, lying, failing, leading inward."""

from __future__ import annotations

import http.server
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import msgspec
import pytest
from pytest_django import Settings

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.notifications import senders, tasks
from anxin.desk.foundation.notifications.actions.channels import close_channel
from anxin.desk.foundation.notifications.actions.paging import Notice, queue_pages
from anxin.desk.foundation.notifications.models import Channel, Page
from anxin.desk.foundation.notifications.senders import Dispatch, Message
from anxin.desk.foundation.notifications.tasks import CLAIM, PAUSES, Delivery
from anxin.desk.foundation.notifications.tests.conftest import PATIENCE_SECONDS
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.webhooks.tests.receiver import Receiver, receiving, status

pytestmark = pytest.mark.django_db
ARGUMENTS = {
    "level": 1,
    "number": 7,
    "kind_zh": "盗刷与未授权支付",
    "kind_en": "Unauthorised payment",
    "role_zh": "主值",
    "role_en": "primary",
    "due_at": (NIGHT + timedelta(minutes=30)).isoformat(),
}
LADDER = Notice("ladder:inc_1:0", "ladder", ("incident", "inc_1"), "/incidents/inc_1/", ARGUMENTS, is_urgent=True)


def answer(body: dict[str, object], code: int = 200) -> Callable[[http.server.BaseHTTPRequestHandler], None]:
    def reply(handler: http.server.BaseHTTPRequestHandler) -> None:
        text = json.dumps(body).encode()
        handler.send_response(code)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    return reply


class Stuck:
    """A reply that does not come before it is let go."""

    def __init__(self) -> None:
        self.may_go = threading.Event()

    def __call__(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        self.may_go.wait(PATIENCE_SECONDS)


@pytest.fixture
def hang() -> Iterator[Stuck]:
    stuck = Stuck()
    yield stuck
    stuck.may_go.set()


def call(by: Actor, notice: Notice = LADDER) -> int:
    return queue_pages(notice, (by.person_id or "",), organisation_id=by.organisation_id, at=NIGHT)


def outside() -> Page:
    return Page.objects.exclude(channel_id="").get()


def test_a_page_is_handed_to_its_provider(
    provider: Receiver, delivery: Delivery, actor: Callable[..., Actor], channel_to: Callable[..., Channel]
) -> None:
    provider.replies = [answer({"id": "msg-42", "ok": True})]
    lead = actor("shift_lead")
    channel_to(provider, by=lead)
    assert call(lead) == 2
    assert delivery.run(NIGHT, wait_seconds=PATIENCE_SECONDS) == 2
    page = outside()
    assert (page.state, page.outcome, page.status, page.provider_ref) == ("sent", "accepted", 200, "msg-42")
    assert (page.sent_at, page.attempts, page.claimed_until) == (NIGHT, 1, None)
    (sent,) = [json.loads(body) for _, body in provider.came]
    assert sent["title"] == "L1 #7 盗刷与未授权支付：请立即响应"
    assert sent["message"].startswith("您现在是主值。剩余 30 分钟。\n确认收到：http://")
    assert lead.label not in json.dumps(sent, ensure_ascii=False)


@pytest.mark.parametrize(
    ("reply", "outcome", "code"),
    [
        (status(500), "refused", 500),
        (status(302, Location="http://127.0.0.1:1/inside"), "refused", 302),
        (answer({"errcode": 310000, "errmsg": "keywords not in content"}), "refused", 200),
        (answer({"code": 9499, "msg": "Bad Request"}), "refused", 200),
        (answer({"ok": False}), "refused", 200),
    ],
    ids=["500", "redirect", "says yes and means no", "feishu's no", "slack's no"],
)
def test_what_is_not_taken_is_tried_again(
    reply: Callable[..., None],
    outcome: str,
    code: int,
    provider: Receiver,
    delivery: Delivery,
    actor: Callable[..., Actor],
    channel_to: Callable[..., Channel],
) -> None:
    provider.replies = [reply, answer({"errcode": 0})]
    lead = actor("shift_lead")
    channel = channel_to(provider, by=lead)
    call(lead)
    delivery.run(NIGHT, wait_seconds=PATIENCE_SECONDS)
    page = outside()
    assert (page.state, page.outcome, page.status) == ("queued", outcome, code)
    assert (page.next_at, page.sent_at) == (NIGHT + PAUSES[0], None)
    channel.refresh_from_db()
    assert (channel.failing_since, channel.outcome) == (NIGHT, outcome)
    assert delivery.run(NIGHT + PAUSES[0] - timedelta(seconds=1), wait_seconds=PATIENCE_SECONDS) == 0
    again = NIGHT + PAUSES[0]
    delivery.run(again, wait_seconds=PATIENCE_SECONDS)
    page.refresh_from_db()
    assert (page.state, page.sent_at, page.attempts) == ("sent", again, 2)
    channel.refresh_from_db()
    assert channel.failing_since is None
    assert len(provider.came) == 2


def test_a_sender_whose_provider_hangs_is_killed_and_the_page_sent_by_the_next(
    provider: Receiver,
    actor: Callable[..., Actor],
    channel_to: Callable[..., Channel],
    hang: Stuck,
) -> None:
    delivery = Delivery(Dispatch(senders=1, seconds=0.5))
    provider.replies = [hang]
    channel_to(provider, by=(lead := actor("shift_lead")))
    call(lead)
    try:
        delivery.run(NIGHT, wait_seconds=PATIENCE_SECONDS)
        page = outside()
        assert (page.state, page.outcome, page.status) == ("queued", "slow", None)
        provider.replies, delivery.dispatch.seconds = [answer({"errcode": 0})], PATIENCE_SECONDS
        delivery.run(NIGHT + PAUSES[0], wait_seconds=PATIENCE_SECONDS)
    finally:
        delivery.dispatch.stop()
    page.refresh_from_db()
    assert (page.state, page.attempts) == ("sent", 2)


def test_who_is_called_at_the_same_time_does_not_wait_for_a_start() -> None:
    dispatch = Dispatch(senders=2, seconds=PATIENCE_SECONDS)
    try:
        dispatch.warm()
        dispatch.submit("pag_1", "chn_1", Message("json://127.0.0.1:1/x", "t", "t", is_urgent=True, inner=()))
        assert dispatch.collect(PATIENCE_SECONDS)["pag_1"].outcome == "inward"
        assert dispatch.running == 2
    finally:
        dispatch.stop()
    assert dispatch.running == 0


def test_a_sender_is_started_as_soon_as_there_is_a_channel(
    monkeypatch: pytest.MonkeyPatch,
    provider: Receiver,
    actor: Callable[..., Actor],
    channel_to: Callable[..., Channel],
) -> None:
    started: list[senders.Sender] = []
    monkeypatch.setattr(senders.Sender, "start", lambda sender: started.append(sender))
    monkeypatch.setattr(tasks, "DELIVERY", Delivery())
    assert tasks.deliver(NIGHT) == 0
    assert started == []
    channel_to(provider, by=actor("shift_lead"))
    assert tasks.deliver(NIGHT) == 0
    assert len(started) == 1


def test_a_dead_provider_ends_in_a_failed_page_and_a_fact(
    provider: Receiver, delivery: Delivery, actor: Callable[..., Actor], channel_to: Callable[..., Channel]
) -> None:
    lead = actor("shift_lead")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        provider.port = taken.getsockname()[1]
        channel_to(provider, by=lead)
        call(lead)
        at = NIGHT
        for pause in (timedelta(), *PAUSES):
            at += pause
            delivery.run(at, wait_seconds=PATIENCE_SECONDS)
    page = outside()
    assert (page.state, page.outcome, page.attempts, page.failed_at) == ("failed", "unreachable", 6, at)
    fact = json.loads(Fact.objects.get(kind="page.changed").payload)
    assert (fact["state"], fact["how"], fact["subject_id"]) == ("failed", "unreachable", "inc_1")
    assert AuditEntry.objects.filter(act="page.fail").count() == 1
    assert delivery.run(at + timedelta(hours=1), wait_seconds=PATIENCE_SECONDS) == 0


def test_a_hanging_provider_keeps_nobody_waiting(
    provider: Receiver, delivery: Delivery, actor: Callable[..., Actor], channel_to: Callable[..., Channel], hang: Stuck
) -> None:
    lead, agent = actor("shift_lead"), actor("service_agent")
    provider.replies = [hang]
    channel_to(provider, by=lead)
    call(lead)
    with receiving() as quick:
        channel_to(quick, by=agent)
        assert delivery.run(NIGHT) == 1
        queue_pages(
            Notice("ladder:inc_2:0", "ladder", ("incident", "inc_2"), "/", ARGUMENTS, is_urgent=True),
            (agent.person_id or "",),
            organisation_id=agent.organisation_id,
            at=NIGHT,
        )
        delivery.begin(NIGHT)
        until = time.monotonic() + PATIENCE_SECONDS
        while not Page.objects.filter(subject_id="inc_2", state="sent").exclude(channel_id="").exists():
            assert time.monotonic() < until
            delivery.settle(NIGHT)
            time.sleep(0.01)
        assert Page.objects.filter(subject_id="inc_1", state="queued").exists()
    hang.may_go.set()
    delivery.settle(NIGHT, wait_seconds=PATIENCE_SECONDS)
    # The sender gave it up after its own limit, or found the connection closed.
    assert Page.objects.exclude(channel_id="").get(subject_id="inc_1").outcome in ("slow", "unreachable")


def test_two_workers_send_a_page_once(
    provider: Receiver, delivery: Delivery, actor: Callable[..., Actor], channel_to: Callable[..., Channel]
) -> None:
    lead = actor("shift_lead")
    channel_to(provider, by=lead)
    call(lead)
    other = Delivery(Dispatch(senders=1, seconds=PATIENCE_SECONDS))
    try:
        assert (delivery.begin(NIGHT), other.begin(NIGHT)) == (1, 0)
        delivery.settle(NIGHT, wait_seconds=PATIENCE_SECONDS)
        assert other.run(NIGHT + CLAIM, wait_seconds=PATIENCE_SECONDS) == 0
    finally:
        other.dispatch.stop()
    assert len(provider.came) == 1


def test_a_page_whose_worker_died_is_sent_by_the_next(
    provider: Receiver, delivery: Delivery, actor: Callable[..., Actor], channel_to: Callable[..., Channel]
) -> None:
    lead = actor("shift_lead")
    channel_to(provider, by=lead)
    call(lead)
    Page.objects.exclude(channel_id="").update(claimed_until=NIGHT + CLAIM, attempts=1)
    assert delivery.run(NIGHT + CLAIM - timedelta(seconds=1), wait_seconds=PATIENCE_SECONDS) == 0
    assert delivery.run(NIGHT + CLAIM, wait_seconds=PATIENCE_SECONDS) == 2
    assert outside().state == "sent"


def test_nothing_leaves_for_an_address_inside(
    provider: Receiver,
    delivery: Delivery,
    actor: Callable[..., Actor],
    channel_to: Callable[..., Channel],
    settings: Settings,
) -> None:
    lead = actor("shift_lead")
    channel_to(provider, by=lead)
    call(lead)
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, webhook_networks=())
    delivery.run(NIGHT, wait_seconds=PATIENCE_SECONDS)
    assert (outside().outcome, provider.came) == ("inward", [])


def test_many_failing_channels_leave_senders_for_the_others(
    provider: Receiver, actor: Callable[..., Actor], channel_to: Callable[..., Channel], hang: Stuck
) -> None:
    delivery = Delivery(Dispatch(senders=4, seconds=PATIENCE_SECONDS))
    people = [actor("service_agent", username=f"agent{n}") for n in range(5)]
    try:
        with ExitStack() as stack:
            for each in people:
                dead = stack.enter_context(receiving())
                dead.replies = [hang]
                channel_to(dead, by=each)
                call(each, Notice(f"x:{each.person_id}", "ladder", ("incident", "i"), "/", ARGUMENTS, is_urgent=True))
            Channel.objects.update(failing_since=NIGHT)
            assert delivery.begin(NIGHT) == 2
    finally:
        delivery.dispatch.stop()


def test_a_channel_that_is_gone_gets_nothing(
    provider: Receiver, delivery: Delivery, actor: Callable[..., Actor], channel_to: Callable[..., Channel]
) -> None:
    lead = actor("shift_lead")
    channel = channel_to(provider, by=lead)
    call(lead)
    close_channel(channel_id=channel.id, by=lead, at=NIGHT)
    assert delivery.run(NIGHT, wait_seconds=PATIENCE_SECONDS) == 0
    assert (outside().state, outside().outcome, provider.came) == ("failed", "closed", [])


def test_a_page_that_cannot_be_written_keeps_no_other_back(
    provider: Receiver, delivery: Delivery, actor: Callable[..., Actor], channel_to: Callable[..., Channel]
) -> None:
    harmed, lead = actor("service_agent"), actor("shift_lead")
    with receiving() as other:
        channel = channel_to(other, by=harmed)
        channel_to(provider, by=lead)
        call(harmed)
        call(lead, Notice("ladder:inc_2:0", "ladder", ("incident", "inc_2"), "/", ARGUMENTS, is_urgent=True))
        Channel.objects.filter(pk=channel.pk).update(address_sealed=b"\x01harmed" * 9)
        Page.objects.filter(channel_id=channel.pk).update(next_at=NIGHT - timedelta(minutes=1))
        at = NIGHT
        for pause in (timedelta(), *PAUSES):
            at += pause
            delivery.run(at, wait_seconds=PATIENCE_SECONDS)
    assert [each.state for each in Page.objects.exclude(channel_id="").exclude(channel_id=channel.pk)] == ["sent"]
    page = Page.objects.get(channel_id=channel.pk)
    assert (page.state, page.outcome, page.attempts, page.failed_at) == ("failed", "unwritten", 6, at)
    assert (Channel.objects.get(pk=channel.pk).failing_since, other.came) == (NIGHT, [])
    assert json.loads(Fact.objects.get(kind="page.changed").payload)["how"] == "unwritten"


@pytest.mark.parametrize(("fault", "outcome"), [(OSError(12, "no memory"), "unreachable"), (ValueError("x"), "fault")])
def test_a_sender_that_cannot_be_started_is_tried_again(
    provider: Receiver,
    delivery: Delivery,
    actor: Callable[..., Actor],
    channel_to: Callable[..., Channel],
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    outcome: str,
) -> None:
    def fail(_: senders.Sender) -> None:
        raise fault

    lead = actor("shift_lead")
    channel_to(provider, by=lead)
    call(lead)
    with monkeypatch.context() as patched:
        patched.setattr(senders.Sender, "_running", fail)
        patched.setattr(Dispatch, "warm", lambda _: None)
        delivery.run(NIGHT, wait_seconds=PATIENCE_SECONDS)
    assert (outside().state, outside().outcome, outside().next_at) == ("queued", outcome, NIGHT + PAUSES[0])
    delivery.run(NIGHT + PAUSES[0], wait_seconds=PATIENCE_SECONDS)
    assert (outside().state, len(provider.came)) == ("sent", 1)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("print('ready', flush=True); input(); print('{', end='', flush=True); import time; time.sleep(300)", "slow"),
        ("print('ready', flush=True); input(); print('nothing of sense', flush=True)", "unreachable"),
        ("print('ready', flush=True); input(); print('[1]', flush=True)", "unreachable"),
        ("print('ready', flush=True); input(); print('{', end='', flush=True)", "unreachable"),
    ],
    ids=["half a line", "no answer", "another answer", "half a line and gone"],
)
def test_a_sender_that_says_nothing_of_use_is_given_up(
    monkeypatch: pytest.MonkeyPatch, code: str, outcome: str
) -> None:
    def start(_: object, **named: object) -> subprocess.Popen[bytes]:
        return popen([sys.executable, "-c", code], **named)

    popen = subprocess.Popen
    monkeypatch.setattr(senders.subprocess, "Popen", start)
    sender = senders.Sender()
    attempt = sender.send(Message("hook://", "t", "x", is_urgent=True, inner=()), seconds=0.2)
    assert (attempt.outcome, sender.is_running) == (outcome, False)
