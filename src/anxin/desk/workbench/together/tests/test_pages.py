"""The parts of an incident and the pages for working together: what they show, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.live.models import LiveMark
from anxin.desk.foundation.organisations.models import Department
from anxin.desk.operations.evidence.models import Evidence
from anxin.desk.operations.incidents.actions import levels, notes, responding
from anxin.desk.operations.incidents.actions.leases import Offer, offer_handover
from anxin.desk.operations.incidents.models import Consult, Draft, Handover, Incident, IncidentEvent, Presence, Task
from anxin.desk.operations.replies.models import Reply

pytestmark = pytest.mark.django_db
CALM = "您好，您的账号已保护，请在官方 App 查看进展。"
PART = {"HX-Request": "true"}


@pytest.fixture
def desk(sign_in: Callable[..., Client], clock: Clock) -> Client:
    """The agent's browser."""
    return sign_in("specialist")


@pytest.fixture
def incident(seen: Callable[..., Incident], desk: Client, lead: Actor) -> Incident:
    """An L2 that the agent holds."""
    row = seen(level=2, by=lead)
    headers = {"if-match": "*"}
    body = {"is_taking_over": True}
    desk.post(f"/api/v1/incidents/{row.id}:start", body, content_type="application/json", headers=headers)
    row.refresh_from_db()
    return row


def value(answer: HttpResponse, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', answer.content.decode())
    assert found
    return found[1]


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_a_reply_goes_out_once_however_often_the_button_is_pressed(desk: Client, incident: Incident) -> None:
    url = f"/replies/of/{incident.id}/"
    shown = desk.get(url, headers=PART)
    assert "<html" not in text(shown)
    given = {"text": CALM, "key": value(shown, "key"), "seen": value(shown, "seen"), "channel": "chat"}
    for _ in range(2):
        assert desk.post(f"{url}send/", given).status_code == 302
    assert Reply.objects.get().state == "sent"
    assert CALM in text(desk.get(url))
    assert "sent, not delivered yet" in text(desk.get(url))


def test_what_others_did_meanwhile_is_shown_and_nothing_is_lost(desk: Client, incident: Incident, lead: Actor) -> None:
    url = f"/replies/of/{incident.id}/"
    seen = value(desk.get(url), "seen")
    levels.raise_level(incident_id=incident.id, level=1, code="new_facts", by=lead, at=NIGHT)
    given = {"text": CALM, "key": "k1", "seen": seen, "channel": "chat"}
    refused = desk.post(f"{url}send/", given)
    assert refused.status_code == 422
    assert "raised the level" in text(refused)
    assert CALM in text(refused)
    assert "night-lead" in text(refused)
    assert (value(refused, "key"), value(refused, "seen")) == ("k1", seen)
    assert not Reply.objects.exists()
    assert desk.post(f"{url}send/", {**given, "is_aware": "1"}).status_code == 302


def test_a_doubtful_sentence_comes_back_with_a_better_one(desk: Client, incident: Incident) -> None:
    url = f"/replies/of/{incident.id}/"
    given = {"text": "请把验证码发我", "key": "k1", "channel": "chat"}
    refused = desk.post(f"{url}send/", given)
    assert refused.status_code == 422
    assert "never asked for; tell nobody" in text(refused)
    assert 'value="reply.asks_secret"' in text(refused)
    assert desk.post(f"{url}send/", {**given, "accepted": "reply.asks_secret"}).status_code == 302
    assert Reply.objects.get().accepted == "reply.asks_secret"


def test_evidence_goes_along_and_stands_beside_what_was_said(desk: Client, incident: Incident) -> None:
    desk.post(f"/evidence/of/{incident.id}/add/", {"text": "我的电话 13877665544", "as": "upload"})
    original = Evidence.objects.get()
    assert desk.post(f"/evidence/{original.id}/redact/", {}).status_code == 302
    copy = Evidence.objects.exclude(pk=original.id).get()
    url = f"/replies/of/{incident.id}/"
    shown = text(desk.get(url, headers=PART))
    assert shown.index(f'value="{copy.id}"') < shown.index(f'value="{original.id}"')
    given = {"text": CALM, "key": "k1", "channel": "chat", "attachment": [copy.id]}
    kept = desk.post(f"{url}send/", given | {"text": "请把验证码发我"}, headers=PART)
    assert (kept.status_code, f'value="{copy.id}" checked' in text(kept)) == (422, True)
    assert desk.post(f"{url}send/", given).status_code == 302
    (along,) = Reply.objects.get().attachments.all()
    assert (along.evidence_id, along.is_redacted) == (copy.id, True)
    assert f"/evidence/{copy.id}/" in text(desk.get(url, headers=PART))


def test_drafts_stand_in_the_composers(desk: Client, incident: Incident) -> None:
    for slot in ("reply", "note"):
        path = f"/api/v1/incidents/{incident.id}/drafts/{slot}"
        desk.post(path, {"text": f"half a {slot}", "revision": 7}, content_type="application/json")
    shown = text(desk.get(f"/replies/of/{incident.id}/"))
    assert "half a reply" in shown
    assert "half a note" in shown
    assert 'data-revision="7"' in shown
    desk.post(f"/replies/of/{incident.id}/note/", {"text": "half a note, done"})
    shown = text(desk.get(f"/replies/of/{incident.id}/"))
    assert "half a note" not in shown
    assert 'data-revision="8"' in shown
    assert Draft.objects.get(slot="note").text_sealed is None


def test_a_careful_check_is_visible_and_ends(desk: Client, incident: Incident, clock: Clock) -> None:
    url = f"/replies/of/{incident.id}/"
    begun = desk.post(f"{url}careful/", {"text": CALM, "key": "c1", "reason": "checking_facts"})
    assert begun.status_code == 302
    assert "checking carefully" in text(desk.get(url))
    assert "holding message" in text(desk.get(url))
    again = desk.post(f"{url}careful/", {"text": CALM, "key": "c2", "reason": "checking_facts"})
    assert again.status_code == 422
    assert "it is being checked already" in text(again)
    assert Reply.objects.count() == 1
    clock.forward(minutes=31)
    assert "checking carefully" not in text(desk.get(url))


def test_who_is_here_and_a_lease_about_to_lapse(
    desk: Client, incident: Incident, sign_in: Callable[..., Client], clock: Clock
) -> None:
    url = f"/presence/of/{incident.id}/"
    desk.post(url)
    assert "specialist" in text(sign_in("shift_lead").post(url))
    assert Presence.objects.count() == 2
    assert "I am still on it" not in text(desk.get(url))
    for _ in range(2):
        clock.forward(minutes=9)
        desk.get("/")
    clock.forward(minutes=1)
    assert 'data-key="x"' in text(desk.get(url))
    assert 'data-key="x"' not in text(desk.post(f"{url}extend/"))
    assert IncidentEvent.objects.filter(kind="extend_lease").count() == 1
    incident.refresh_from_db()
    assert incident.active_at == NIGHT + timedelta(minutes=19)
    clock.forward(minutes=1)
    assert "Also here" not in text(sign_in("mentor").post(url))


def test_others_hear_at_once_who_comes_and_who_goes(
    desk: Client, incident: Incident, sign_in: Callable[..., Client], clock: Clock
) -> None:
    url, places = f"/presence/of/{incident.id}/", []
    other = sign_in("shift_lead")

    def place() -> int:
        return LiveMark.objects.get(topic="presence", object_id=incident.id).place

    for client, path in ((desk, url), (desk, url), (other, url), (desk, f"{url}leave/"), (desk, f"{url}leave/")):
        client.post(path)
        places.append(place())
    come, still, second, gone, nobody = places
    assert (come == still, still < second, second < gone, gone == nobody) == (True, True, True, True)
    assert "Nobody else is here" in text(other.post(url))
    clock.forward(seconds=1)
    desk.post(url)
    assert place() > nobody
    assert "Also here: <strong>specialist" in text(other.post(url))


def test_a_department_answers_in_its_own_queue(
    desk: Client, incident: Incident, sign_in: Callable[..., Client]
) -> None:
    legal = Department.objects.get(organisation_id=incident.organisation_id, code="legal").id
    url = f"/tasks/of/{incident.id}/"
    assert desk.post(f"{url}ask/", {"title": "x", "minutes": "60", "department_id": "no"}).status_code == 422
    given = {"title": "May we keep her chat?", "minutes": "60", "department_id": legal}
    assert desk.post(f"{url}ask/", given).status_code == 302
    task, compliance = Task.objects.get(), sign_in("compliance")
    assert "May we keep her chat?" in text(compliance.get(f"/tasks/?department={legal}"))
    assert compliance.post(f"/tasks/{task.id}/finish/", {"answer": "too early"}).status_code == 422
    compliance.post(f"/tasks/{task.id}/accept/")
    compliance.post(f"/tasks/{task.id}/finish/", {"answer": "Yes, for 180 days"})
    assert "Yes, for 180 days" in text(desk.get(url))
    assert compliance.post(f"/tasks/{task.id}/accept/").status_code == 422


def test_a_mentor_reads_the_brief_and_the_agent_decides(
    desk: Client, incident: Incident, sign_in: Callable[..., Client]
) -> None:
    url, mentor = f"/consults/of/{incident.id}/", sign_in("mentor")
    assert desk.post(f"{url}ask/", {"topic": "scam", "question": " "}).status_code == 422
    desk.post(f"{url}ask/", {"topic": "scam", "question": "Is the caller one of ours?"})
    consult, page = Consult.objects.get(), text(mentor.get("/consults/"))
    assert "Is the caller one of ours?" in page
    assert "opened → started" in page
    assert not re.search(r"\bu1\b", page)
    mentor.post(f"/consults/{consult.id}/answer/", {"text": "No. Call her back."})
    assert "No. Call her back." in text(desk.get(url))
    assert "you decide" in text(desk.get(url))
    desk.post(f"/consults/{consult.id}/rate/", {"stars": "5", "incident": incident.id})
    mentor.post(f"/consults/{consult.id}/rate/", {"stars": "4"})
    consult.refresh_from_db()
    assert (consult.asker_rating, consult.mentor_rating) == (5, 4)
    assert sign_in("compliance").post("/consults/ask/", {"topic": "privacy", "question": "?"}).status_code == 302


def test_a_hand_over_is_answered_item_by_item(desk: Client, incident: Incident, sign_in: Callable[..., Client]) -> None:
    shown = desk.get("/handover/")
    assert value(shown, f"next_step-{incident.id}") == "Protect, or record that nothing is needed"
    given = {"incident": incident.id, f"promise-{incident.id}": "a call at four", "to_id": ""}
    assert desk.post("/handover/offer/", given).status_code == 302
    taker = sign_in("shift_lead")
    page = text(taker.get("/handover/"))
    assert "a call at four" in page
    assert "specialist answers for it until then" in page
    assert "Take the offer back" in text(desk.get(f"/handover/of/{incident.id}/"))
    taker.post(f"/handover/{incident.id}/decline/", {"note": "on the phone"})
    assert (Handover.objects.get().state, Incident.objects.get().holder_id) == ("declined", incident.holder_id)
    desk.post("/handover/offer/", given)
    taker.post(f"/handover/{incident.id}/accept/")
    assert Incident.objects.get().holder_id != incident.holder_id
    late = taker.post(f"/handover/{incident.id}/accept/")
    assert late.status_code == 422
    assert "no handover is offered" in text(late)


def test_settings_are_the_leads(desk: Client, sign_in: Callable[..., Client], incident: Incident) -> None:
    lead = sign_in("shift_lead")
    assert desk.get("/incident-settings/").status_code == 403
    page = text(lead.get("/incident-settings/"))
    assert "Account takeover" in page or "account_takeover" in page
    assert lead.get("/incident-settings/kinds.yaml").content.decode().startswith("kinds:")
    wrong = lead.post("/incident-settings/kinds/", {"text": "kinds: {phishing: {level: 9}}"})
    assert wrong.status_code == 422
    assert "level: 9" in text(wrong)
    assert lead.post("/incident-settings/kinds/", {"text": "kinds: {phishing: {level: 1}}"}).status_code == 302
    promise = re.search(r'rows="14"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert promise
    stricter = promise[1].replace("2026.11", "night-1").replace("target: 60", "target: 40").replace("&quot;", '"')
    assert lead.post("/incident-settings/promise/", {"text": stricter}).status_code == 302
    assert f"#{incident.number}" in text(lead.get("/incident-settings/"))
    assert lead.post("/incident-settings/recompute/").status_code == 302


def test_both_languages_stand_in_full(desk: Client, incident: Incident) -> None:
    notes.add_note(incident_id=incident.id, text="x", by=holder_of(incident), at=NIGHT)
    for path in (
        f"/replies/of/{incident.id}/",
        f"/tasks/of/{incident.id}/",
        f"/consults/of/{incident.id}/",
        "/handover/",
    ):
        shown = text(desk.get(path, headers={"accept-language": "zh", **PART}))
        assert re.search(r"[一-鿿]", shown)


def holder_of(incident: Incident) -> Actor:
    from anxin.desk.foundation.organisations.actors import actor_of
    from anxin.desk.foundation.organisations.models import Person

    return actor_of(Person.objects.get(pk=incident.holder_id), at=NIGHT, is_strong=True)


@pytest.mark.parametrize(
    "path",
    ["/replies/of/{}/", "/presence/of/{}/", "/tasks/of/{}/", "/consults/of/{}/", "/handover/of/{}/"],
)
def test_doors(incident: Incident, sign_in: Callable[..., Client], other_organisation: object, path: str) -> None:
    url = path.format(incident.id)
    assert Client().get(url).status_code == 302
    assert sign_in("shift_lead", username="stranger", to=other_organisation).get(url).status_code == 404
    assert sign_in("rule_author").get(url).status_code == 403
    assert sign_in("compliance").get(url).status_code == 200


@pytest.mark.parametrize(
    ("path", "most"), [("/replies/of/{}/", 16), ("/presence/of/{}/", 10), ("/tasks/of/{}/", 12), ("/handover/", 24)]
)
def test_parts_ask_the_database_little(
    desk: Client, incident: Incident, django_assert_max_num_queries: Callable[..., object], path: str, most: int
) -> None:
    with django_assert_max_num_queries(most):  # type: ignore[attr-defined]
        desk.get(path.format(incident.id), headers=PART)


def test_an_offer_to_somebody_else_is_not_in_my_list(desk: Client, incident: Incident, lead: Actor) -> None:
    holder = holder_of(incident)
    offer_handover(incident_id=incident.id, offer=Offer(lead.person_id or ""), by=holder, at=NIGHT)
    assert "Nothing is offered to you." in text(desk.get("/handover/"))
    assert responding.is_certified(lead, incident, NIGHT)
