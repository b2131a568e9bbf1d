"""Check calls, filled events and published signatures, over real sockets."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.serving import Served, serve_gateway

from anxin.gateway.control import ControlWriter, SqliteControl
from anxin.gateway.keys import KeyBook
from anxin.starter.folder import starter_folder
from tests.journeys.patience import wait_until
from tests.journeys.shop import Shop, contents, overdraw
from tests.journeys.texts import ORDER, PATIENT, is_black, message, noted, records, rules


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checks") / "data"


@pytest.fixture(scope="module")
def served(data: Path) -> Iterator[Served]:
    with serve_gateway(data, starter_folder(), **PATIENT) as found:
        yield found


@pytest.fixture(scope="module")
def shop(served: Served) -> Shop:
    return Shop(served)


def test_a_lookalike_link_is_named_with_reasons_and_advice(shop: Shop) -> None:
    answer = shop.post("/v1/checks/link", {"link": "http://taoba0.com/login"}).json
    assert (answer["kind"], answer["verdict"], answer["level"]) == ("link", "suspicious", "suspicious")
    assert answer["says"] == {"zh": "可疑", "en": "suspicious"}
    assert answer["facts"]["impersonates"] == "Taobao"
    assert answer["facts"]["defanged"] == "hxxp[:]//taoba0[.]com/login"
    assert {"link.brand.digit_swap", "link.http_login"} <= {each["code"] for each in answer["reasons"]}
    assert all(answer["advice"][part][0]["zh"] and answer["advice"][part][0]["en"] for part in ("say", "ask", "never"))


def test_a_text_shows_where_its_cues_and_links_stand(shop: Shop) -> None:
    text = "您的快递丢失，加微信理赔 http://sf-express-lipei.example/ 谢谢"
    answer = shop.post("/v1/checks/text", {"text": text}).json
    places = {each["code"]: text[each["start"] : each["end"]] for each in answer["reasons"]}
    assert places["text.channel.contact"] == "加微信"
    assert places["link.brand.service_word"] == "http://sf-express-lipei.example/"
    (link,) = answer["links"]
    assert (text[link["start"] : link["end"]], link["impersonates"]) == (
        places["link.brand.service_word"],
        "SF Express",
    )


def test_texts_of_one_campaign_are_counted(shop: Shop) -> None:
    text = "尊敬的客户您的包裹丢失现在全额赔付请加微信客服领取理赔款项{}逾期作废 http://sf-lipei{}.example/"
    shop.decide(message(text.format(1, 1)))
    wait_until(lambda: shop.post("/v1/checks/text", {"text": text.format(2, 2)}).json["facts"].get("campaign_count"))
    again = shop.post("/v1/checks/text", {"text": text.format(3, 3)}).json
    assert int(again["facts"]["campaign_count"]) >= 3
    assert "text.campaign" in [each["code"] for each in again["reasons"]]


def test_a_number_that_imitates_the_police(shop: Shop) -> None:
    answer = shop.post("/v1/checks/phone", {"phone": "0086110", "called": True}).json
    assert answer["verdict"] == "high_risk"
    assert "110" in [each["source"] for each in answer["reasons"]]
    assert "0086110" not in json.dumps(answer)


HOSTILE = {
    "empty": "",
    "one character": "a" * 1_000_000,
    "right-to-left": "abc\u202egpj.exe\u202c 加薇信",
    "thousands of links": "http://a.example/ " * 5000,
    "different links": " ".join(f"http://a{number}.example/" for number in range(3000)),
    "nested encodings": "http://a.example/" + "%2525" * 3000,
    "made to be slow": "http://" + "a-" * 20_000 + "!",
    "zero width": "微\u200b信\u200b" * 3000,
    "escaped surrogates": "\U0001f427" * 3000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("kind", ["link", "phone", "text"])
def test_whatever_is_pasted_gets_a_proper_answer(shop: Shop, kind: str, text: str) -> None:
    answer = shop.post(f"/v1/checks/{kind}", {"text": text})
    assert answer.status == 200, answer.body
    assert answer.json["verdict"] in ("high_risk", "suspicious", "no_known_risk")
    assert all(0 <= each["start"] <= each["end"] <= len(text) for each in answer.json["reasons"])


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "pointer"),
    [
        ("link", b"{", 400, "checks.malformed", None),
        ("link", b'{"link":"\xff"}', 400, "checks.malformed", None),
        ("text", b'{"text":"\\ud800"}', 400, "checks.malformed", None),
        ("text", b'{"a":' * 100_000, 422, "request.field_unknown", "/a"),
        ("text", b"[]", 422, "checks.field_invalid", None),
        ("text", b"{}", 422, "checks.field_invalid", "/text"),
        ("text", b'{"text":5}', 422, "checks.field_invalid", "/text"),
        ("link", b'{"link":"a.example","text":"b.example"}', 422, "checks.field_invalid", "/link"),
        ("phone", b'{"phone":"110","called":"yes"}', 422, "checks.field_invalid", "/called"),
        ("text", b'{"text":"' + b"a" * 1_100_000 + b'"}', 413, "request.body_too_large", None),
        ("image", b"{}", 415, "request.media_unsupported", None),
        ("corrections", b'{"correction":"nice"}', 422, "checks.field_invalid", "/correction"),
        ("corrections", b'{"correction":"false_positive"}', 422, "checks.field_invalid", "/signature"),
        (
            "corrections",
            b'{"correction":"missed","reference":"%b"}' % (b"r" * 129),
            422,
            "checks.field_invalid",
            "/reference",
        ),
    ],
    ids=lambda given: str(given)[:20],
)
def test_what_cannot_be_read_is_a_problem_that_names_the_place(
    shop: Shop, path: str, body: bytes, status: int, code: str, pointer: str | None
) -> None:
    stored = shop.stored()
    answer = shop.post(f"/v1/checks/{path}", body)
    assert (answer.status, answer.code, answer.json.get("pointer")) == (status, code, pointer)
    assert answer.headers["content-type"] == "application/problem+json"
    assert shop.stored() == stored


def test_a_picture_is_read_and_a_broken_one_refused(shop: Shop) -> None:
    image = pytest.importorskip("PIL.Image")
    pytest.importorskip("rapidocr")
    blank, huge = io.BytesIO(), io.BytesIO()
    image.new("RGB", (320, 200), "white").save(blank, "PNG")
    image.new("1", (20_000, 20_000)).save(huge, "PNG")
    answer = shop.post("/v1/checks/image", blank.getvalue(), content_type="image/png").json
    assert (answer["kind"], answer["verdict"], answer["facts"]["width"]) == ("image", "no_known_risk", "320")
    assert "screenshot.no_text" in [each["code"] for each in answer["reasons"]]
    for data in (b"", b"hello", blank.getvalue()[:200], huge.getvalue()):
        refused = shop.post("/v1/checks/image", data, content_type="image/png")
        assert (refused.status, refused.code) == (422, "checks.image_refused")


def test_a_key_needs_the_scope_and_has_its_rate(shop: Shop, data: Path) -> None:
    book = KeyBook(data / "keys.json", clock=lambda: time.time_ns() // 1_000_000)
    plain = book.issue(organisation="demo", scopes=["decide"])
    slow = book.issue(organisation="demo", scopes=["checks", "decide"], rate=1, burst=1)
    wait_until(lambda: Shop(shop.served, slow).post("/v1/checks/phone", {}).status == 422)
    refused = Shop(shop.served, plain).post("/v1/checks/link", {"link": "a.example"})
    assert (refused.status, refused.code) == (403, "key.scope_missing")
    assert Shop(shop.served, slow).post("/v1/signatures", ORDER).status == 403
    overdraw(Shop(shop.served, slow))
    refused = Shop(shop.served, slow).post("/v1/checks/phone", {"phone": "110"})
    assert (refused.status, refused.code) == (429, "key.rate_exceeded")


def test_a_message_fires_the_rules_on_what_its_text_shows(shop: Shop, data: Path) -> None:
    event = message()
    decision = shop.decide(event)
    assert (decision["verdict"], decision["degraded"]) == ("block", [])
    assert {"RC01", "RC04"} <= rules(decision)
    assert "unknown" not in decision
    assert shop.decide(event) == decision | {"duplicate": True}
    logged = json.loads(records(data)[event["event_id"]].event)
    assert {name: logged[name] for name in event} == event
    assert (logged["link_lookalike"], logged["link_domains"], logged["self_harm"]) == (True, ["taoba0.com"], False)


def test_what_the_caller_says_is_never_overwritten(shop: Shop, data: Path) -> None:
    event = message(contact_score=5, link_lookalike=False, scam_cues=0)
    assert {"RC01", "RC04"} & rules(shop.decide(event)) == set()
    logged = json.loads(records(data)[event["event_id"]].event)
    assert (logged["contact_score"], logged["link_lookalike"], logged["link_asks_login"]) == (5, False, True)


def test_posts_listings_and_reviews_are_filled(shop: Shop, data: Path) -> None:
    listing = message("国家级品质，全网第一", event_type="listing.published", price=100, currency="CNY")
    assert rules(shop.decide(listing)) & {"RC10", "RC11"} != set()
    review = message("五星好评返现 3 元", event_type="review.posted")
    post = message("今天天气很好", event_type="content.posted")
    for event in (review, post):
        shop.decide(event)
    found = records(data)
    assert json.loads(found[review["event_id"]].event)["reward_hint"] is True
    assert json.loads(found[post["event_id"]].event)["violates"] is False


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_an_event_with_a_hostile_text_is_decided(shop: Shop, text: str) -> None:
    assert shop.decide(message(text[:4000] or None))["degraded"] == []


def test_an_event_that_has_no_room_for_more_is_decided_as_it_came(shop: Shop, data: Path) -> None:
    event = message()
    event["padding"] = "p" * (65_500 - len(json.dumps(event)))
    assert shop.decide(event)["degraded"] == ["checks"]
    assert "link_lookalike" not in json.loads(records(data)[event["event_id"]].event)


def test_events_of_one_connection_are_decided_in_order(shop: Shop) -> None:
    login = {"event_type": "account.login", "text": None}
    events = [message(), message(**login), message("你好" * 1500), message(**login), message(**login)]
    answers = shop.post("/v1/decisions:batch", events).json
    assert [each["event_id"] for each in sorted(answers, key=lambda each: each["seq"])] == [
        e["event_id"] for e in events
    ]
    again = [message(), message(**login), message("再见" * 1500), message(**login)]
    head = "POST /v1/decisions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    head += f"authorization: Bearer {shop.key}\r\n"
    last = ["x-a: b"] * 3 + ["connection: close"]
    bodies = [json.dumps(each).encode() for each in again]
    requests = [
        f"{head}{line}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
        for line, body in zip(last, bodies, strict=True)
    ]
    replied = [json.loads(each) for each in re.findall(rb"\{\"event_id.*?\}(?=HTTP|$)", shop.raw(b"".join(requests)))]
    assert [each["event_id"] for each in replied] == [each["event_id"] for each in again]
    assert sorted(each["seq"] for each in replied) == [each["seq"] for each in replied]


def test_signatures_are_published_hit_and_corrected(shop: Shop, data: Path) -> None:
    assert not is_black(shop, "http://www.evil-one.example/x")
    done = shop.post("/v1/signatures", ORDER).json
    assert (done["set"], done["version"], done["added"], done["dropped"]) == ("own", "1", 2, 0)
    wait_until(lambda: is_black(shop, "http://www.evil-one.example/x"))
    decision = shop.decide(event := message("看 http://evil-one.example/ 打 139-1234-5678"))
    assert "RC04" in rules(decision)
    assert json.loads(records(data)[event["event_id"]].event)["checked_signatures"] == ["PH-1", "LK-1"]
    number = shop.post("/v1/checks/phone", {"phone": "+86 139 1234 5678"}).json
    assert (number["verdict"], number["signatures"]) == ("high_risk", ["PH-1"])

    correction = {"correction": "false_positive", "signature": "LK-1", "event_id": event["event_id"], "reference": "c1"}
    first = shop.post("/v1/checks/corrections", correction).json
    assert (first["false_positives"], first["duplicate"]) == (1, False)
    assert shop.post("/v1/checks/corrections", correction).json == first | {"duplicate": True}
    assert shop.post("/v1/checks/corrections", {"correction": "missed"}).json["missed"] == 1
    described = {each["id"]: each for each in shop.get("/v1/signatures").json}
    assert described["LK-1"]["hits"] >= 2
    assert (described["LK-1"]["false_positives"], described["LK-1"]["in_force"]) == (1, True)
    assert 0 < described["PH-1"]["hit_rate"] < 1
    told = json.dumps(described)
    assert ("evil-one" in told, "13912345678" in told) == (False, False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"values": ["com.cn"]}, "WRONG values.0"),
        (
            {
                "values": ["www.taobao.com"],
                "tests": {"positive": ["http://taobao.com/"], "negative": ["http://a.example/"]},
            },
            "known to be good",
        ),
        ({"valid_until": "never"}, "valid_until"),
        ({"tests": {}}, "WRONG tests"),
        ({"kind": "text", "name": {"zh": "a", "en": "b"}, "patterns": ["(a"]}, "values"),
    ],
    ids=lambda given: str(given)[:30],
)
def test_a_wrong_signature_is_refused_and_nothing_changes(
    shop: Shop, data: Path, change: dict[str, Any], said: str
) -> None:
    table = SqliteControl(data / "control.sqlite3")
    before = len(table.rows_after(0, 10_000))
    answer = shop.post(
        "/v1/signatures", {"set": "wrong", "version": "9", "put": [ORDER["put"][0] | {"id": "WRONG"} | change]}
    )
    assert (answer.status, answer.code) == (422, "signatures.refused")
    assert (
        said
        in shop.post(
            "/v1/signatures",
            {"set": "wrong", "version": "9", "put": [ORDER["put"][0] | {"id": "WRONG"} | change]},
            accept_language="en",
        ).json["title"]
    )
    assert len(table.rows_after(0, 10_000)) == before
    table.close()


def test_orders_of_the_control_stream_count_too_and_wrong_ones_are_told(shop: Shop, data: Path) -> None:
    table = SqliteControl(data / "control.sqlite3")
    writer = ControlWriter(table)
    signature = ORDER["put"][0] | {
        "id": "LK-2",
        "values": ["evil-two.example"],
        "tests": {"positive": ["http://evil-two.example/"], "negative": ["http://a.example/"]},
    }
    refused = len(noted(data, "signatures.refused"))
    writer.append(
        "demo", "signatures.publish", {"set": "desk", "version": "1", "put": [signature | {"values": ["com.cn"]}]}, at=1
    )
    writer.append("demo", "signatures.publish", {"set": "desk", "version": "2", "put": [signature]}, at=2)
    shop.post("/v1/checks/link", {"link": "a.example"})
    wait_until(lambda: is_black(shop, "http://evil-two.example/"))
    assert len(noted(data, "signatures.refused")) == refused + 1
    delta = {"set": "desk", "version": "3", "mode": "delta", "base": "2", "drop": ["LK-2"]}
    assert shop.post("/v1/signatures", delta).json["dropped"] == 1
    wait_until(lambda: not is_black(shop, "http://evil-two.example/"))
    table.close()


def test_no_number_stands_anywhere_in_clear(shop: Shop, data: Path) -> None:
    shop.post(
        "/v1/signatures",
        ORDER
        | {
            "set": "numbers",
            "put": [
                ORDER["put"][1]
                | {"id": "PH-2", "values": ["13712345678"], "tests": {"positive": ["13712345678"], "negative": ["110"]}}
            ],
        },
    )
    shop.decide(message("打 13712345678"))
    assert [path for path, content in contents(data) if b"13712345678" in content] == []


def test_a_lost_worker_costs_no_event_and_comes_back(shop: Shop, data: Path) -> None:
    tests = {"positive": ["evil-nine.example"], "negative": ["harmless.example"]}
    nine = ORDER["put"][0] | {"id": "LK-9", "values": ["evil-nine.example"], "tests": tests}
    shop.post("/v1/signatures", {"set": "nine", "version": "1", "put": [nine]})
    wait_until(lambda: is_black(shop, "http://evil-nine.example/"))
    worker, lost = noted(data, "checks.ready")[-1]["pid"], len(noted(data, "checks.lost"))
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: len(noted(data, "checks.lost")) == lost + 1)
    # A second after the loss the next text starts another worker.
    wait_until(lambda: shop.decide(message())["degraded"] == [])
    assert noted(data, "checks.ready")[-1]["pid"] != worker
    assert is_black(shop, "http://evil-nine.example/")
