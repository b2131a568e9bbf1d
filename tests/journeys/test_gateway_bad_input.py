"""Whatever is sent: a clear refusal, nothing stored, nothing counted, and the next good event is served."""

from __future__ import annotations

import contextlib
import json
import re
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.serving import serve_gateway

from tests.journeys.bad_events import BODIES, LINES, SENDER
from tests.journeys.patience import PATIENCE_SECONDS, wait_until
from tests.journeys.shop import POLICY, Shop, new_id, payment

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A gateway whose patience outlasts a slow client, so that each refusal has the cause that is meant."""
    patient = dict.fromkeys(("head_seconds", "body_seconds", "idle_seconds"), PATIENCE_SECONDS)
    folder: Path = tmp_path_factory.mktemp("bad")
    with serve_gateway(folder / "data", POLICY, max_connections=40, max_held_bytes=2_000_000, **patient) as served:
        yield Shop(served)


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_event_is_refused_and_counted_nowhere(shop: Shop, name: str) -> None:
    bad, stored, titles = BODIES[name], shop.stored(), {}
    for language in ("zh", "en"):
        answer = shop.post("/v1/decisions", bad.body, accept_language=language)
        assert (answer.status, answer.code, answer.json.get("pointer")) == (bad.status, bad.code, bad.pointer)
        assert answer.headers["content-type"] == "application/problem+json"
        titles[language] = answer.json["title"]
    assert CHINESE.search(titles["zh"])
    assert titles["en"]
    assert not CHINESE.search(titles["en"])
    assert shop.stored() == stored


def test_bad_events_of_a_batch_are_refused_one_by_one_and_leave_no_trace(shop: Shop) -> None:
    good = [payment("bad-7"), payment("bad-7")]
    lines = [json.dumps(good[0]).encode(), *(bad.body for bad in LINES.values()), json.dumps(good[1]).encode()]
    stored = shop.stored()
    first, *refused, last = shop.post("/v1/decisions:batch", b"\n".join(lines)).json
    told = [(each["status"], each["code"], each.get("pointer")) for each in refused]
    assert told == [(bad.status, bad.code, bad.pointer) for bad in LINES.values()]
    assert [first["event_id"], last["event_id"]] == [each["event_id"] for each in good]
    assert shop.stored() == stored + 2
    counted = shop.decide(payment(SENDER), "?explain=1")["explanation"]["features"]
    assert counted["payments_1h"]["value"] == 1


def head(path: bytes = b"/v1/decisions", method: bytes = b"POST", *more: bytes, key: str = "") -> bytes:
    lines = [method + b" " + path + b" HTTP/1.1", b"Host: x", b"Content-Type: application/json", *more]
    return b"\r\n".join([*lines, b"Authorization: Bearer " + key.encode(), b"", b""])


RAW: dict[str, tuple[list[bytes], bytes]] = {
    "no HTTP": ([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"], b"400"),
    "unknown method": ([b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n"], b"400"),
    "no host": ([b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"], b"400"),
    "bad chunk": ([head(b"/v1/decisions", b"POST", b"Transfer-Encoding: chunked"), b"zz\r\n{}\r\n0\r\n\r\n"], b"400"),
    "two lengths": ([head(b"/v1/decisions", b"POST", b"Content-Length: 2", b"Content-Length: 3"), b"{}"], b"400"),
    "length and chunks": (
        [head(b"/v1/decisions", b"POST", b"Content-Length: 2", b"Transfer-Encoding: chunked"), b"0\r\n\r\n"],
        b"400",
    ),
    "negative length": ([head(b"/v1/decisions", b"POST", b"Content-Length: -2")], b"400"),
    "huge head": ([b"GET / HTTP/1.1\r\nHost: x\r\n", *([b"X-Y: " + b"y" * 4000 + b"\r\n"] * 8)], b"431"),
    "huge target": ([b"GET /" + b"a" * 30_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"], b"431"),
    "huge body": ([head(b"/v1/decisions", b"POST", b"Content-Length: 9000000000")], b"413"),
    "huge chunks": (
        [
            head(b"/v1/decisions", b"POST", b"Transfer-Encoding: chunked"),
            b"10000\r\n" + b" " * 65_536,
            b"\r\nffff\r\n xx",
        ],
        b"413",
    ),
    "body on a read": (
        [b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"],
        b"413",
    ),
}


@pytest.mark.parametrize("name", RAW)
def test_bad_bytes_are_refused_and_the_connection_closed(shop: Shop, name: str) -> None:
    stored = shop.stored()
    parts, status = RAW[name]
    received = shop.raw(*(part.replace(b"Bearer ", b"Bearer " + shop.key.encode()) for part in parts))
    assert received.startswith(b"HTTP/1.1 " + status), received[:200]
    assert b"application/problem+json" in received
    assert shop.stored() == stored


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("PUT", "/v1/decisions", {}, 405, "request.method_not_allowed"),
        ("GET", "/nothing", {}, 404, "request.not_found"),
        ("POST", "/v1/decisions", {"content_type": "text/plain"}, 415, "request.media_unsupported"),
        ("POST", "/v1/decisions", {"content_type": None}, 415, "request.media_unsupported"),
        ("POST", "/v1/decisions?explain=maybe", {}, 400, "request.malformed"),
        ("POST", "/v1/decisions:batch", {}, 400, "event.malformed"),
    ],
)
def test_calls_that_do_not_exist(
    shop: Shop, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = shop.call(method, path, b"[", **headers)
    assert (answer.status, answer.code) == (status, code)
    if status == 405:
        assert answer.headers["allow"] == "POST"


def test_the_language_follows_the_caller(shop: Shop) -> None:
    assert shop.get("/nothing").json["title"] == "未找到。"
    assert shop.get("/nothing", accept_language="en").json["title"] == "Not found."


def test_other_protocols_are_answered_in_this_one(shop: Shop) -> None:
    received = shop.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nmore")
    assert received.startswith(b"HTTP/1.1 200")
    assert received.endswith(b'{"status":"alive"}')


def test_a_request_id_is_kept_or_made(shop: Shop) -> None:
    assert shop.get("/nothing", x_request_id="abc-1").json["request_id"] == "abc-1"
    assert shop.get("/nothing", x_request_id="a b").json["request_id"] != "a b"


def test_pipelined_calls_are_answered_in_order(shop: Shop) -> None:
    user = new_id()
    sent = [json.dumps(payment(user)).encode() for _ in range(150)]
    wire = [head(b"/v1/decisions", b"POST", b"Content-Length: %d" % len(each), key=shop.key) + each for each in sent]
    wire.insert(75, b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
    received = shop.raw(b"".join(wire), b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answers = [json.loads(part.split(b"\r\n\r\n", 1)[1]) for part in received.split(b"HTTP/1.1 ")[1:]]
    assert answers[-1] == {"status": "alive"}
    assert answers.pop(75)["code"] == "request.not_found"
    assert [each["event_id"] for each in answers[:-1]] == [json.loads(each)["event_id"] for each in sent]
    assert [each["seq"] for each in answers[:-1]] == sorted(each["seq"] for each in answers[:-1])


def test_chunked_and_expecting_clients_are_served(shop: Shop) -> None:
    sent = json.dumps(payment("bad-2")).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(sent[at : at + 7]), sent[at : at + 7]) for at in range(0, len(sent), 7))
    lines = (b"Transfer-Encoding: chunked", b"Expect: 100-continue", b"Connection: close")
    received = shop.raw(head(b"/v1/decisions", b"POST", *lines, key=shop.key), chunks + b"0\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


def received_by(connection: socket.socket) -> bytes:
    """Return all that comes until the gateway closes."""
    with connection.makefile("rb") as file:
        return file.read()


def test_stalled_clients_hold_nobody_up_and_are_sent_away(tmp_path: Path) -> None:
    with serve_gateway(tmp_path / "data", POLICY, head_seconds=2.0, body_seconds=2.0) as served:
        shop = Shop(served)
        stored = shop.stored()
        begun = (b"POST /v1/decisions HT", head(b"/v1/decisions", b"POST", b"Content-Length: 9", key=shop.key) + b"{")
        stalled = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(20)]
        for number, connection in enumerate(stalled):
            connection.sendall(begun[number % 2])
        event = payment("bad-3")
        # On a busy machine this caller may stall as well: then it is told so, and comes again.
        wait_until(lambda: shop.post("/v1/decisions", event).status == 200)
        answers = [received_by(connection) for connection in stalled]
        for connection in stalled:
            connection.close()
        assert [each[:12] for each in answers] == [b"HTTP/1.1 408"] * 20
        assert all(b"application/problem+json" in each for each in answers)
        assert shop.stored() == stored + 1


def test_bodies_under_way_are_bounded_together(shop: Shop) -> None:
    lines = head(b"/v1/decisions:batch", b"POST", b"Content-Length: 900000", key=shop.key)
    holding = [socket.create_connection(("127.0.0.1", shop.served.port)) for _ in range(3)]
    try:
        for connection in holding:
            # The one too many may be sent away before all of it is sent.
            with contextlib.suppress(ConnectionError):
                connection.sendall(lines + b" " * 800_000)
        # Which of them is one too many is the machine's choice; the others may go on.
        ready, _, _ = select.select(holding, [], [], PATIENCE_SECONDS)
        assert [connection.recv(12) for connection in ready] == [b"HTTP/1.1 503"]
    finally:
        for connection in holding:
            connection.close()
    assert shop.decide(payment("bad-6"))["verdict"] == "allow"


def test_too_many_connections_are_told_to_return(shop: Shop) -> None:
    open_ones = [socket.create_connection(("127.0.0.1", shop.served.port)) for _ in range(40)]
    try:
        received = shop.raw()
        assert received.startswith(b"HTTP/1.1 503")
        assert b"retry-after: " in received
    finally:
        for connection in open_ones:
            connection.close()
    asked = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    wait_until(lambda: shop.raw(asked).startswith(b"HTTP/1.1 200"))
    assert shop.decide(payment("bad-4"))["verdict"] == "allow"


def test_the_same_event_sent_at_once_is_decided_once(shop: Shop) -> None:
    event = payment("bad-5")
    answers: list[dict[str, object]] = []
    threads = [threading.Thread(target=lambda: answers.append(shop.decide(event))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each["seq"] for each in answers}) == 1
    assert sum("duplicate" not in each for each in answers) == 1
    assert shop.decide(payment("bad-5"), "?explain=1")["explanation"]["features"]["payments_1h"]["value"] == 2
