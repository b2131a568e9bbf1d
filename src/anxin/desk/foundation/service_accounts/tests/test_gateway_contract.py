"""The gateway obeys the desk's orders about keys, and admits the keys that the desk drew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.service_accounts import actions
from anxin.desk.foundation.service_accounts.limits import Limits, gateway_scopes
from anxin.desk.foundation.service_accounts.models import GatewayKey, ServiceAccount
from anxin.engine.log.records import ControlRecord
from anxin.gateway.key_orders import obey_key_order
from anxin.gateway.keys import SCOPES, KeyBook
from anxin.gateway.problems import Unauthorised

LIMITS = Limits(("decide", "read"), NIGHT + timedelta(days=90), ("203.0.113.0/24",), rate=200)


class Gateway:
    """A key book that takes the desk's orders as they come."""

    def __init__(self, folder: Path) -> None:
        self.at, self._seen = NIGHT, 0
        self.book = KeyBook(folder / "keys.json", clock=lambda: to_ms(self.at))

    def admits(self, key: str, address: str = "203.0.113.7", *, at: datetime = NIGHT) -> bool:
        self.at = at
        for order in ControlOrder.objects.filter(seq__gt=self._seen).order_by("seq"):
            record = ControlRecord(order.seq, order.at, order.kind, order.body.encode())
            obey_key_order(self.book, order.organisation, record)
            self._seen = order.seq
        try:
            self.book.admit(f"Bearer {key}".encode(), address=address)
        except Unauthorised:
            return False
        return True


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    return Gateway(tmp_path)


@pytest.fixture
def by(actor: Callable[..., Actor]) -> Actor:
    return actor("administrator")


@pytest.fixture
def account(by: Actor) -> ServiceAccount:
    return actions.open_account(name="order-service", by=by, at=NIGHT)


def issue(account: ServiceAccount, by: Actor) -> str:
    return actions.issue_gateway_key(account_id=account.id, limits=LIMITS, by=by, at=NIGHT)


def test_both_sides_know_the_same_scopes() -> None:
    assert set(gateway_scopes()) == set(SCOPES)


def test_issued_key_is_admitted_within_its_limits(account: ServiceAccount, by: Actor, gateway: Gateway) -> None:
    key = issue(account, by)
    assert gateway.admits(key)
    known = gateway.book.list_keys()[0]
    assert (known.organisation, known.scopes, known.rate) == ("shop", ("decide", "read"), 200)
    assert not gateway.admits(key, "198.51.100.1")
    assert not gateway.admits(key[:-1] + ("0" if key[-1] != "0" else "1"))
    assert gateway.admits(key, at=NIGHT + timedelta(days=89))
    assert not gateway.admits(key, at=NIGHT + timedelta(days=90))


def test_secret_travels_and_stays_as_hash_only(account: ServiceAccount, by: Actor) -> None:
    secret = issue(account, by).rpartition("_")[2]
    assert secret not in str(list(ControlOrder.objects.values())) + str(list(GatewayKey.objects.values()))


def test_rotation_overlaps_for_a_day(account: ServiceAccount, by: Actor, gateway: Gateway) -> None:
    old = issue(account, by)
    later = NIGHT + timedelta(hours=1)
    new = actions.rotate_gateway_key(key_id=old.split("_")[1], by=by, at=later)
    assert gateway.admits(old, at=later)
    assert gateway.admits(new, at=later)
    assert not gateway.admits(old, at=later + timedelta(hours=24))
    assert gateway.admits(new, at=later + timedelta(hours=24))
    with pytest.raises(NotFound):
        actions.rotate_gateway_key(key_id=old.split("_")[1], by=by, at=later)


@pytest.mark.parametrize("end", ["revoke", "close"])
def test_revoked_key_is_out(account: ServiceAccount, by: Actor, gateway: Gateway, end: str) -> None:
    key = issue(account, by)
    assert gateway.admits(key)
    if end == "revoke":
        actions.revoke_gateway_key(key_id=key.split("_")[1], by=by, at=NIGHT)
    else:
        actions.close_account(account_id=account.id, by=by, at=NIGHT)
    assert not gateway.admits(key)
