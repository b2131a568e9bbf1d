from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import now
from anxin.desk.foundation.service_accounts import actions
from anxin.desk.foundation.service_accounts.limits import Limits


@pytest.fixture
def token(actor: Callable[..., Actor]) -> str:
    by, at = actor("administrator"), now()
    account = actions.open_account(name="reporter", by=by, at=at)
    limits = Limits(("decision.view", "policy.view"), at + timedelta(days=1))
    return actions.issue_desk_token(account_id=account.id, limits=limits, by=by, at=at)


def test_a_token_asks_as_its_account(token: str) -> None:
    me = Client().get("/api/v1/me", headers={"authorization": f"Bearer {token}"}).json()
    assert (me["kind"], me["label"], [each["permission"] for each in me["grants"]]) == (
        "service",
        "reporter",
        ["decision.view", "policy.view"],
    )


@pytest.mark.parametrize("header", ["Bearer axd_none_none", "Bearer x", "Basic eDp5"])
def test_a_wrong_token_is_nobody_even_beside_a_session(sign_in: Callable[..., Client], header: str) -> None:
    assert sign_in("auditor").get("/api/v1/me", headers={"authorization": header}).status_code == 401


def test_a_token_does_what_its_scopes_say_and_nothing_more(token: str) -> None:
    answer = Client().get("/api/v1/audit-entries", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["unmet_guards"]) == (403, ["audit.read"])
    assert not AuditEntry.objects.filter(act="audit.read").exists()


def test_pages_take_no_token(token: str) -> None:
    assert Client().get("/audit/", headers={"authorization": f"Bearer {token}"}).status_code == 302
