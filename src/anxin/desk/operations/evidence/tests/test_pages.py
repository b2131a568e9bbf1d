"""Pages and calls of evidence: who may come in, several files at once, closed contents, few questions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.privacy.actions import place_hold
from anxin.desk.operations.evidence.actions.redacting import redact_evidence
from anxin.desk.operations.evidence.actions.verifying import verify_store
from anxin.desk.operations.evidence.models import CustodyEvent, Evidence
from anxin.desk.operations.evidence.tests.conftest import CHAT, PHONE, picture, row_of
from anxin.desk.operations.evidence.tests.test_collecting import PROGRAM, limit
from anxin.desk.operations.incidents.actions.signals import Named, add_party
from anxin.desk.operations.incidents.models import Incident

pytestmark = pytest.mark.django_db(databases="__all__")
Collect = Callable[..., str]
SignIn = Callable[..., Client]
HX = {"hx-request": "true"}


@pytest.fixture
def browser(sign_in: SignIn, clock: Clock) -> Client:
    return sign_in("specialist")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "blurred/"),
        ("POST", "show/"),
        ("POST", "download/"),
        ("POST", "verify/"),
        ("POST", "hold/"),
        ("POST", "redact/"),
        ("POST", "lift/"),
        ("POST", "erase/"),
    ],
)
def test_four_visitors(
    collect: Collect, sign_in: SignIn, other_organisation: object, clock: Clock, method: str, path: str
) -> None:
    url = f"/evidence/{collect(picture())}/{path}"

    def status(client: Client) -> int:
        return client.generic(method, url, "purpose=handle_case", "application/x-www-form-urlencoded").status_code

    assert status(Client()) == 302
    assert status(sign_in("shift_lead", "data_protection", username="far", to=other_organisation)) == 404
    assert status(sign_in("rule_author")) == 403
    assert status(sign_in("compliance", username="near")) in (200, 302, 409, 422)
    assert CustodyEvent.objects.exclude(actor_label__in=("agent", "near")).count() == 0


def test_several_files_and_each_is_told(browser: Client, incident: Incident) -> None:
    files = [
        SimpleUploadedFile("shot.png", picture(), "image/png"),
        SimpleUploadedFile("invoice.jpg", PROGRAM, "image/jpeg"),
        SimpleUploadedFile("empty.txt", b"", "text/plain"),
    ]
    answer = browser.post(f"/evidence/of/{incident.id}/add/", {"files": files, "source": "customer"}, headers=HX)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count("kept, its hash is recorded") == 2
    assert "The file or text is empty" in text
    assert "a program: kept, never opened or shown" in text
    assert "<html" not in text
    assert sorted(Evidence.objects.values_list("kind", flat=True)) == ["picture", "program"]


def test_a_chat_is_pasted_shown_and_its_look_recorded(browser: Client, incident: Incident) -> None:
    browser.post(f"/evidence/of/{incident.id}/add/", {"text": CHAT, "as": "chat", "source": "customer"})
    piece = Evidence.objects.get()
    page = browser.get(f"/evidence/{piece.id}/").content.decode()
    assert PHONE not in page
    shown = browser.post(f"/evidence/{piece.id}/show/", headers=HX)
    assert PHONE in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert ">viewed<" in browser.get(f"/evidence/{piece.id}/").content.decode()


def test_contents_leave_closed(collect: Collect, browser: Client) -> None:
    piece = collect(b"<html><script>alert(1)</script>", name="a.html")
    given = browser.post(f"/evidence/{piece}/download/", {"purpose": "hand_over"})
    assert given["Content-Type"] == "application/octet-stream"
    assert given["Content-Disposition"] == f'attachment; filename="{piece}.bin"'
    assert given["X-Content-Type-Options"] == "nosniff"
    assert given["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert given["X-Content-SHA256"] == hashlib.sha256(given.content).hexdigest() == row_of(piece).sha256


def test_nothing_replaces_a_piece(collect: Collect, browser: Client) -> None:
    """R4: there is no way to put another content into a piece's place."""
    url = f"/evidence/{collect()}/"
    assert [browser.generic(method, url).status_code for method in ("PUT", "POST", "PATCH", "DELETE")] == [405] * 4


def test_what_is_refused_in_the_panel_is_said_there(
    browser: Client, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, evidence_bytes=1 << 20)
    for path, data, said in (
        ("add", {"text": ""}, "is empty"),
        ("add", {"files": SimpleUploadedFile("a", b"x" * ((1 << 20) + 1))}, "at most 1 MB"),
        ("add", {"text": "x", "claimed_at": "yesterday"}, "claimed_at"),
        ("log", {"decisions": "<script>"}, "event ids"),
        ("export", {"purpose": ""}, "Choose a purpose"),
        ("export", {"purpose": "hand_over"}, "nothing to pack"),
        ("export", {"purpose": "hand_over", "originals": "1"}, "second person agrees"),
    ):
        answer = browser.post(f"/evidence/of/{incident.id}/{path}/", data, headers=HX)
        assert (answer.status_code, said in answer.content.decode()) == (422, True), said
    assert Evidence.objects.count() == 0


@pytest.mark.parametrize("boxes", ["1,2,3", "9,9,1,1", "a,b,c,d", "-1,0,5,5"])
def test_boxes_that_are_none(collect: Collect, browser: Client, boxes: str) -> None:
    piece = collect(picture())
    assert browser.post(f"/evidence/{piece}/redact/", {"boxes": boxes}).status_code == 422
    assert Evidence.objects.count() == 1


def test_the_panel_asks_few_questions_however_much_there_is(
    collect: Collect, browser: Client, incident: Incident, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(12):
        collect(f"text {number}".encode(), name=f"{number}.txt", note="n")
    browser.get(f"/evidence/of/{incident.id}/", headers=HX)
    with django_assert_max_num_queries(22):  # type: ignore[attr-defined]
        text = browser.get(f"/evidence/of/{incident.id}/", headers=HX).content.decode()
    assert text.count('class="evidence-item"') == 12


def test_both_languages(collect: Collect, browser: Client, incident: Incident) -> None:
    piece = collect(PROGRAM, name="a.jpg")
    for language, said in (("zh-CN", "保管链"), ("en", "Custody")):
        page = browser.get(f"/evidence/{piece}/", headers={"accept-language": language}).content.decode()
        assert said in page


def test_calls(browser: Client, incident: Incident) -> None:
    base = f"/api/v1/incidents/{incident.id}/evidence"
    token = {"headers": {"x-csrftoken": "x"}}

    def post(path: str, body: object) -> tuple[int, dict[str, object]]:
        answer = browser.post(path, json.dumps(body), content_type="application/json", **token)
        return answer.status_code, answer.json()

    file = SimpleUploadedFile("a.png", picture(), "image/png")
    made = browser.post(base, {"file": file, "source": "partner"})
    assert made.status_code == 201
    code, chat = post(f"{base}/texts", {"text": CHAT, "is_chat": True})
    assert (code, post(f"{base}/texts", {"text": CHAT, "is_chat": True})[1]["is_repeated"]) == (201, True)
    items = browser.get(base).json()["items"]
    assert sorted((each["kind"], each["marks"]) for each in items) == [("chat", []), ("picture", [])]
    piece = str(chat["evidence_id"])
    assert post(f"/api/v1/evidence/{piece}:verify", {})[1] == {"state": "whole", "custody": "", "holds": True}
    assert post(f"/api/v1/evidence/{piece}:hold", {"reason": "court"})[1]["is_held"] is True
    assert post(f"/api/v1/evidence/{piece}:redact", {})[0] == 201
    code, pack = post(f"{base}/packs", {"purpose": "hand_over"})
    assert (code, pack["pieces"]) == (201, 1)
    body = browser.get(f"/api/v1/evidence_packs/{pack['id']}").content
    assert hashlib.sha256(body).hexdigest() == pack["sha256"]
    assert browser.get(f"/api/v1/evidence/{piece}/content?purpose=handle_case").content == CHAT.encode()
    acts = [each["act"] for each in browser.get(f"/api/v1/evidence/{piece}/custody").json()["items"]]
    assert acts == ["export", "redact", "hold", "verify", "ingest", "ingest"]
    assert post(f"{base}/logs", {"event_ids": ["nothing"]})[0] == 404


def test_the_daily_check_is_one_line_that_moves_on(collect: Collect, browser: Client) -> None:
    piece = collect()
    links = CustodyEvent.objects.filter(evidence_id=piece).count()
    for days in (1, 2, 3):
        assert verify_store(NIGHT + timedelta(days=days, hours=days)) == 1
    page = browser.get(f"/evidence/{piece}/", headers={"accept-language": "en"}).content.decode()
    assert "it last agreed with its hash" in page
    assert '<time datetime="2026-11-24T22:10:00+00:00"' in page
    assert CustodyEvent.objects.filter(evidence_id=piece).count() == links


def test_who_is_held_is_said_and_nothing_offered(
    collect: Collect, incident: Incident, sign_in: SignIn, actor: Callable[..., Actor], clock: Clock
) -> None:
    piece, officer = collect(), sign_in("data_protection", username="officer")
    assert f'"/evidence/{piece}/erase/"' in officer.get(f"/evidence/{piece}/").content.decode()
    add_party(incident, Named("victim", "user", "u7"), at=NIGHT)
    place_hold(subject="user:u7", reason="court", by=actor("compliance"), at=NIGHT)
    page = officer.get(f"/evidence/{piece}/", headers={"accept-language": "en"}).content.decode()
    assert ("names somebody under a legal hold" in page, "/erase/" in page) == (True, False)


def test_a_redacted_copy_is_offered(collect: Collect, browser: Client, lead: Actor) -> None:
    piece = collect(by=lead)
    copy = redact_evidence(evidence_id=piece, by=lead, at=NIGHT).evidence_id
    assert f"/evidence/{copy}/" in browser.get(f"/evidence/{piece}/").content.decode()
