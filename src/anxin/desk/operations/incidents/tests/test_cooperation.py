"""Hand over several, queues of departments, what a mentor reads first, and the calls for all of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.organisations.models import Department, Organisation
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.incidents.actions import consults, department_tasks, leases, responding
from anxin.desk.operations.incidents.actions.handing_over import offer_several
from anxin.desk.operations.incidents.advice import list_consults, list_consults_of
from anxin.desk.operations.incidents.briefs import Brief, decode_brief, encode_brief
from anxin.desk.operations.incidents.department_queues import list_tasks
from anxin.desk.operations.incidents.errors import GuardsUnmet
from anxin.desk.operations.incidents.handovers import compose_handover, find_offer, list_offers, list_takers
from anxin.desk.operations.incidents.models import Handover, Incident

pytestmark = pytest.mark.django_db
API = "/api/v1"
JSON = "application/json"


def started(seen: Callable[..., Incident], agent: Actor, level: int = 1) -> Incident:
    return responding.start(incident_id=seen(level=level).id, by=agent, at=NIGHT)


def legal(agent: Actor) -> str:
    return Department.objects.get(organisation_id=agent.organisation_id, code="legal").id


def test_several_are_offered_at_once_and_answered_one_by_one(
    seen: Callable[..., Incident], agent: Actor, lead: Actor
) -> None:
    one, two = started(seen, agent), started(seen, agent, level=2)
    brief = Brief("call her back", "a call at four", "she may pay again")
    rows = offer_several(items={one.id: brief, two.id: Brief()}, to_id=lead.person_id or "", by=agent, at=NIGHT)
    assert len({each.batch_id for each in rows}) == 1
    assert b"four" not in bytes(Handover.objects.exclude(brief_sealed=None).get().brief_sealed or b"")
    shown = {each.line.id: each.brief for each in list_offers(by=lead, at=NIGHT)}
    assert shown == {one.id: brief, two.id: Brief()}
    leases.accept_handover(incident_id=one.id, by=lead, at=NIGHT)
    assert Incident.objects.get(pk=two.id).holder_id == agent.person_id
    leases.decline_handover(incident_id=two.id, by=lead, at=NIGHT, note="not certified")
    assert (list_offers(by=lead, at=NIGHT), list_offers(by=agent, at=NIGHT, mine=True)) == ((), ())
    assert {each.line.id for each in compose_handover(by=agent, at=NIGHT)} == {two.id}


def test_one_that_is_not_mine_keeps_all_of_them(seen: Callable[..., Incident], agent: Actor, lead: Actor) -> None:
    mine, theirs = started(seen, agent), started(seen, lead)
    with pytest.raises(GuardsUnmet):
        offer_several(items={mine.id: Brief(), theirs.id: Brief()}, to_id="", by=agent, at=NIGHT)
    assert not Handover.objects.exists()
    with pytest.raises(FieldInvalid):
        offer_several(items={}, to_id="", by=agent, at=NIGHT)
    with pytest.raises(FieldInvalid):
        offer_several(items={mine.id: Brief("x" * 1001)}, to_id="", by=agent, at=NIGHT)


def test_an_incident_says_by_itself_what_comes_next(seen: Callable[..., Incident], agent: Actor) -> None:
    incident = seen(level=2)
    leases.claim(incident_id=incident.id, by=agent, at=NIGHT)
    steps = [compose_handover(by=agent, at=NIGHT)[0].ahead.next_step]
    responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    steps.append(compose_handover(by=agent, at=NIGHT)[0].ahead.next_step)
    responding.record_no_action(incident_id=incident.id, code="already_stopped", by=agent, at=NIGHT)
    steps.append(compose_handover(by=agent, at=NIGHT)[0].ahead.next_step)
    assert steps == ["start", "protect", "contact"]


@pytest.mark.parametrize("brief", [Brief(), Brief("a"), Brief("", "b", "c")])
def test_a_brief_is_read_as_it_was_written(brief: Brief) -> None:
    assert decode_brief(encode_brief(brief)) == brief


def test_free_text_is_the_next_step() -> None:
    assert decode_brief("call her at four") == Brief("call her at four")


def test_only_who_can_work_takes_over(agent: Actor, lead: Actor, actor: Callable[..., Actor]) -> None:
    actor("auditor")
    assert [name for _, name in list_takers(by=agent, at=NIGHT)] == ["night-lead"]
    with pytest.raises(Forbidden):
        list_offers(by=actor("rule_author"), at=NIGHT)


def test_each_department_sees_its_own_queue(seen: Callable[..., Incident], agent: Actor, lead: Actor) -> None:
    incident = started(seen, agent)
    wanted = department_tasks.NewTask(legal(agent), "May we keep her chat?", timedelta(minutes=30))
    first = department_tasks.open_task(incident_id=incident.id, task=wanted, by=agent, at=NIGHT)
    after = department_tasks.NewTask(legal(agent), "Write to the bank", timedelta(minutes=20), blocked_by=first.id)
    department_tasks.open_task(incident_id=incident.id, task=after, by=agent, at=NIGHT)
    found = list_tasks(by=lead, at=NIGHT + timedelta(minutes=25), department_id=legal(agent))
    assert [(each.title, each.is_blocked, each.is_late) for each in found] == [
        ("Write to the bank", True, True),
        ("May we keep her chat?", False, False),
    ]
    assert list_tasks(by=lead, at=NIGHT, department_id="dep_other") == ()
    department_tasks.decline_task(task_id=first.id, answer="ask compliance", by=lead, at=NIGHT)
    assert [each.answer for each in list_tasks(by=lead, at=NIGHT, is_ended=True)] == ["ask compliance"]


def test_the_mentor_reads_what_is_known_and_done_without_a_name(
    seen: Callable[..., Incident], agent: Actor, actor: Callable[..., Actor]
) -> None:
    incident, mentor = started(seen, agent), actor("mentor")
    responding.record_no_action(incident_id=incident.id, code="already_stopped", by=agent, at=NIGHT)
    asked = consults.ask_mentor(incident_id=incident.id, topic="scam", question="is it?", by=agent, at=NIGHT)
    line = list_consults(by=mentor)[0]
    assert line.briefing is not None
    assert (line.briefing.known["level"], line.briefing.people) == (1, {"victim": 1})
    assert [each.kind for each in line.briefing.done] == ["promote", "start", "record_no_action"]
    assert "u1" not in json.dumps(asked.brief)
    assert list_consults(by=mentor, which="mine") == ()
    assert [each.is_asker for each in list_consults_of(incident_id=incident.id, by=agent)] == [True]
    with pytest.raises(Forbidden):
        list_consults(by=actor("risk_analyst"))


def test_nobody_finds_their_own_question_among_those_to_answer(agent: Actor, lead: Actor) -> None:
    consults.ask_for_help(topic="privacy", question="may we?", by=agent, at=NIGHT)
    assert (len(list_consults(by=agent)), len(list_consults(by=lead))) == (0, 1)


def test_calls(
    seen: Callable[..., Incident], sign_in: Callable[..., Client], organisation: Organisation, clock: Clock
) -> None:
    client, mentor = sign_in("specialist"), sign_in("mentor")
    incident = seen()
    path = f"{API}/incidents/{incident.id}"
    assert client.post(f"{path}/presence").status_code == 204
    assert mentor.get(path).json()["present"] == ["specialist"]
    kept = client.post(f"{path}/drafts/note", {"text": "she sa", "revision": 1}, content_type=JSON)
    assert (kept.status_code, client.get(f"{path}/drafts").json()["note"]["text"]) == (200, "she sa")
    assert client.post(f"{path}/drafts/note", {"text": "s", "revision": 0}, content_type=JSON).status_code == 412
    client.post(f"{path}:start", {"is_taking_over": True}, content_type=JSON, headers={"if-match": "*"})
    department = Department.objects.get(organisation_id=organisation.id, code="legal").id
    body = {"department_id": department, "title": "look", "minutes": 30}
    task = client.post(f"{path}:open_task", body, content_type=JSON, headers={"if-match": "*"}).json()["id"]
    assert [each["title"] for each in mentor.get(f"{API}/tasks").json()] == ["look"]
    assert mentor.post(f"{API}/tasks/{task}:accept", {}, content_type=JSON).json()["state"] == "accepted"
    assert mentor.post(f"{API}/tasks/{task}:finish", {}, content_type=JSON).status_code == 422
    done = mentor.post(f"{API}/tasks/{task}:finish", {"answer": "done"}, content_type=JSON)
    assert done.json()["state"] == "done"
    asked = client.post(f"{API}/consults", {"topic": "scam", "question": "?"}, content_type=JSON).json()["id"]
    assert mentor.post(f"{API}/consults/{asked}:answer", {"text": "yes"}, content_type=JSON).status_code == 200
    assert client.post(f"{API}/consults/{asked}:rate", {"stars": 5}, content_type=JSON).status_code == 200
    assert client.get(f"{API}/consults/{asked}").json()["asker_rating"] == 5
    items = [{"incident_id": incident.id, "promise": "a call"}]
    assert client.post(f"{API}/handovers", {"items": items}, content_type=JSON).status_code == 201
    offers = sign_in("shift_lead").get(f"{API}/handovers").json()
    assert [each["brief"]["promise"] for each in offers] == ["a call"]
    assert find_offer(incident_id=incident.id, by=lead_of(organisation), at=NIGHT) is not None


def lead_of(organisation: Organisation) -> Actor:
    from anxin.desk.foundation.permissions.authority import grants_of

    system = system_actor(organisation.id, "test")
    return Actor(system.organisation_id, system.kind, "test", grants=grants_of(["shift_lead"]))
