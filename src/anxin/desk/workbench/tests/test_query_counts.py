"""Pages of the foundation ask the databases as often for many rows as for few."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anxin.desk.conftest import Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import now
from anxin.desk.foundation.service_accounts.actions import issue_desk_token, issue_gateway_key, open_account
from anxin.desk.foundation.service_accounts.limits import Limits
from anxin.desk.foundation.webhooks.actions import open_endpoint, probe_endpoint

SignIn = Callable[..., Client]
pytestmark = pytest.mark.django_db(databases="__all__")


def asked(client: Client, path: str) -> int:
    """Return how many questions a page asks, everything loaded that a first call loads."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_accounts_and_their_keys(sign_in: SignIn, actor: Callable[..., Actor]) -> None:
    client, by, at = sign_in("administrator"), actor("administrator", username="other-admin"), now()
    first = open_account(name="robot", by=by, at=at)
    lasting = at + timedelta(days=1)
    issue_gateway_key(account_id=first.id, limits=Limits(("decide",), lasting), by=by, at=at)
    issue_desk_token(account_id=first.id, limits=Limits(("decision.view",), lasting), by=by, at=at)
    paths = ("/service-accounts/", f"/service-accounts/{first.id}/")
    few = [asked(client, path) for path in paths]
    for number in range(8):
        more = open_account(name=f"robot-{number}", by=by, at=at)
        for account_id in (first.id, more.id):
            issue_gateway_key(account_id=account_id, limits=Limits(("decide",), lasting), by=by, at=at)
            issue_desk_token(account_id=account_id, limits=Limits(("decision.view",), lasting), by=by, at=at)
    assert [asked(client, path) for path in paths] == few
    assert max(few) <= 12


def test_sessions(sign_in: SignIn) -> None:
    client = sign_in("administrator")
    few = [asked(client, path) for path in ("/accounts/sessions/", "/accounts/sessions/all/")]
    for number in range(6):
        sign_in("mentor", username=f"mentor-{number}")
    assert [asked(client, path) for path in ("/accounts/sessions/", "/accounts/sessions/all/")] == few
    assert max(few) <= 12


def test_webhooks_and_their_deliveries(sign_in: SignIn, actor: Callable[..., Actor], clock: Clock) -> None:
    client, by = sign_in("administrator"), actor("administrator", username="other-admin")
    hook = partial(open_endpoint, kinds=["freeze."], by=by)
    first = hook(name="hook", url="https://hooks.example.com/first", at=clock.moment).endpoint_id
    paths = ("/webhooks/", f"/webhooks/{first}/")
    probe_endpoint(endpoint_id=first, by=by, at=clock.moment)
    few = [asked(client, path) for path in paths]
    for n in range(6):
        other = hook(name=f"hook {n}", url=f"https://hooks.example.com/{n}", at=clock.moment).endpoint_id
        for each in (first, other):
            probe_endpoint(endpoint_id=each, by=by, at=clock.forward(seconds=1))
    assert [asked(client, path) for path in paths] == few
    assert max(few) <= 12
