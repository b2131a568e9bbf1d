"""A label reaches the gateway exactly once, whatever happens on the way."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import msgspec
import pytest
from django.test import Client
from pytest_django import Settings

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.decisioning.labels import tasks
from anxin.desk.decisioning.labels.actions import Cause, Labelled, give_labels
from anxin.desk.decisioning.labels.models import GivenLabel, LabelKey
from anxin.desk.decisioning.labels.tasks import post_waiting
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.duties import Sickroom, sickroom
from anxin.desk.foundation.organisations.actions import found_organisation
from anxin.desk.foundation.organisations.models import Organisation
from anxin.gateway.labels import Label

pytestmark = pytest.mark.django_db
CAUSE = Cause("incident", "inc_1", NIGHT)


class Gateway:
    """Answers labels as it is told, and remembers what it was sent."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.bodies: list[bytes] = []
        self.keys: list[str] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                gateway.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                gateway.keys.append(self.headers["Authorization"])
                status = gateway.statuses.pop(0) if gateway.statuses else 200
                body = json.dumps({"code": "event.not_found"}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                del args

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    """A gateway on loopback."""
    made = Gateway()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, gateway_url=made.url)
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def give(organisation: Organisation, *events: str, is_fraud: bool = True) -> int:
    by = system_actor(organisation.id, "labels")
    return give_labels(CAUSE, [Labelled(each) for each in events], is_fraud=is_fraud, by=by, at=NIGHT)


def states() -> list[str]:
    return list(GivenLabel.objects.order_by("id").values_list("state", flat=True))


def test_a_label_is_given_once_and_posted_with_the_desks_own_key(organisation: Organisation, gateway: Gateway) -> None:
    assert (give(organisation, "e1", "e2"), give(organisation, "e1", "e2")) == (2, 0)
    assert post_waiting(NIGHT) == 2
    assert (states(), post_waiting(NIGHT)) == (["taken", "taken"], 0)
    sent = next(each for each in map(json.loads, gateway.bodies) if each["event_id"] == "e1")
    assert sent == {"event_id": "e1", "label": "fraud", "source": "desk", "at": 1795288200000, "is_fraud": True}
    order = json.loads(ControlOrder.objects.get(kind="key.put").body)
    assert (order["scopes"], order["key_id"]) == (["label"], LabelKey.objects.get().key_id)
    assert gateway.keys[0].startswith(f"Bearer ax_{order['key_id']}_")
    assert gateway.keys[0].split("_")[-1] not in json.dumps(order)


def test_what_waits_of_one_organisation_keeps_no_other_waiting(
    organisation: Organisation, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = found_organisation(slug="other", name="别家", at=NIGHT)
    first, second = sorted((organisation, other), key=lambda each: each.id)
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    give(first, "e1", "e2", "e3")
    give(second, "e4")
    LabelKey.objects.create(
        organisation_id=first.id, key_id="k", secret_sealed=b"damaged", drawn_at=NIGHT, expires_at=NIGHT + timedelta(90)
    )
    room = Sickroom()
    with sickroom(room):
        assert [post_waiting(NIGHT + timedelta(seconds=each)) for each in range(2)] == [1, 0]
    assert (states().count("waiting"), room.word) == (3, "SealBroken × 1")
    assert len(gateway.bodies) == 1


def test_what_cannot_be_delivered_is_sent_again_in_the_same_words(organisation: Organisation, gateway: Gateway) -> None:
    give(organisation, "e1")
    gateway.statuses = [503, 401]
    moments = [NIGHT, NIGHT + timedelta(seconds=1), NIGHT + timedelta(seconds=3)]
    assert [post_waiting(each) for each in moments] == [0, 0, 1]
    assert states() == ["taken"]
    ids = {msgspec.json.decode(each, type=Label).own_id for each in gateway.bodies}
    assert (len(gateway.bodies), len(ids)) == (3, 1)


def test_waiting_is_longer_each_time(organisation: Organisation, gateway: Gateway) -> None:
    give(organisation, "e1")
    gateway.statuses = [503] * 20
    at, pauses = NIGHT, []
    for _ in range(11):
        post_waiting(at)
        row = GivenLabel.objects.get()
        pauses.append((row.next_at - at).total_seconds())
        at = row.next_at
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_what_the_gateway_refuses_for_good_is_kept_and_the_next_goes_on(
    organisation: Organisation, gateway: Gateway, status: int
) -> None:
    give(organisation, "e1", "e2")
    gateway.statuses = [status]
    assert (post_waiting(NIGHT), states()) == (2, ["refused", "taken"])
    assert GivenLabel.objects.order_by("id")[0].answer == "event.not_found"


def test_a_gateway_that_is_away_loses_nothing(organisation: Organisation, settings: Settings) -> None:
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, gateway_url="http://127.0.0.1:9")
    give(organisation, "e1")
    assert (post_waiting(NIGHT), states(), GivenLabel.objects.get().answer) == (0, ["waiting"], "unreachable")


def test_a_key_that_stays_unknown_is_replaced(organisation: Organisation, gateway: Gateway) -> None:
    give(organisation, "e1")
    gateway.statuses = [401, 401]
    post_waiting(NIGHT)
    first = LabelKey.objects.get().key_id
    post_waiting(NIGHT + timedelta(minutes=11))
    second = LabelKey.objects.get().key_id
    assert first != second
    kinds = list(ControlOrder.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["key.put", "key.put", "key.revoke"]


def test_the_key_is_renewed_before_it_ends(organisation: Organisation, gateway: Gateway) -> None:
    give(organisation, "e1")
    post_waiting(NIGHT)
    first = LabelKey.objects.get().key_id
    GivenLabel.objects.update(state="waiting", next_at=NIGHT)
    post_waiting(NIGHT + timedelta(days=84))
    assert LabelKey.objects.get().key_id != first


def test_the_page_shows_what_was_given(
    organisation: Organisation, sign_in: Callable[..., Client], clock: Clock
) -> None:
    give(organisation, "e1")
    page = sign_in("risk_analyst").get("/labels/").content.decode()
    assert ("e1" in page, "on its way" in page, "verdict" in page) == (True, True, True)
    assert Client().get("/labels/").status_code == 302
    assert sign_in("service_agent").get("/labels/").status_code == 403
    assert sign_in("auditor").get("/api/v1/labels").json()["items"][0]["state"] == "waiting"


def test_another_organisation_sees_nothing(
    organisation: Organisation, other_organisation: Organisation, sign_in: Callable[..., Client], clock: Clock
) -> None:
    give(organisation, "e1")
    client = sign_in("risk_analyst", username="other-analyst", to=other_organisation)
    assert client.get("/api/v1/labels").json() == {"items": [], "next": None}
