from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.serving import serve_gateway

from anxin.engine.decide import Engine
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.policy.loader import load_policy
from anxin.gateway.control import ControlWriter, SqliteControl
from tests.journeys.patience import wait_until
from tests.journeys.shop import POLICY, Shop, new_id, payment


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("calls") / "data"


@pytest.fixture(scope="module")
def shop(data: Path) -> Iterator[Shop]:
    with serve_gateway(data, POLICY) as served:
        yield Shop(served)


@pytest.fixture
def control(data: Path) -> Iterator[ControlWriter]:
    table = SqliteControl(data / "control.sqlite3")
    yield ControlWriter(table)
    table.close()


def test_a_decision_says_verdict_reasons_and_versions(shop: Shop) -> None:
    first, second, third = (shop.decide(payment("calls-1")) for _ in range(3))
    assert [each["verdict"] for each in (first, second, third)] == ["allow", "allow", "review"]
    assert third["reasons"] == [
        {"rule": "MANY", "severity": 2, "verdict": "review", "text": {"zh": "第3次", "en": "number 3"}}
    ]
    assert (third["policy"], third["model"], third["degraded"], third["flags"]) == ("shop@1", None, [], [])
    assert first["seq"] < second["seq"] < third["seq"]


def test_explain_adds_features_and_conditions(shop: Shop) -> None:
    explanation = shop.decide(payment("calls-2"), "?explain=1")["explanation"]
    assert explanation["features"]["payments_1h"]["value"] == 1
    assert {each["rule"] for each in explanation["rules"]} == {"MANY", "KNOWN"}


def test_a_repeated_event_gets_the_first_answer(shop: Shop) -> None:
    event = payment("calls-3")
    first = shop.decide(event)
    stored = shop.stored()
    assert shop.decide(event) == first | {"duplicate": True}
    assert shop.stored() == stored
    assert shop.decide(payment("calls-3"), "?explain=1")["explanation"]["features"]["payments_1h"]["value"] == 2


def test_the_same_id_with_another_body_is_refused(shop: Shop) -> None:
    event = payment("calls-4")
    first = shop.decide(event)
    stored = shop.stored()
    answer = shop.post("/v1/decisions", event | {"amount": 2})
    assert (answer.status, answer.code, answer.json["pointer"]) == (422, "event.id_reused", "/event_id")
    (batched,) = shop.post("/v1/decisions:batch", [event | {"amount": 2}]).json
    assert (batched["code"], shop.stored()) == ("event.id_reused", stored)
    assert shop.decide(event) == first | {"duplicate": True}
    counted = shop.decide(payment("calls-4"), "?explain=1")["explanation"]["features"]
    assert counted["payments_1h"]["value"] == 2


@pytest.mark.parametrize("join", [lambda each: json.dumps(each).encode(), lambda each: b"\n".join(map(_line, each))])
def test_a_batch_answers_each_in_order(shop: Shop, join: object) -> None:
    user = new_id()
    events = [payment(user) for _ in range(120)]
    events[7] = {"event_type": "payment.attempted"}
    answers = shop.post("/v1/decisions:batch", join(events)).json
    assert len(answers) == 120
    assert (answers[7]["code"], answers[7]["status"]) == ("event.field_invalid", 422)
    rest = answers[:7] + answers[8:]
    assert [each["event_id"] for each in rest] == [each["event_id"] for each in events[:7] + events[8:]]
    assert [each["verdict"] for each in rest] == ["allow"] * 2 + ["review"] * 117
    assert [each["seq"] for each in rest] == sorted(each["seq"] for each in rest)


def _line(event: object) -> bytes:
    return json.dumps(event).encode()


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_of_wrong_length_is_refused(shop: Shop, count: int) -> None:
    stored = shop.stored()
    answer = shop.post("/v1/decisions:batch", [{}] * count)
    assert (answer.status, answer.code, shop.stored()) == (422, "batch.length", stored)


def test_a_stored_decision_is_read_back(shop: Shop) -> None:
    decision = shop.decide(payment("calls-5"))
    answer = shop.get(f"/v1/decisions/{decision['event_id']}")
    assert (answer.status, answer.json) == (200, decision)


@pytest.mark.parametrize("path", ["/v1/decisions/unknown", "/v1/decisions/", "/v1/decisions/%ff", "/v1/holds/x/1"])
def test_what_is_not_there_is_not_found(shop: Shop, path: str) -> None:
    answer = shop.get(path)
    assert (answer.status, answer.code) == (404, "request.not_found")


@pytest.mark.parametrize("label", ["fraud", "disputed"])
def test_a_label_becomes_an_event_of_the_labelled_entities(shop: Shop, label: str) -> None:
    user = f"labelled-{label}"
    event = payment(user)
    assert shop.decide(event)["verdict"] == "allow"
    body = {"event_id": event["event_id"], "label": label, "source": "desk"}
    first = shop.post("/v1/labels", body)
    assert first.status == 200
    assert shop.post("/v1/labels", body).json == first.json | {"duplicate": True}
    assert shop.decide(payment(user))["reasons"][0]["rule"] == "KNOWN"


def test_a_label_on_an_entity_needs_no_event(shop: Shop) -> None:
    body = {"entity": {"kind": "user", "id": "calls-6"}, "label": "fraud", "source": "partner"}
    assert shop.post("/v1/labels", body).status == 200
    assert shop.decide(payment("calls-6"))["verdict"] == "block"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"event_id": "nobody", "label": "fraud", "source": "s"}, 404, "request.not_found"),
        ({"label": "fraud", "source": "s"}, 422, "event.field_invalid"),
        (
            {"event_id": "e", "entity": {"kind": "user", "id": "u"}, "label": "l", "source": "s"},
            422,
            "event.field_invalid",
        ),
        ({"event_id": "e", "source": "s"}, 422, "event.field_invalid"),
        ({"entity": {"kind": "planet", "id": "u"}, "label": "l", "source": "s"}, 422, "event.field_invalid"),
        (b"{", 400, "event.malformed"),
    ],
)
def test_a_bad_label_is_refused_and_nothing_stored(shop: Shop, body: object, status: int, code: str) -> None:
    stored = shop.stored()
    answer = shop.post("/v1/labels", body)
    assert (answer.status, answer.code, shop.stored()) == (status, code, stored)


def test_a_freeze_takes_effect_and_is_shown(shop: Shop, control: ControlWriter) -> None:
    hold = {"entity_kind": "user", "entity_id": "calls-7", "verdict": "freeze", "measure": "m-1", "reason": "stolen"}
    control.append("demo", "hold.place", hold, at=1)
    wait_until(lambda: shop.get("/v1/holds/user/calls-7").json["holds"])
    shown = shop.get("/v1/holds/user/calls-7").json
    assert shown["holds"] == [{"verdict": "freeze", "measure": "m-1", "reason": "stolen"}]
    decision = shop.decide(payment("calls-7"))
    assert (decision["verdict"], decision["reasons"][0]["rule"]) == ("freeze", "hold:m-1")
    control.append("demo", "hold.release", {"entity_kind": "user", "entity_id": "calls-7"}, at=2)
    wait_until(lambda: not shop.get("/v1/holds/user/calls-7").json["holds"])
    assert shop.decide(payment("calls-7"))["verdict"] == "allow"


def test_a_hold_on_a_phone_is_found_by_its_clear_number(shop: Shop, control: ControlWriter, data: Path) -> None:
    ring = FileKeyRing(data / "master.key")
    policy = load_policy(POLICY)
    engine = Engine([policy], index_key=ring.derive("demo", "index", 32), windows_key=bytes(16))
    token = engine.entity_key("phone", "+8613800138000")
    hold = {"entity_kind": "phone", "entity_id": token, "verdict": "hold", "measure": "m-2"}
    control.append("demo", "hold.place", hold, at=1)
    wait_until(lambda: shop.get("/v1/holds/phone/138%200013%208000").json["verdict"] == "hold")
    assert b"8000" not in shop.get("/v1/holds/phone/13800138000").body
    assert shop.decide(payment("calls-12", phone="138-0013-8000"))["verdict"] == "hold"


def test_lists_policies_and_errors_come_through_the_stream(shop: Shop, control: ControlWriter) -> None:
    control.append("demo", "policy.publish", {"files": {"policy.yaml": "name: ["}}, at=3)
    control.append("demo", "list.put", {"list": "bad_devices", "entry": {"value": "d-calls-8"}}, at=4)
    control.append("nobody", "list.put", {"list": "bad_devices", "entry": {"value": "d-calls-9"}}, at=5)
    last = control.append("demo", "weather.change", {}, at=6)
    wait_until(lambda: f'anxin_control_seq{{organisation="demo"}} {last}.0' in metrics(shop))
    assert shop.decide(payment("calls-8"))["verdict"] == "block"
    assert shop.decide(payment("calls-9"))["verdict"] == "allow"
    assert 'anxin_control_rejected_total{organisation="demo"} 2.0' in metrics(shop)
    assert shop.get("/readyz").json == {"status": "ready"}


def metrics(shop: Shop) -> str:
    return shop.get("/metrics", authorization=None).body.decode()


def test_metrics_hold_no_personal_value(shop: Shop) -> None:
    shop.decide(payment("calls-10", phone="13900139000", ip="198.51.100.23"))
    shown = metrics(shop)
    assert 'anxin_decisions_total{organisation="demo",verdict="allow"}' in shown
    assert not any(word in shown for word in ("calls-", "13900139000", "198.51.100"))


def test_the_journal_holds_no_personal_value(shop: Shop, data: Path) -> None:
    shop.post("/v1/decisions", payment("calls-11", phone="13900139001", ip="not-an-ip-13900139001"))
    journal = (data / "output.txt").read_text(encoding="utf-8")
    assert not any(word in journal for word in ("calls-11", "13900139001"))


def test_openapi_describes_every_call_and_event(shop: Shop) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    document = shop.get("/openapi.json", authorization=None).json
    assert document["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert {"/v1/decisions", "/v1/decisions:batch", "/v1/labels", "/readyz"} <= set(document["paths"])
    assert "event.payment.attempted" in document["components"]["schemas"]


def test_head_and_health(shop: Shop) -> None:
    assert shop.get("/healthz", authorization=None).json == {"status": "alive"}
    head = shop.call("HEAD", "/healthz")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "18")
