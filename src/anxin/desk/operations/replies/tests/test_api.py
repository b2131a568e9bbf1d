"""The platform's side: hear, fetch, deliver, report, with a token of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.service_accounts.actions import issue_desk_token, open_account
from anxin.desk.foundation.service_accounts.limits import Limits
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.replies.queries import reply_clock_of

pytestmark = pytest.mark.django_db
API = "/api/v1"
JSON = "application/json"


@pytest.fixture
def robot(actor: Callable[..., Actor], clock: Clock) -> Client:
    """The platform's program with its token."""
    admin = actor("administrator")
    account = open_account(name="platform", by=admin, at=NIGHT)
    limits = Limits(("reply.deliver",), NIGHT.replace(year=2027, month=1))
    token = issue_desk_token(account_id=account.id, limits=limits, by=admin, at=NIGHT)
    return Client(headers={"authorization": f"Bearer {token}"})


def test_a_conversation(incident: Incident, robot: Client, sign_in: Callable[..., Client], clock: Clock) -> None:
    staff, path = sign_in("specialist"), f"{API}/incidents/{incident.id}"
    said = robot.post(f"{path}/inbound", {"text": "有人让我转账"}, content_type=JSON)
    assert said.status_code == 204
    assert reply_clock_of(Incident.objects.get(), at=NIGHT) is not None
    body = {"text": "您好，请先不要转账，我们一起核实。", "key": "k1"}
    sent = staff.post(f"{path}/replies", body, content_type=JSON)
    assert sent.status_code == 201
    assert staff.post(f"{path}/replies", body, content_type=JSON).json() == sent.json()
    assert reply_clock_of(Incident.objects.get(), at=NIGHT) is None
    reply_id = sent.json()["id"]
    assert robot.get(f"{API}/replies").json() == [reply_id]
    fetched = robot.get(f"{API}/replies/{reply_id}").json()
    assert (fetched["text"], fetched["recipients"][0]["key"]) == (body["text"], "u1")
    assert robot.post(f"{API}/replies/{reply_id}:settle", {"receipt": "m1"}, content_type=JSON).json() == {
        "id": reply_id,
        "state": "delivered",
    }
    assert staff.get(f"{path}/replies").json()[0]["state"] == "delivered"


def test_doors(incident: Incident, robot: Client, sign_in: Callable[..., Client]) -> None:
    staff, path = sign_in("specialist"), f"{API}/incidents/{incident.id}"
    assert staff.get(f"{API}/replies").status_code == 403
    assert staff.post(f"{path}/inbound", {"text": "x"}, content_type=JSON).status_code == 403
    assert robot.get(f"{path}/replies").status_code == 403
    assert robot.post(f"{path}/replies", {"text": "x", "key": "k"}, content_type=JSON).status_code == 403
    assert robot.get(f"{API}/replies/rpl_none").status_code == 404
    assert Client().get(f"{API}/replies").status_code == 401


def test_a_problem_names_what_to_look_at(incident: Incident, sign_in: Callable[..., Client]) -> None:
    body = {"text": "请提供验证码", "key": "k1"}
    path = f"{API}/incidents/{incident.id}/replies"
    problem = sign_in("specialist").post(path, body, content_type=JSON).json()
    assert (problem["code"], problem["unmet_guards"]) == ("reply.doubtful", ["reply.asks_secret"])
