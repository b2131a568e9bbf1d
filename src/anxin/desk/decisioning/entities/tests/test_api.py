from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from anxin.desk.decisioning.conftest import Night, event
from anxin.desk.foundation.organisations.models import Organisation

PHONE = "13812341234"
pytestmark = pytest.mark.usefixtures("clock")


def search(client: Client, query: str) -> dict[str, object]:
    answer = client.post("/api/v1/entities:search", json.dumps({"query": query}), content_type="application/json")
    assert answer.status_code == 200, answer.content
    found: dict[str, object] = answer.json()
    return found


@pytest.fixture
def told(night: Night) -> Night:
    night.happened(*[event(number, phone=f"+86{PHONE}") for number in range(5)])
    return night


def test_a_phone_finds_its_owner_and_is_shown_masked(told: Night, sign_in: Callable[..., Client]) -> None:
    found = search(sign_in("service_agent"), PHONE)
    assert [each["name"]["kind"] for each in found["entities"]] == ["phone"]  # type: ignore[attr-defined]
    assert PHONE not in json.dumps(found)
    assert "138****1234" in json.dumps(found)


def test_an_entity_and_its_decisions(told: Night, sign_in: Callable[..., Client]) -> None:
    client = sign_in("specialist")
    user = client.get("/api/v1/entities/user/u1").json()
    assert (user["name"]["kind"], user["risk_level"] != "none") == ("user", True)
    listed = client.get("/api/v1/decisions?verdicts=hold&limit=1").json()
    assert (listed["items"][0]["verdict"], listed["items"][0]["rules"]) == ("hold", ["TXN_MANY"])
    assert listed["next"] is not None
    explained = client.get(f"/api/v1/decisions/{listed['items'][0]['seq']}").json()
    assert explained["explanation"]["verdict"] == "hold"
    assert PHONE not in json.dumps(explained)


@pytest.mark.parametrize("path", ["entities/user/u1", "decisions/3"])
def test_foreign_and_absent_look_alike(
    told: Night, sign_in: Callable[..., Client], other_organisation: Organisation, path: str
) -> None:
    foreign = sign_in("specialist", username="theirs", to=other_organisation)
    absent = path.replace("u1", "nobody").replace("3", "999")
    one, other = (foreign.get(f"/api/v1/{each}") for each in (path, absent))
    assert (one.status_code, other.status_code) == (404, 404)
    assert one.json() | {"request_id": ""} == other.json() | {"request_id": ""}
    assert Client().get(f"/api/v1/{path}").status_code == 401
    assert sign_in("administrator").get(f"/api/v1/{path}").status_code == 403
