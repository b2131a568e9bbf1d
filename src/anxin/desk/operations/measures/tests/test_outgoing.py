"""What the platform is still to say, listed for one that asks, and settled by its answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.service_accounts.actions import issue_desk_token, open_account
from anxin.desk.foundation.service_accounts.limits import Limits
from anxin.desk.operations.measures.actions import Target, expire_measure, note_accepted, order_measure, undo_measure
from anxin.desk.operations.measures.models import ActionRequest
from anxin.desk.operations.measures.verification import ask_platform

pytestmark = pytest.mark.django_db
PATH = "/api/v1/measures"
JSON = "application/json"


def token_client(admin: Actor, name: str, *scopes: str) -> Client:
    account = open_account(name=name, by=admin, at=NIGHT)
    limits = Limits(scopes, NIGHT + timedelta(days=30))
    token = issue_desk_token(account_id=account.id, limits=limits, by=admin, at=NIGHT)
    return Client(headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def shop(actor: Callable[..., Actor], clock: Clock) -> Client:
    """The platform's program with its token."""
    return token_client(actor("administrator"), "shop", "event.send")


@pytest.fixture
def by(actor: Callable[..., Actor]) -> Actor:
    """Who orders."""
    return actor("specialist", username="orderer")


def freeze(user: str, by: Actor, *, is_obeyed: bool = True, minute: int = 0) -> ActionRequest:
    at = NIGHT + timedelta(minutes=minute)
    row = order_measure("freeze_account", Target("user", user), reason="account_theft", by=by, at=at)
    if is_obeyed:
        note_accepted(measure_id=row.id, organisation_id=row.organisation_id, at=NIGHT)
    return row


def wanted(shop: Client, after: str = "") -> list[tuple[str, str]]:
    return [(each["entity_key"], each["wants"]) for each in shop.get(f"{PATH}/outgoing", {"after": after}).json()]


def test_an_obeyed_measure_is_listed_until_its_receipt(shop: Client, by: Actor) -> None:
    row, _ = freeze("u1", by), freeze("u2", by, is_obeyed=False)
    assert shop.get(f"{PATH}/outgoing").json() == [
        {
            "id": row.id,
            "kind": "freeze_account",
            "entity_kind": "user",
            "entity_key": "u1",
            "wants": "receipt",
            "reason": "account_theft",
            "until": "2026-11-22T19:10:00Z",
            "question_id": "",
        }
    ]
    assert shop.post(f"{PATH}/{row.id}:confirm", {"receipt": "r1"}, content_type=JSON).status_code == 204
    row.refresh_from_db()
    assert (row.state, row.receipt, wanted(shop)) == ("effective", "r1", [])


def test_an_ended_measure_wants_no_receipt(shop: Client, by: Actor) -> None:
    row = freeze("u1", by)
    undo_measure(measure_id=row.id, by=by, at=NIGHT)
    assert wanted(shop) == []


def ended(shop: Client, after: str = "") -> list[tuple[str, str]]:
    given = {"after": after, "with_ended": "true"}
    return [(each["entity_key"], each["wants"]) for each in shop.get(f"{PATH}/outgoing", given).json()]


def say(shop: Client, row: ActionRequest, *, is_standing: bool) -> int:
    given = {"is_standing": is_standing}
    return shop.post(f"{PATH}/{row.id}:verify", given, content_type=JSON).status_code


def test_that_a_measure_ended_is_told_who_asks_for_it_until_it_stands_no_more(shop: Client, by: Actor) -> None:
    row, _ = freeze("u1", by), freeze("u2", by, is_obeyed=False, minute=1)
    assert ended(shop) == [("u1", "receipt")]
    assert say(shop, row, is_standing=False) == 204
    undo_measure(measure_id=row.id, by=by, at=NIGHT + timedelta(seconds=1))
    # What it said before the end is no word about the end.
    assert (ended(shop), wanted(shop)) == ([("u1", "end")], [])
    assert ended(shop, row.id) == []
    assert (say(shop, row, is_standing=True), ended(shop)) == (204, [("u1", "end")])


def test_what_the_platform_says_after_the_end_settles_it(shop: Client, by: Actor, clock: Clock) -> None:
    row = freeze("u1", by)
    undo_measure(measure_id=row.id, by=by, at=NIGHT)
    clock.forward(seconds=5)
    ask_platform(measure_id=row.id, by=by, at=clock.moment)
    assert ended(shop) == [("u1", "answer"), ("u1", "end")]
    assert (say(shop, row, is_standing=False), ended(shop)) == (204, [])


def test_an_end_that_was_never_begun_or_is_long_ago_is_not_told(shop: Client, by: Actor, clock: Clock) -> None:
    never = freeze("u1", by, is_obeyed=False)
    undo_measure(measure_id=never.id, by=by, at=NIGHT)
    lapsed = freeze("u2", by, minute=1)
    clock.forward(days=2)
    expire_measure(measure_id=lapsed.id, organisation_id=lapsed.organisation_id, at=clock.moment)
    assert ended(shop) == [("u2", "end")]
    ActionRequest.objects.filter(pk=lapsed.pk).update(ended_at=clock.moment - timedelta(days=31))
    assert ended(shop) == []


def test_only_the_latest_question_wants_an_answer(shop: Client, by: Actor) -> None:
    row = freeze("u1", by)
    for minute in (1, 2):
        ask_platform(measure_id=row.id, by=by, at=NIGHT + timedelta(minutes=minute))
    assert wanted(shop) == [("u1", "answer"), ("u1", "receipt")]
    assert shop.post(f"{PATH}/{row.id}:verify", {"is_standing": True}, content_type=JSON).status_code == 204
    assert wanted(shop) == [("u1", "receipt")]


def test_going_on_after_an_id(shop: Client, by: Actor) -> None:
    first, _ = freeze("u1", by), freeze("u2", by, minute=1)
    assert wanted(shop) == [("u1", "receipt"), ("u2", "receipt")]
    assert wanted(shop, first.id) == [("u2", "receipt")]


def test_each_platform_hears_of_its_own_measures_only(
    shop: Client, actor: Callable[..., Actor], other_organisation: Organisation
) -> None:
    freeze("u1", actor("specialist", username="stranger", to=other_organisation))
    assert wanted(shop) == []


def test_doors(shop: Client, actor: Callable[..., Actor], sign_in: Callable[..., Client]) -> None:
    assert wanted(shop) == []
    assert sign_in("specialist").get(f"{PATH}/outgoing").status_code == 403
    courier = token_client(actor("administrator", username="second"), "courier", "reply.deliver")
    assert courier.get(f"{PATH}/outgoing").status_code == 403
    assert Client().get(f"{PATH}/outgoing").status_code == 401
