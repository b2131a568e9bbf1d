from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.organisations.rights import request_role

SignIn = Callable[..., Client]


@pytest.fixture
def asked(actor: Callable[..., Actor], admit: Callable[..., Person], clock: Clock) -> Approval:
    actor("administrator", username="two")
    by = actor("administrator", username="one")
    person = admit("wei", "mentor")
    return request_role(
        person_id=person.id, role="specialist", site_id=None, until=None, by=by, at=NIGHT, reason="换岗到夜班"
    )


def test_second_administrator_reads_why_and_agrees(asked: Approval, sign_in: SignIn) -> None:
    client = sign_in("administrator", username="three")
    page = client.get("/approvals/").content.decode()
    assert "换岗到夜班" in page
    answer = client.post(f"/approvals/{asked.id}/approve/")
    assert (answer.status_code, answer["Location"]) == (302, "/approvals/")
    asked.refresh_from_db()
    assert asked.state == "approved"
    assert client.post(f"/approvals/{asked.id}/approve/").status_code == 409


def test_agreeing_asks_for_a_fresh_factor(asked: Approval, sign_in: SignIn, clock: Clock) -> None:
    client = sign_in("administrator", username="three")
    clock.forward(minutes=11)
    answer = client.post(f"/approvals/{asked.id}/approve/", headers={"referer": "http://testserver/approvals/"})
    assert answer.status_code == 403
    assert 'href="/accounts/step-up/?next=/approvals/"' in answer.content.decode()
    asked.refresh_from_db()
    assert asked.state == "pending"


def test_inbox_of_others_is_empty(asked: Approval, sign_in: SignIn, other_organisation: Organisation) -> None:
    for client in (sign_in("mentor"), sign_in("administrator", username="foreign", to=other_organisation)):
        assert asked.id not in client.get("/approvals/").content.decode()
    assert client.post(f"/approvals/{asked.id}/approve/").status_code == 404
    assert client.post(f"/approvals/{asked.id}/decline/").status_code == 404


def test_inbox_asks_the_database_little(
    asked: Approval, sign_in: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = sign_in("administrator", username="three")
    client.get("/approvals/")
    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
        client.get("/approvals/")
