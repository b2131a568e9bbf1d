"""Reviews on the screen: every door, and the way from opened to published by forms."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anxin.desk.conftest import Clock
from anxin.desk.decisioning.conftest import count_queries
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.oversight.reviews.actions.opening import open_reviews
from anxin.desk.oversight.reviews.actions.writing import write_entry
from anxin.desk.oversight.reviews.models import CorrectiveAction, Review, ReviewEntry
from anxin.desk.oversight.reviews.tests.conftest import FINDING, held

SignIn = Callable[..., Client]
pytestmark = pytest.mark.django_db(databases="__all__")

DOORS = [
    ("get", "/reviews/", 200),
    ("get", "/reviews/{review}/", 200),
    ("get", "/reviews/of/{incident}/", 200),
    ("get", "/reviews/improvements/", 200),
    ("get", "/cases/", 200),
    ("get", "/cases/like/{incident}/", 200),
    ("post", "/reviews/{review}/write/", 302),
    ("post", "/reviews/{review}/schedule/", 302),
]
GIVEN = {"kind": "praise", "text": "拒绝了催促", "held": "2026-11-24T10:00", "type": "full"}


@pytest.mark.parametrize(("method", "path", "status"), DOORS)
def test_every_door(
    review: Review,
    sign_in: SignIn,
    other_organisation: Organisation,
    clock: Clock,
    method: str,
    path: str,
    status: int,
) -> None:
    filled = path.format(review=review.id, incident=review.incident_id)
    stranger = getattr(Client(), method)(filled, GIVEN)
    assert (stranger.status_code, stranger.url.split("?")[0]) == (302, "/accounts/login/")
    refused = getattr(sign_in("administrator"), method)(filled, GIVEN)
    assert (refused.status_code, b"These can:" in refused.content) == (403, True)
    if "{" in path:
        elsewhere = sign_in("mentor", username="other-mentor", to=other_organisation)
        assert getattr(elsewhere, method)(filled, GIVEN).status_code == 404
    assert getattr(sign_in("mentor"), method)(filled, GIVEN).status_code == status


def test_a_review_goes_from_open_to_published_by_forms(review: Review, sign_in: SignIn, clock: Clock) -> None:
    mentor, lead, path = sign_in("mentor"), sign_in("compliance"), f"/reviews/{review.id}/"
    assert "No such reviews" not in mentor.get("/reviews/").content.decode()
    mentor.post(f"{path}schedule/", GIVEN)
    finding = {"kind": "finding", "factor": "rule", "role": "system", "text": "规则没有覆盖新设备"}
    mentor.post(f"{path}write/", finding)
    wanted = {"kind": "rule", "text": "补一条规则", "owner": "mentor", "due": "2026-12-24", "rule": "ACC_NEW_DEVICE"}
    mentor.post(f"{path}improve/", wanted)
    action = CorrectiveAction.objects.get()
    assert lead.post(f"{path}publish/").status_code == 302
    assert Incident.objects.get().stage == "improving"
    mentor.post(f"/reviews/improvements/{action.id}/prove/", {"proof_ref": "policy night@4"})
    assert "It proves it" in lead.get("/reviews/improvements/?shown=check").content.decode()
    lead.post(f"/reviews/improvements/{action.id}/check/", {"finding": "proven"})
    page = lead.get(path).content.decode()
    assert ("policy night@4" in page, "proven" in page, "night-agent" in page) == (True, True, False)


def test_a_name_is_shown_to_the_facilitator_only_when_asked(
    review: Review, mentor: Actor, sign_in: SignIn, clock: Clock
) -> None:
    client = sign_in("mentor")
    client.post(f"/reviews/{review.id}/schedule/", GIVEN)
    page = client.get(f"/reviews/{review.id}/").content.decode()
    assert ("Reveal who" in page, "night-agent" in page) == (True, False)
    shown = client.post(f"/reviews/{review.id}/reveal/", {"event": "2", "purpose": "to thank"})
    assert ("night-agent" in shown.content.decode(), shown["Cache-Control"]) == (True, "no-store")


@pytest.mark.parametrize(
    ("word", "given", "status"),
    [
        ("write", {"kind": "finding", "text": "x", "factor": ""}, 422),
        ("write", {"kind": "blame", "text": "x"}, 422),
        ("write", {"kind": "finding", "factor": "rule", "text": "night-agent 的错"}, 422),
        ("schedule", {"held": "tomorrow", "type": "full"}, 422),
        ("refer", {"event": "one"}, 422),
        ("refer", {"event": "999"}, 409),
        ("improve", {"kind": "rule", "text": "x", "owner": "nobody", "due": "2026-12-24"}, 409),
        ("publish", {}, 403),
    ],
)
def test_a_refusal_changes_nothing(
    review: Review, sign_in: SignIn, clock: Clock, word: str, given: dict[str, str], status: int
) -> None:
    assert sign_in("mentor").post(f"/reviews/{review.id}/{word}/", given).status_code == status
    review.refresh_from_db()
    assert (review.version, ReviewEntry.objects.count(), CorrectiveAction.objects.count()) == (1, 0, 0)


def test_the_api_reads_and_writes(review: Review, sign_in: SignIn, clock: Clock) -> None:
    client = sign_in("mentor")
    assert client.get("/api/v1/reviews").json()["items"][0]["why"] == "level"
    body = {"kind": "praise", "text": "第一时间回拨", "role": "agent"}
    made = client.post(f"/api/v1/reviews/{review.id}/entries", body, content_type="application/json")
    assert (made.status_code, ReviewEntry.objects.count()) == (201, 1)
    assert client.get("/api/v1/cases").json() == {"items": [], "next": None}
    assert client.get("/api/v1/improvements").json() == {"items": []}


def test_pages_ask_the_same_however_long_they_are(
    review: Review,
    verified: Callable[..., Incident],
    mentor: Actor,
    sign_in: SignIn,
    clock: Clock,
) -> None:
    verified(level=1)
    open_reviews(at=clock.moment)
    client = sign_in("compliance")
    held(review, mentor, clock.moment)
    client.get("/reviews/")
    many = count_queries(lambda: client.get("/reviews/"))
    page = count_queries(lambda: client.get(f"/reviews/{review.id}/"))
    Review.objects.exclude(pk=review.id).delete()
    write_entry(review_id=review.id, entry=FINDING, by=mentor, at=clock.moment)
    assert count_queries(lambda: client.get("/reviews/")) == many
    assert count_queries(lambda: client.get(f"/reviews/{review.id}/")) == page
