from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound, Refusal
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.permissions.authority import Forbidden, form_for
from anxin.desk.foundation.permissions.catalogue import Form, field_rules
from anxin.desk.foundation.service_accounts import actions
from anxin.desk.foundation.service_accounts.limits import Limits
from anxin.desk.foundation.service_accounts.models import DeskToken, GatewayKey, ServiceAccount
from anxin.desk.foundation.service_accounts.tokens import actor_of_token

ActorWith = Callable[..., Actor]
LIMITS = Limits(("check.run", "decision.view"), NIGHT + timedelta(days=30))


@pytest.fixture
def by(actor: ActorWith) -> Actor:
    return actor("administrator")


@pytest.fixture
def account(by: Actor) -> ServiceAccount:
    return actions.open_account(name="checker", by=by, at=NIGHT)


def token_of(account: ServiceAccount, by: Actor, limits: Limits = LIMITS) -> str:
    return actions.issue_desk_token(account_id=account.id, limits=limits, by=by, at=NIGHT)


def test_token_is_a_service_without_eyes_for_people(account: ServiceAccount, by: Actor) -> None:
    found = actor_of_token(f"Bearer {token_of(account, by)}", at=NIGHT)
    assert found is not None
    assert (found.kind, found.label, set(found.grants)) == ("service", "checker", {"check.run", "decision.view"})
    assert {form_for(found, each) for each in field_rules().values()} == {Form.NONE}
    assert DeskToken.objects.get().used_on == NIGHT.date()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer ",
        "Bearer axd_",
        "Basic {token}",
        "Bearer {token}0",
        "Bearer axd_0000000000000000_{secret}",
        "{token}",
    ],
)
def test_what_is_no_token_is_nobody(account: ServiceAccount, by: Actor, header: str) -> None:
    token = token_of(account, by)
    assert actor_of_token(header.format(token=token, secret=token.rpartition("_")[2]), at=NIGHT) is None


def test_token_works_in_its_time_and_place_only(account: ServiceAccount, by: Actor) -> None:
    header = f"Bearer {token_of(account, by, Limits(('check.run',), NIGHT + timedelta(days=1), ('2001:db8::/32',)))}"
    assert actor_of_token(header, at=NIGHT, address="2001:db8::7") is not None
    for at, address in (
        (NIGHT + timedelta(days=1), "2001:db8::7"),
        (NIGHT - timedelta(seconds=1), "2001:db8::7"),
        (NIGHT, "203.0.113.7"),
        (NIGHT, ""),
    ):
        assert actor_of_token(header, at=at, address=address) is None


@pytest.mark.parametrize("end", ["revoke", "close"])
def test_ended_token_is_nobody(account: ServiceAccount, by: Actor, end: str) -> None:
    token = token_of(account, by)
    if end == "revoke":
        actions.revoke_desk_token(token_id=token.split("_")[1], by=by, at=NIGHT)
    else:
        actions.close_account(account_id=account.id, by=by, at=NIGHT)
    assert actor_of_token(f"Bearer {token}", at=NIGHT) is None


@pytest.mark.parametrize(
    "limits",
    [
        Limits((), NIGHT + timedelta(days=1)),
        Limits(("entity.view",), NIGHT + timedelta(days=1)),
        Limits(("freeze.open",), NIGHT + timedelta(days=1)),
        Limits(("check.run",), NIGHT),
        Limits(("check.run",), NIGHT + timedelta(days=367)),
        Limits(("check.run",), NIGHT + timedelta(days=1), ("everywhere",)),
        Limits(("check.run",), NIGHT + timedelta(days=1), ("10.0.0.1/8",)),
    ],
)
def test_limits_that_are_none(account: ServiceAccount, by: Actor, limits: Limits) -> None:
    with pytest.raises(FieldInvalid):
        token_of(account, by, limits)
    assert DeskToken.objects.count() == 0


def test_others_do_nothing(
    account: ServiceAccount, by: Actor, actor: ActorWith, other_organisation: Organisation
) -> None:
    key = actions.issue_gateway_key(
        account_id=account.id, limits=Limits(("decide",), NIGHT + timedelta(days=1)), by=by, at=NIGHT
    )
    foreign = actor("administrator", username="foreign", to=other_organisation)
    lead = actor("shift_lead")
    key_id = key.split("_")[1]
    attempts: list[tuple[Actor, type[Refusal]]] = [(foreign, NotFound), (lead, Forbidden)]
    for who, refusal in attempts:
        with pytest.raises(refusal):
            actions.revoke_gateway_key(key_id=key_id, by=who, at=NIGHT)
        with pytest.raises(refusal):
            actions.rotate_gateway_key(key_id=key_id, by=who, at=NIGHT)
        with pytest.raises(refusal):
            actions.issue_desk_token(account_id=account.id, limits=LIMITS, by=who, at=NIGHT)
        with pytest.raises(refusal):
            actions.close_account(account_id=account.id, by=who, at=NIGHT)
    assert (GatewayKey.objects.get().revoked_at, ControlOrder.objects.count()) == (None, 1)


def test_key_is_shown_once(sign_in: Callable[..., Client], account: ServiceAccount, clock: Clock) -> None:
    client = sign_in("administrator", username="keeper")
    form = {
        "gateway-scopes": ["decide"],
        "gateway-expires_on": "2026-12-31",
        "gateway-networks": "",
        "gateway-rate": "5",
    }
    answer = client.post(f"/service-accounts/{account.id}/issue/gateway/", form)
    page = answer.content.decode()
    key = GatewayKey.objects.get()
    assert f"ax_{key.id}_" in page
    assert answer["Cache-Control"] == "no-store"
    listed = client.get(f"/service-accounts/{account.id}/").content.decode()
    assert key.id in listed
    assert f"ax_{key.id}" not in listed
    wrong = client.post(f"/service-accounts/{account.id}/issue/gateway/", form | {"gateway-expires_on": "soon"})
    assert wrong.status_code == 422
    clock.forward(minutes=11)
    assert client.post(f"/service-accounts/{account.id}/issue/gateway/", form).status_code == 403
    assert GatewayKey.objects.count() == 1
