import hashlib
from pathlib import Path

import msgspec
import pytest

from anxin.engine.control import ControlRefused
from anxin.engine.log.records import ControlRecord
from anxin.gateway.key_orders import obey_key_order
from anxin.gateway.keys import KeyBook
from anxin.gateway.problems import Unauthorised

SECRET = "5" * 64
KEY = {"key_id": "a" * 12, "secret_hash": hashlib.sha256(SECRET.encode()).hexdigest(), "scopes": ["decide"]}
HEADER = f"Bearer ax_{'a' * 12}_{SECRET}".encode()


@pytest.fixture
def book(tmp_path: Path) -> KeyBook:
    return KeyBook(tmp_path / "keys.json", clock=lambda: 1_000)


def order(book: KeyBook, kind: str, body: object, organisation: str = "shop") -> None:
    obey_key_order(book, organisation, ControlRecord(1, 5, kind, msgspec.json.encode(body)))


def test_a_key_is_put_changed_and_revoked(book: KeyBook) -> None:
    order(book, "key.put", KEY)
    assert book.admit(HEADER, address="10.0.0.1").key.organisation == "shop"
    order(book, "key.put", KEY | {"networks": ["192.0.2.0/24"]})
    with pytest.raises(Unauthorised):
        book.admit(HEADER, address="10.0.0.1")
    assert book.admit(HEADER, address="192.0.2.9")
    order(book, "key.revoke", {"key_id": "a" * 12})
    with pytest.raises(Unauthorised):
        book.admit(HEADER, address="192.0.2.9")


@pytest.mark.parametrize(
    ("kind", "body", "organisation"),
    [
        ("key.put", KEY | {"scopes": ["everything"]}, "shop"),
        ("key.put", KEY | {"scopes": []}, "shop"),
        ("key.put", KEY | {"secret_hash": SECRET[:-1]}, "shop"),
        ("key.put", KEY | {"key_id": "A" * 12}, "shop"),
        ("key.put", KEY | {"networks": ["all"]}, "shop"),
        ("key.put", KEY | {"rate": -1}, "shop"),
        ("key.put", KEY | {"burst": 0}, "shop"),
        ("key.put", KEY | {"organisation": "stall"}, "shop"),
        ("key.put", KEY, "stall"),
        ("key.revoke", {"key_id": "a" * 12}, "stall"),
        ("key.revoke", {"key_id": "b" * 12}, "shop"),
        ("key.revoke", {}, "shop"),
        ("key.lend", {}, "shop"),
    ],
)
def test_a_refused_order_changes_nothing(book: KeyBook, kind: str, body: object, organisation: str) -> None:
    order(book, "key.put", KEY)
    before = book.list_keys()
    with pytest.raises(ControlRefused):
        order(book, kind, body, organisation)
    assert book.list_keys() == before


def test_a_revoked_key_does_not_come_back(book: KeyBook) -> None:
    order(book, "key.put", KEY)
    order(book, "key.revoke", {"key_id": "a" * 12})
    with pytest.raises(ControlRefused):
        order(book, "key.put", KEY)
