"""The library on the screen: doors, dry run, mistakes with their place, sharing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.operations.intelligence.library import forget_libraries
from anxin.desk.operations.intelligence.models import SignatureProposal
from anxin.desk.operations.intelligence.tests.test_actions import SET

SignIn = Callable[..., Client]
FILE = SET.format(version="1", link="tuikuan-kefu.example")
SECRET = "a secret of sixteen and more"
pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def fresh_libraries() -> Iterator[None]:
    forget_libraries()
    yield
    forget_libraries()


DOORS = [
    ("get", "/signatures/", {}, "service_agent"),
    ("get", "/signatures/propose/", {}, "auditor"),
    ("post", "/signatures/propose/", {"source": "signatures", "text": FILE, "confidence": "low"}, "auditor"),
    ("post", "/signatures/share/", {"circle": "shops", "secret": SECRET}, "service_agent"),
]


@pytest.mark.parametrize(("method", "path", "given", "without"), DOORS)
def test_every_door(sign_in: SignIn, method: str, path: str, given: dict[str, str], without: str) -> None:
    stranger = getattr(Client(), method)(path, given)
    assert (stranger.status_code, stranger.url.split("?")[0]) == (302, "/accounts/login/")
    refused = getattr(sign_in(without), method)(path, given)
    assert (refused.status_code, b"These can:" in refused.content) == (403, True)
    assert SignatureProposal.objects.count() == 0
    assert getattr(sign_in("specialist"), method)(path, given).status_code == 200


def test_a_set_goes_from_dry_run_to_in_force(sign_in: SignIn) -> None:
    client, given = sign_in("specialist"), {"source": "signatures", "text": FILE, "confidence": "medium"}
    tried = client.post("/signatures/propose/", given | {"dry_run": "1"}).content.decode()
    assert "What changes" in tried
    assert Approval.objects.count() == 0
    assert "Proposed; a second person decides." in client.post("/signatures/propose/", given).content.decode()
    assert ControlOrder.objects.filter(kind="signatures.publish").count() == 0
    sign_in("shift_lead").post(f"/approvals/{Approval.objects.get().pk}/approve/")
    page = client.get("/signatures/").content.decode()
    assert "in force · 2026-11-01 – 2027-02-01" in page
    assert "tuikuan-kefu" not in page
    shared = client.post("/signatures/share/", {"circle": "shops", "secret": SECRET})
    assert shared.content.count(b"\n") == 2
    assert b"tuikuan" not in shared.content


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"source": "signatures", "text": FILE.replace("confidence: high", "confidence: sure")}, "line 10"),
        ({"source": "signatures", "text": ""}, "Not proposed"),
        ({"source": "signatures", "text": "a: ["}, "line"),
        ({"source": "feed", "text": "taobao.com", "name": "open"}, "known to be good"),
        ({"source": "feed", "text": "", "name": "open"}, "the feed is empty"),
        ({"source": "feed", "text": "a.example", "name": "bad name!"}, "field-error"),
        ({"source": "indicators", "text": "{}"}, "line 1"),
    ],
)
def test_a_mistake_is_told_and_nothing_changes(sign_in: SignIn, given: dict[str, str], sentence: str) -> None:
    answer = sign_in("specialist").post("/signatures/propose/", given | {"confidence": "medium"})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert SignatureProposal.objects.count() == 0


def test_a_short_secret_is_refused(sign_in: SignIn) -> None:
    answer = sign_in("specialist").post("/signatures/share/", {"circle": "shops", "secret": "short"})
    assert answer.status_code == 422


def test_queries_are_few(sign_in: SignIn, django_assert_max_num_queries: Any) -> None:
    client = sign_in("specialist")
    client.get("/signatures/")
    with django_assert_max_num_queries(14):
        client.get("/signatures/")
