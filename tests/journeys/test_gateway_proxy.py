"""A shop behind a proxy: whose word about a caller's address counts."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.serving import Served, serve_gateway

from anxin.gateway.keys import SCOPES, KeyBook
from tests.journeys.patience import PATIENCE_SECONDS
from tests.journeys.shop import POLICY, Shop, payment

OFFICE = "203.0.113.9"
ELSEWHERE = "198.51.100.1"


def serve(data: Path, trusted: str) -> Iterator[tuple[Served, Shop]]:
    """Serve with the networks trusted, and a key that may be used from the office only."""
    data.mkdir(mode=0o700)
    book = KeyBook(data / "keys.json", clock=lambda: time.time_ns() // 1_000_000)
    key = book.issue(organisation="demo", scopes=SCOPES, networks=("203.0.113.0/24",))
    with serve_gateway(data, POLICY, trusted_proxies=trusted) as served:
        yield served, Shop(served, key)


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    for _, shop in serve(tmp_path_factory.mktemp("behind") / "data", "127.0.0.1,10.0.0.0/8"):
        yield shop


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    for _, shop in serve(tmp_path_factory.mktemp("bare") / "data", "10.0.0.0/8"):
        yield shop


def status(shop: Shop, forwarded: str | None) -> int:
    return shop.post("/v1/decisions", payment("proxy-1"), x_forwarded_for=forwarded).status


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        (OFFICE, 200),
        (f"{OFFICE}, 10.1.1.1", 200),
        (f"{ELSEWHERE}, {OFFICE}", 200),
        (f"{OFFICE}, {ELSEWHERE}", 401),
        (ELSEWHERE, 401),
        ("unknown", 401),
        (None, 401),
    ],
)
def test_a_trusted_proxy_names_the_caller(behind: Shop, forwarded: str | None, expected: int) -> None:
    stored = behind.stored()
    assert status(behind, forwarded) == expected
    assert behind.stored() == stored + (expected == 200)


@pytest.mark.parametrize("forwarded", [OFFICE, f"{OFFICE}, 10.1.1.1", "127.0.0.1", None])
def test_an_untrusted_peer_cannot_name_itself(bare: Shop, forwarded: str | None) -> None:
    stored = bare.stored()
    assert status(bare, forwarded) == 401
    assert bare.stored() == stored


def test_headers_given_twice_are_one_list(behind: Shop) -> None:
    head = b"GET /v1/decisions/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer %s\r\n"
    hops = b"X-Forwarded-For: %s\r\nx-forwarded-for: %s\r\n\r\n"
    office, elsewhere = OFFICE.encode(), ELSEWHERE.encode()
    known = head % behind.key.encode()
    assert behind.raw(known + hops % (elsewhere, office)).startswith(b"HTTP/1.1 404")
    assert behind.raw(known + hops % (office, elsewhere)).startswith(b"HTTP/1.1 401")


def test_callers_that_share_a_connection_are_told_apart(behind: Shop) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", behind.served.port, timeout=PATIENCE_SECONDS)
    seen = []
    for address in (OFFICE, OFFICE, ELSEWHERE, OFFICE):
        headers = {
            "Authorization": f"Bearer {behind.key}",
            "Content-Type": "application/json",
            "X-Forwarded-For": address,
        }
        connection.request("POST", "/v1/decisions", json.dumps(payment("proxy-2")), headers)
        response = connection.getresponse()
        response.read()
        seen.append(response.status)
    connection.close()
    assert seen == [200, 200, 401, 200]


def test_metrics_are_open_to_loopback_itself_only(behind: Shop, bare: Shop) -> None:
    asked = [shop.get("/metrics", authorization=None, x_forwarded_for=OFFICE).status for shop in (behind, bare)]
    assert asked == [401, 200]
    assert behind.get("/metrics", authorization=None).status == 200
