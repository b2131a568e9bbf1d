from __future__ import annotations

import pytest

from anxin.gateway.addresses import UNKNOWN, Proxies, parse_address

PROXIES = Proxies(["10.0.0.0/8", "2001:db8::/32", "127.0.0.1"])
PEER = "10.0.0.1"


@pytest.mark.parametrize(
    ("peer", "is_trusted"),
    [
        ("10.9.9.9", True),
        ("::ffff:10.9.9.9", True),
        ("2001:db8::1", True),
        ("127.0.0.1", True),
        ("127.0.0.2", False),
        ("11.0.0.1", False),
        ("::ffff:11.0.0.1", False),
        ("", False),
        ("somewhere", False),
    ],
)
def test_only_the_networks_given_are_trusted(peer: str, is_trusted: bool) -> None:
    assert PROXIES.trusts(peer) is is_trusted
    assert Proxies([]).trusts(peer) is False


@pytest.mark.parametrize(
    ("forwarded", "origin"),
    [
        (None, PEER),
        (b"", PEER),
        (b" , ", PEER),
        (b"203.0.113.7", "203.0.113.7"),
        (b"203.0.113.7:4711", "203.0.113.7"),
        (b"[2001:dead::7]:443", "2001:dead::7"),
        (b"2001:dead::7", "2001:dead::7"),
        (b"::ffff:203.0.113.7", "203.0.113.7"),
        (b"203.0.113.7, 10.1.1.1,10.2.2.2", "203.0.113.7"),
        (b"127.0.0.1, 203.0.113.7", "203.0.113.7"),
        (b"192.0.2.9, 203.0.113.7, 10.1.1.1", "203.0.113.7"),
        (b"nonsense, 203.0.113.7", "203.0.113.7"),
        (b"10.3.3.3, 10.1.1.1", "10.3.3.3"),
        (b"unknown", UNKNOWN),
        (b"203.0.113.7, _hidden", UNKNOWN),
        (b"nonsense, 10.1.1.1", UNKNOWN),
        (b"\xff", UNKNOWN),
        (b"300.0.0.1", UNKNOWN),
    ],
)
def test_the_last_hop_that_is_no_proxy_is_the_origin(forwarded: bytes | None, origin: str) -> None:
    assert PROXIES.origin(PEER, forwarded) == origin


def test_what_is_no_address_is_none() -> None:
    assert parse_address("ten") is None
