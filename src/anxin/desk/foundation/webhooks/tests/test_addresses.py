from __future__ import annotations

import ipaddress
import socket

import pytest

from anxin.desk.foundation.webhooks.addresses import InwardTarget, parse_target, resolve_target
from anxin.desk.foundation.webhooks.errors import UrlRefused

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com/",
        "https://",
        "https://user:secret@example.com/",
        "https://example.com:99999/",
        "https://example.com/\r\nX-Evil: 1",
        "https://example.com/#part",
        "javascript:alert(1)",
        "https://example.com/" + "x" * 3_000,
        "file:///etc/passwd",
    ],
)
def test_addresses_that_are_not_taken(url: str) -> None:
    with pytest.raises(UrlRefused):
        parse_target(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "255.255.255.255",
    ],
)
def test_names_that_lead_inward_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", (address, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(InwardTarget):
        resolve_target(parse_target("https://partner.example/hook"))


def test_a_public_name_is_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("93.184.215.14", 443))])
    assert resolve_target(parse_target("https://partner.example/hook")) == "93.184.215.14"


def test_trusted_networks_may_be_reached_in_clear() -> None:
    target = parse_target("http://127.0.0.1:8123/hook?x=1", inner=LOOPBACK)
    assert (target.path, target.is_tls, resolve_target(target, inner=LOOPBACK)) == ("/hook?x=1", False, "127.0.0.1")
