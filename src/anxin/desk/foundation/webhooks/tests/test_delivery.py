from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import transaction
from msgspec.structs import replace
from pytest_django import Settings

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.duties import Sickroom, sickroom
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.foundation.webhooks import posting
from anxin.desk.foundation.webhooks.actions import Opened, enable_endpoint, open_endpoint, replay, rotate_secret
from anxin.desk.foundation.webhooks.models import Delivery, Endpoint
from anxin.desk.foundation.webhooks.tasks import deliver, enqueue
from anxin.desk.foundation.webhooks.tests.receiver import Receiver, receiving, status


@dataclass(frozen=True)
class Frozen:
    kind: ClassVar[str] = "freeze.opened"
    topic: ClassVar[str] = "measures"
    object_id: str


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.ANXIN = replace(settings.ANXIN, webhook_networks=("127.0.0.0/8",))
    with receiving() as each:
        yield each


@pytest.fixture
def opened(receiver: Receiver, actor: Callable[..., Actor]) -> Opened:
    return open_endpoint(name="shop", url=receiver.url, kinds=["freeze."], by=actor("administrator"), at=NIGHT)


def publish(organisation: Organisation, *names: str) -> None:
    with transaction.atomic():
        for name in names:
            publish_fact(Frozen(name), organisation_id=organisation.id, at=NIGHT)


def states() -> list[tuple[str, int, str]]:
    return list(Delivery.objects.order_by("fact_seq").values_list("state", "attempts", "outcome"))


def is_signed(headers: dict[str, str], body: str, secret: str) -> bool:
    """Verify as a receiver would, from the published rule."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return expected in headers["webhook-signature"].split()


def test_a_fact_arrives_signed_and_once(organisation: Organisation, receiver: Receiver, opened: Opened) -> None:
    publish(organisation, "f1", "f2")
    assert (enqueue(NIGHT), enqueue(NIGHT), deliver(NIGHT), deliver(NIGHT)) == (2, 0, 2, 0)
    assert [json.loads(body)["data"] for _, body in receiver.came] == [{"object_id": "f1"}, {"object_id": "f2"}]
    assert json.loads(receiver.came[0][1])["type"] == "freeze.opened"
    assert all(is_signed(headers, body, opened.secret) for headers, body in receiver.came)
    assert states() == [("delivered", 1, "accepted")] * 2


def test_only_what_was_asked_for_is_sent(
    organisation: Organisation, receiver: Receiver, actor: Callable[..., Actor]
) -> None:
    open_endpoint(name="people", url=receiver.url, kinds=["person."], by=actor("administrator"), at=NIGHT)
    publish(organisation, "f1")
    enqueue(NIGHT)
    assert deliver(NIGHT) == 0
    assert Endpoint.objects.get().cursor == Fact.objects.count()


def test_a_failure_is_retried_with_the_same_id_and_a_fresh_time(
    organisation: Organisation, receiver: Receiver, opened: Opened
) -> None:
    receiver.replies = [status(500), status(200)]
    publish(organisation, "f1")
    enqueue(NIGHT)
    deliver(NIGHT)
    assert states() == [("waiting", 1, "refused")]
    assert deliver(NIGHT + timedelta(seconds=4)) == 0
    assert deliver(NIGHT + timedelta(seconds=7)) == 1
    (first, body), (second, again) = receiver.came
    assert (first["webhook-id"], body) == (second["webhook-id"], again)
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 7
    assert is_signed(second, again, opened.secret)
    assert states() == [("delivered", 2, "accepted")]


def test_it_is_given_up_after_ten_attempts_and_can_be_sent_again(
    organisation: Organisation, receiver: Receiver, opened: Opened, actor: Callable[..., Actor]
) -> None:
    receiver.replies = [status(500)]
    publish(organisation, "f1")
    at = NIGHT
    enqueue(at)
    while Delivery.objects.filter(state="waiting").exists():
        Endpoint.objects.update(failing_since=at)
        deliver(at)
        at = Delivery.objects.get().next_at
    assert states() == [("given_up", 10, "refused")]
    receiver.replies = [status(200)]
    by = actor("administrator", username="second-admin")
    assert replay(endpoint_id=opened.endpoint_id, delivery_id="", by=by, at=at) == 1
    deliver(at)
    assert states() == [("delivered", 1, "accepted")]


@pytest.mark.parametrize("reply", [status(302, Location="http://169.254.169.254/"), status(307, Location="/x")])
def test_a_redirect_is_not_followed(
    organisation: Organisation, receiver: Receiver, opened: Opened, reply: Callable[..., None]
) -> None:
    receiver.replies = [reply]
    publish(organisation, "f1")
    enqueue(NIGHT)
    deliver(NIGHT)
    assert states() == [("waiting", 1, "redirect")]
    assert len(receiver.came) == 1


def test_gone_disables_it_and_enabling_goes_on_where_it_stopped(
    organisation: Organisation, receiver: Receiver, opened: Opened, actor: Callable[..., Actor]
) -> None:
    receiver.replies = [status(410)]
    publish(organisation, "f1")
    enqueue(NIGHT)
    deliver(NIGHT)
    assert Endpoint.objects.get().disabled_why == "gone"
    assert Fact.objects.filter(kind="webhook.disabled").count() == 1
    publish(organisation, "f2")
    assert (enqueue(NIGHT), deliver(NIGHT)) == (0, 0)
    receiver.replies = [status(200)]
    later = NIGHT + timedelta(minutes=1)
    enable_endpoint(endpoint_id=opened.endpoint_id, by=actor("administrator", username="admin2"), at=later)
    enqueue(later)
    deliver(later)
    assert [each for each in states() if each[0] != "delivered"] == []


def test_five_days_of_failure_disable_it(organisation: Organisation, receiver: Receiver, opened: Opened) -> None:
    receiver.replies = [status(503)]
    publish(organisation, "f1")
    enqueue(NIGHT)
    deliver(NIGHT)
    Endpoint.objects.update(failing_since=NIGHT - timedelta(days=5))
    deliver(NIGHT + timedelta(minutes=1))
    assert Endpoint.objects.get().disabled_why == "failing"


def test_a_dripping_target_is_broken_off_and_keeps_nobody_waiting(
    organisation: Organisation,
    receiver: Receiver,
    opened: Opened,
    actor: Callable[..., Actor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(posting, "SECONDS", 2.0)

    def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
        try:
            for each in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 40_000:
                handler.wfile.write(bytes([each]))
                handler.wfile.flush()
                time.sleep(0.02)
        except OSError:
            return

    receiver.replies = [drip]
    with receiving() as healthy:
        by = actor("administrator", username="admin2")
        open_endpoint(name="healthy", url=healthy.url, kinds=[], by=by, at=NIGHT)
        publish(organisation, "f1")
        enqueue(NIGHT)
        deliver(NIGHT)
        outcomes = dict(Delivery.objects.filter(kind="freeze.opened").values_list("endpoint__name", "outcome"))
        assert outcomes == {"shop": "slow", "healthy": "accepted"}


def test_a_dead_target_is_unreachable(organisation: Organisation, receiver: Receiver, opened: Opened) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/hook"
        sealed = seal(organisation.id, url, about=f"webhook.url:{opened.endpoint_id}", at=NIGHT)
        Endpoint.objects.update(url_sealed=sealed)
        publish(organisation, "f1")
        enqueue(NIGHT)
        deliver(NIGHT)
    assert states() == [("waiting", 1, "unreachable")]


def test_during_a_rotation_both_secrets_sign(
    organisation: Organisation, receiver: Receiver, opened: Opened, actor: Callable[..., Actor]
) -> None:
    fresh = rotate_secret(endpoint_id=opened.endpoint_id, by=actor("administrator", username="admin2"), at=NIGHT)
    publish(organisation, "f1")
    enqueue(NIGHT)
    deliver(NIGHT)
    headers, body = receiver.came[0]
    assert is_signed(headers, body, opened.secret)
    assert is_signed(headers, body, fresh.secret)
    later = NIGHT + timedelta(hours=25)
    publish(organisation, "f2")
    enqueue(later)
    deliver(later)
    headers, body = receiver.came[1]
    assert not is_signed(headers, body, opened.secret)


def test_what_the_worker_lost_in_the_middle_is_sent_again(
    organisation: Organisation, receiver: Receiver, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(organisation, "f1")
    enqueue(NIGHT)
    with monkeypatch.context() as broken:
        broken.setattr("anxin.desk.foundation.webhooks.tasks._settle", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            deliver(NIGHT)
    deliver(NIGHT)
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1
    assert states() == [("delivered", 1, "accepted")]


def test_an_endpoint_that_cannot_be_unsealed_keeps_no_other_back(
    organisation: Organisation, receiver: Receiver, opened: Opened, actor: Callable[..., Actor]
) -> None:
    by = actor("administrator", username="admin2")
    with receiving() as healthy:
        open_endpoint(name="healthy", url=healthy.url, kinds=["freeze."], by=by, at=NIGHT)
        Endpoint.objects.filter(pk=opened.endpoint_id).update(url_sealed=b"\x01harmed" * 9)
        publish(organisation, "f1")
        enqueue(NIGHT)
        deliver(NIGHT)
        outcomes = dict(Delivery.objects.values_list("endpoint__name", "outcome"))
    assert (outcomes, len(healthy.came)) == ({"shop": "sealed", "healthy": "accepted"}, 1)
    assert (Endpoint.objects.get(name="shop").failing_since, receiver.came) == (NIGHT, [])


def test_a_fault_in_sending_is_an_attempt_and_what_went_before_is_noted(
    organisation: Organisation, receiver: Receiver, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(organisation, "f1", "f2", "f3")
    enqueue(NIGHT)
    second = Delivery.objects.order_by("fact_seq")[1].pk

    def post(message: posting.Message, *given: object, **named: object) -> posting.Attempt:
        if message.message_id == second:
            raise ValueError("13800138000")
        return send(message, *given, **named)

    send: Callable[..., posting.Attempt] = posting.post
    monkeypatch.setattr("anxin.desk.foundation.webhooks.tasks.post", post)
    assert deliver(NIGHT) == 2
    assert states() == [("delivered", 1, "accepted"), ("waiting", 1, "fault"), ("waiting", 0, "")]


def test_facts_that_make_no_delivery_keep_no_other_back(
    organisation: Organisation, other_organisation: Organisation, receiver: Receiver, opened: Opened
) -> None:
    sound = Endpoint.objects.get()
    harmed = Endpoint(**{each.attname: getattr(sound, each.attname) for each in Endpoint._meta.concrete_fields})
    harmed.pk, harmed.organisation_id = "whk_0", other_organisation.id
    harmed.save(force_insert=True)
    publish(other_organisation, "f1")
    publish(organisation, "f1")
    Fact.objects.filter(organisation_id=other_organisation.id).update(payload="{")
    with sickroom(Sickroom()):
        assert enqueue(NIGHT) == 1
    assert list(Delivery.objects.values_list("organisation_id", flat=True)) == [organisation.id]
    harmed.refresh_from_db()
    assert (harmed.failing_since, harmed.cursor) == (NIGHT, sound.cursor)
