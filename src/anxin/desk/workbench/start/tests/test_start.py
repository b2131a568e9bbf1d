"""Where one begins: what waits for the reader, and only that."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import count_queries
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.actors import actor_of
from anxin.desk.foundation.organisations.models import Department, Organisation, Person
from anxin.desk.operations.incidents.actions import consults, leases, responding
from anxin.desk.operations.incidents.actions.department_tasks import NewTask, open_task
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.workbench.start.queries import Start, get_start

SignIn = Callable[..., Client]
ActorWith = Callable[..., Actor]
pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("clock")]


def opened(by: Actor, level: int = 2) -> str:
    return open_incident(Seen(kind="account_takeover", level=level), by=by, at=NIGHT).id


def me(username: str) -> Actor:
    return actor_of(Person.objects.get(username=username), at=NIGHT, is_strong=True)


def piles(start: Start) -> dict[str, int]:
    return {each.words.en: each.n for each in start.piles}


def test_the_incidents_due_next_are_mine_or_nobodys(sign_in: SignIn, actor: ActorWith) -> None:
    sign_in("specialist")
    lead = actor("shift_lead")
    slow, urgent, theirs, mine = (opened(lead, level) for level in (3, 1, 1, 2))
    responding.start(incident_id=theirs, by=lead, at=NIGHT)
    responding.start(incident_id=mine, by=me("specialist"), at=NIGHT)
    start = get_start(by=me("specialist"), at=NIGHT)
    assert [each.line.id for each in start.rows] == [urgent, mine, slow]
    assert piles(start) == {"Held by nobody": 2, "Mine": 1}


def test_who_may_see_but_not_take_an_incident_is_shown_none(actor: ActorWith) -> None:
    opened(actor("shift_lead"), 1)
    assert get_start(by=actor("auditor"), at=NIGHT) == Start((), (), works_incidents=False)


def test_what_is_overdue_comes_first_and_is_marked(sign_in: SignIn, actor: ActorWith) -> None:
    sign_in("specialist")
    opened(actor("shift_lead"), 1)
    start = get_start(by=me("specialist"), at=NIGHT + timedelta(minutes=31))
    assert [(each.words.en, each.n, each.is_late) for each in start.piles] == [
        ("Overdue", 1, True),
        ("Held by nobody", 1, False),
    ]


def test_hand_overs_approvals_tasks_and_questions_are_counted_for_whom_they_wait(
    sign_in: SignIn, actor: ActorWith, organisation: Organisation
) -> None:
    sign_in("specialist")
    sign_in("mentor")
    lead = actor("shift_lead")
    incident_id = opened(lead)
    responding.start(incident_id=incident_id, by=lead, at=NIGHT)
    leases.offer_handover(incident_id=incident_id, offer=leases.Offer(), by=lead, at=NIGHT)
    consults.ask_mentor(incident_id=incident_id, topic="scam", question="Is that enough?", by=lead, at=NIGHT)
    department = Department.objects.filter(organisation=organisation).first()
    assert department is not None
    Person.objects.filter(username="specialist").update(department=department)
    open_task(
        incident_id=incident_id,
        task=NewTask(department.id, "Hold the parcel", timedelta(minutes=30), ""),
        by=lead,
        at=NIGHT,
    )
    found = piles(get_start(by=me("specialist"), at=NIGHT))
    assert (found["Offered to me"], found["My department's tasks"]) == (1, 1)
    assert piles(get_start(by=me("mentor"), at=NIGHT))["Questions for a mentor"] == 1
    assert not {"Offered to me", "Questions for a mentor"} & set(piles(get_start(by=lead, at=NIGHT)))


def test_another_organisation_sees_nothing_of_it(actor: ActorWith, other_organisation: Organisation) -> None:
    opened(actor("shift_lead"), 1)
    stranger = actor("shift_lead", username="elsewhere", to=other_organisation)
    assert get_start(by=stranger, at=NIGHT) == Start((), (), works_incidents=True)


@pytest.mark.parametrize(
    ("role", "said"),
    [("specialist", "Nothing waits for you. Whatever comes appears here by itself."), ("auditor", "Nothing waits")],
)
def test_an_empty_start_says_so(sign_in: SignIn, role: str, said: str) -> None:
    client = sign_in(role)
    page = client.get("/").content.decode()
    assert said in page
    assert 'data-key="n"' not in page


def test_the_page_and_its_part_show_the_same(sign_in: SignIn, actor: ActorWith) -> None:
    client = sign_in("specialist")
    opened(actor("shift_lead"), 1)
    page, part = (client.get(path).content.decode() for path in ("/", "/waiting/"))
    assert 'href="/queue/next/"' in part
    assert re.sub(r"\s+", " ", part.strip()) in re.sub(r"\s+", " ", page)


def test_many_cost_as_many_questions_as_few(sign_in: SignIn, actor: ActorWith) -> None:
    client, lead = sign_in("specialist"), actor("shift_lead")
    for _ in range(4):
        opened(lead)
    few = count_queries(lambda: client.get("/waiting/"))
    for _ in range(6):
        opened(lead, 1)
    assert count_queries(lambda: client.get("/waiting/")) == few <= 16
