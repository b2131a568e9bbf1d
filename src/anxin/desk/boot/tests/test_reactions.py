"""From what an incident tells to who is called: ladder, gaps, breaches, silent holders, approvals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest

from anxin.desk.boot.reactions import REACTIONS, react
from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.approvals.actions import approve
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.approvals.queries import get_inbox, list_answer_times
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.notifications.actions.answering import ack_page
from anxin.desk.foundation.notifications.actions.channels import Way, open_channel
from anxin.desk.foundation.notifications.models import Page
from anxin.desk.foundation.notifications.wording import message_codes, word_page
from anxin.desk.operations.incidents.actions import consults, leases, responding
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.actions.ticking import tick
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.desk.operations.measures.actions import Target, ask_for_measure
from anxin.desk.operations.rota.actions import Post, Week, plan_week
from anxin.desk.operations.rota.asking import chase

pytestmark = pytest.mark.django_db
ActorWith = Callable[..., Actor]
ALWAYS = Week(range(7), time(0), time(0), date(2026, 11, 1))


def plan(planner: Actor, /, **people: Actor) -> None:
    for role, each in people.items():
        plan_week(Post(role), ALWAYS, person_id=each.person_id or "", by=planner, at=NIGHT)


def let_react(at: object) -> int:
    return sum(react(each, at) for each in REACTIONS)  # type: ignore[arg-type]


def at_minute(minutes: float) -> None:
    at = NIGHT + timedelta(minutes=minutes)
    tick(at=at)
    let_react(at)


def called(code: str = "ladder") -> list[tuple[str, str]]:
    rows = Page.objects.filter(code=code).order_by("id")
    return list(rows.values_list("person_id", "channel_id"))


def an_incident(by: Actor, level: int = 1) -> Incident:
    return open_incident(Seen(kind="payment_fraud", level=level), by=by, at=NIGHT)


def test_the_ladder_calls_people_step_by_step(actor: ActorWith) -> None:
    lead, agent, second = actor("shift_lead"), actor("service_agent"), actor("specialist")
    plan(lead, primary=agent, secondary=second, lead=lead)
    incident = an_incident(second)
    expected = [(agent.person_id, "")]
    at_minute(0)
    assert called() == expected
    at_minute(2.9)
    assert called() == expected
    at_minute(3)
    at_minute(6)
    expected += [(second.person_id, ""), (lead.person_id, "")]
    assert called() == expected
    page = Page.objects.filter(code="ladder").first()
    assert page is not None
    wording = word_page(page.code, page.arguments, language="en", at=NIGHT + timedelta(minutes=2))
    assert (wording.title, wording.text) == (
        "L1 #1 Unauthorised payment: respond now",
        "You are primary now. Time left: 28 minutes.",
    )
    assert page.path == f"/incidents/{incident.id}/"


def test_a_step_without_anybody_fires_the_next_and_is_told(actor: ActorWith) -> None:
    lead, second = actor("shift_lead"), actor("specialist")
    plan(lead, secondary=second, lead=lead)
    an_incident(second)
    at_minute(0)
    assert called("ladder") == [(second.person_id, "")]
    assert called("gap") == [(lead.person_id, "")]


def test_the_ladder_ends_when_somebody_starts(actor: ActorWith) -> None:
    lead, agent = actor("shift_lead"), actor("service_agent")
    plan(lead, primary=agent, secondary=lead)
    incident = open_incident(Seen(kind="payment_fraud", level=2), by=lead, at=NIGHT)
    at_minute(0)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT + timedelta(minutes=1))
    Incident.objects.filter(pk=incident.id).update(contacted_at=NIGHT)
    assert called() == [(agent.person_id, "")]


def test_without_a_rota_the_organisation_is_called(actor: ActorWith) -> None:
    lead = actor("shift_lead")
    team = open_channel(Way("ntfy", "team", "https://ntfy.sh/team", is_shared=True), by=lead, at=NIGHT)
    an_incident(lead)
    at_minute(0)
    assert called() == [("", team.id)]


def test_a_broken_promise_is_told_once(actor: ActorWith) -> None:
    lead, agent = actor("shift_lead"), actor("service_agent")
    plan(lead, primary=agent, lead=lead)
    an_incident(agent)
    at_minute(31)
    at_minute(32)
    assert called("breach") == [(lead.person_id, "")]


def test_a_silent_holder_is_asked_then_others_are_called(actor: ActorWith) -> None:
    lead, agent = actor("shift_lead"), actor("service_agent")
    plan(lead, primary=lead, lead=lead, mentor=agent)
    incident = an_incident(agent)
    at_minute(0)
    leases.claim(incident_id=incident.id, by=agent, at=NIGHT)
    at_minute(10)
    assert called("nudge") == [(agent.person_id, "")]
    at_minute(13)
    assert {person for person, _ in called("stalled")} == {lead.person_id, agent.person_id}
    at_minute(13.1)
    assert len([each for each in called() if each[0] == lead.person_id]) >= 2


def test_an_unanswered_question_calls_the_next_mentor_and_the_lead_once(actor: ActorWith) -> None:
    lead, agent, first = actor("shift_lead"), actor("specialist"), actor("mentor", username="first")
    second = actor("mentor", username="second")
    plan(lead, lead=lead, mentor=first)
    incident = an_incident(agent, level=3)
    asked = consults.ask_mentor(incident_id=incident.id, topic="scam", question="is it?", by=agent, at=NIGHT)
    let_react(NIGHT)
    assert called("consult") == [(first.person_id, "")]
    for seconds in (119, 120, 121):
        at = NIGHT + timedelta(seconds=seconds)
        consults.call_for_unanswered(at=at)
        let_react(at)
        assert len(called("consult_late")) == (0 if seconds < 120 else 2)
    assert {person for person, _ in called("consult_late")} == {second.person_id, lead.person_id}
    assert IncidentEvent.objects.filter(incident_id=incident.id, kind="consult_late").count() == 1
    consults.answer(consult_id=asked.id, text="yes", by=second, at=at)
    assert asked.due_at == NIGHT + timedelta(minutes=2)


def test_a_question_answered_in_time_calls_nobody_else(actor: ActorWith) -> None:
    agent, mentor = actor("specialist"), actor("mentor")
    incident = an_incident(agent, level=3)
    asked = consults.ask_mentor(incident_id=incident.id, topic="scam", question="is it?", by=agent, at=NIGHT)
    let_react(NIGHT)
    assert called("consult") == [(mentor.person_id, "")]
    consults.answer(consult_id=asked.id, text="yes", by=mentor, at=NIGHT + timedelta(minutes=1))
    assert consults.call_for_unanswered(at=NIGHT + timedelta(minutes=3)) == 0


def test_advice_nobody_gave_in_time_is_told_to_a_mentor_and_the_lead_once(actor: ActorWith) -> None:
    lead, first = actor("shift_lead"), actor("mentor", username="first")
    actor("mentor", username="second")
    plan(lead, lead=lead, mentor=first)
    asked = consults.ask_for_help(topic="scam", question="may we print this?", by=actor("rule_author"), at=NIGHT)
    for at in (NIGHT, asked.due_at - timedelta(seconds=1), asked.due_at, asked.due_at + timedelta(hours=1)):
        told = consults.call_for_unanswered(at=at)
        let_react(at)
        assert (told, len(called("help_late"))) == (int(at == asked.due_at), 2 if at >= asked.due_at else 0)
    page = Page.objects.filter(code="help_late").latest("id")
    assert {person for person, _ in called("help_late")} == {first.person_id, lead.person_id}
    assert (page.path, page.is_urgent, page.subject_kind) == ("/consults/", False, "consult")
    assert word_page(page.code, page.arguments, language="en", at=at).title.startswith("A question for advice")
    assert AuditEntry.objects.filter(act="consult.late", object_id=asked.id).count() == 1


def test_advice_given_in_time_calls_nobody(actor: ActorWith) -> None:
    mentor = actor("mentor")
    asked = consults.ask_for_help(topic="scam", question="may we?", by=actor("rule_author"), at=NIGHT)
    consults.answer(consult_id=asked.id, text="no", by=mentor, at=NIGHT + timedelta(hours=1))
    assert consults.call_for_unanswered(at=asked.due_at) == 0


def test_the_timeline_says_who_took_the_call(actor: ActorWith) -> None:
    lead, agent = actor("shift_lead"), actor("service_agent")
    plan(lead, primary=agent)
    incident = an_incident(lead)
    at_minute(0)
    ack_page(page_id=Page.objects.get(code="ladder").id, by=agent, at=NIGHT)
    let_react(NIGHT)
    event = IncidentEvent.objects.get(incident_id=incident.id, kind="page")
    assert event.data == f'{{"code":"ladder","how":"desk","person":"{agent.person_id}","state":"acked"}}'


def asked(by: Actor) -> Approval:
    target = Target("user", "u_1", amount_minor=820_000)
    ask_for_measure("freeze_account", target, reason="scam_in_progress", by=by, at=NIGHT)
    return Approval.objects.get()


def test_two_approvers_are_called_at_once_those_on_call_first_never_the_asker(actor: ActorWith) -> None:
    agent = actor("service_agent")
    leads = [actor("shift_lead", username=f"lead{n}") for n in range(4)]
    plan(leads[0], lead=leads[2], duty_manager=leads[3], primary=agent)
    asked(agent)
    let_react(NIGHT)
    assert {person for person, _ in called("approval")} == {leads[2].person_id, leads[3].person_id}
    let_react(NIGHT)
    assert len(called("approval")) == 2


def test_nobody_answers_reminder_then_duty_manager(actor: ActorWith) -> None:
    agent, lead, manager = actor("service_agent"), actor("shift_lead"), actor("shift_lead", username="manager")
    third = actor("specialist")
    plan(lead, lead=lead, duty_manager=manager)
    asked(agent)
    let_react(NIGHT)
    minutes = (2.9, 3, 3.1, 4.9, 5, 5.1, 20)
    calls = [chase(NIGHT + timedelta(minutes=each)) for each in minutes]
    assert [bool(each) for each in calls] == [False, True, False, False, True, False, False]
    assert {person for person, _ in called("approval_reminder")} == {lead.person_id, manager.person_id}
    assert {person for person, _ in called("approval_late")} == {manager.person_id, third.person_id}


def test_an_answer_ends_the_chase_and_is_counted(actor: ActorWith) -> None:
    agent, lead = actor("service_agent"), actor("shift_lead")
    approval = asked(agent)
    let_react(NIGHT)
    (line,) = get_inbox(by=lead, at=NIGHT).waiting
    assert line.about is not None
    assert line.about.words.en == "Freeze the account: user u_1, because of a scam in progress"
    assert (line.about.stake or line.about.words).en == "8,200.00 CNY"
    assert line.answer_by == NIGHT + timedelta(minutes=5)
    approve(approval_id=approval.id, by=lead, at=NIGHT + timedelta(minutes=2))
    let_react(NIGHT)
    assert chase(NIGHT + timedelta(minutes=6)) == 0
    assert [person for person, _ in called("approval_decided")] == [agent.person_id]
    (times,) = list_answer_times(by=lead, at=NIGHT + timedelta(hours=1))
    two = timedelta(minutes=2)
    assert (times.n, times.median, times.p95, times.late, times.in_time_percent) == (1, two, two, 0, 100)


def test_percentiles_are_nearest_rank(actor: ActorWith) -> None:
    agent, lead = actor("service_agent"), actor("shift_lead")
    template = asked(agent)
    for number in range(1, 21):
        template.pk, template.object_id = f"apr_{number}", f"act_{number}"
        template.state, template.decided_by = "approved", lead.person_id or ""
        template.decided_at = NIGHT + timedelta(minutes=number)
        template.save(force_insert=True)
    (times,) = list_answer_times(by=lead, at=NIGHT + timedelta(hours=1))
    minutes = [each / timedelta(minutes=1) for each in (times.median, times.p95, times.longest)]
    assert (times.n, minutes, times.late, times.in_time_percent) == (20, [10, 19, 20], 15, 25)


def test_every_message_has_its_words() -> None:
    assert {"ladder", "breach", "gap", "nudge", "stalled", "approval", "review_due", "self_test"} <= message_codes()
