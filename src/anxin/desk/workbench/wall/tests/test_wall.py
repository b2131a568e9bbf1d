"""The wall: each tile with what belongs there, drills marked, one set of queries, nobody else's incidents."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.decisioning.conftest import count_queries
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.notifications.models import Page
from anxin.desk.foundation.organisations.configuration import open_department
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.permissions.authority import grants_of
from anxin.desk.operations.incidents.actions import department_tasks, responding
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.actions.ticking import tick
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.measures.actions import Target, ask_for_measure, order_measure
from anxin.desk.workbench.wall.queries import get_wall

SignIn = Callable[..., Client]
ActorWith = Callable[..., Actor]
pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("clock")]
MOST_QUERIES = 20


@pytest.fixture
def lead(actor: ActorWith) -> Actor:
    """The shift's lead."""
    return actor("shift_lead", username="night-lead")


def opened(by: Actor, **more: object) -> Incident:
    given = {"kind": "account_takeover", "level": 2} | more
    return open_incident(Seen(**given), by=by, at=NIGHT)  # type: ignore[arg-type]


def numbers(lines: tuple[object, ...]) -> list[int]:
    return [each.line.number for each in lines]  # type: ignore[attr-defined]


def text(answer: HttpResponse) -> str:
    plain = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", plain)


def test_promises_stand_by_due_time_and_unclaimed_apart(lead: Actor) -> None:
    later, sooner = opened(lead, level=2), opened(lead, level=1)
    responding.start(incident_id=later.id, by=lead, at=NIGHT)
    wall = get_wall(by=lead, at=NIGHT)
    assert (numbers(wall.by_due), numbers(wall.unclaimed)) == ([sooner.number, later.number], [sooner.number])
    assert (wall.counts.open, wall.counts.l1, wall.counts.free, wall.counts.late) == (2, 1, 1, 0)
    assert wall.critical == sooner.id


def test_a_silent_holder_and_one_let_go_are_stalled(lead: Actor, actor: ActorWith) -> None:
    incident = opened(lead, level=1)
    agent = actor("specialist")
    responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    assert get_wall(by=lead, at=NIGHT).silent == ()
    tick(at=NIGHT + timedelta(minutes=11))
    assert [each.line.holder for each in get_wall(by=lead, at=NIGHT).silent] == ["specialist"]
    tick(at=NIGHT + timedelta(minutes=15))
    (line,) = get_wall(by=lead, at=NIGHT).silent
    assert (line.line.holder, line.line.commander) == ("", "specialist")


def test_fresh_breaches_leave_the_wall_after_an_hour(lead: Actor) -> None:
    incident = opened(lead, level=1)
    seen = [numbers(get_wall(by=lead, at=NIGHT + timedelta(minutes=each)).breached) for each in (29, 30, 89, 91)]
    assert seen == [[], [incident.number], [incident.number], []]


def test_who_waits_for_a_second_person_is_late_after_five_minutes(lead: Actor, actor: ActorWith) -> None:
    target = Target("user", "u1")
    ask_for_measure("freeze_account", target, reason="mule", by=actor("mentor"), at=NIGHT)
    states = [
        [each.is_late for each in get_wall(by=lead, at=NIGHT + timedelta(minutes=each)).waiting] for each in (4, 6)
    ]
    assert states == [[False], [True]]


def test_freezes_that_end_soon(lead: Actor) -> None:
    order_measure("freeze_account", Target("user", "u1"), reason="mule", hours=1, by=lead, at=NIGHT)
    order_measure("freeze_account", Target("user", "u2"), reason="mule", hours=3, by=lead, at=NIGHT)
    assert [each.entity_key for each in get_wall(by=lead, at=NIGHT).ending] == ["u1"]


def test_calls_that_failed_within_the_hour(lead: Actor) -> None:
    for number, minutes in enumerate((5, 70)):
        Page.objects.create(
            id=f"pag_{number}",
            organisation_id=lead.organisation_id,
            occasion=f"o{number}",
            code="incident_opened",
            subject_kind="incident",
            subject_id="inc_1",
            path="/wall/",
            arguments="{}",
            is_urgent=True,
            state=Page.State.FAILED,
            next_at=NIGHT,
            attempts=3,
            outcome="refused",
            queued_at=NIGHT,
            failed_at=NIGHT - timedelta(minutes=minutes),
        )
    assert [(each.outcome, each.attempts) for each in get_wall(by=lead, at=NIGHT).failed] == [("refused", 3)]


def test_overdue_tasks(lead: Actor) -> None:
    incident = opened(lead)
    department = open_department(code="it", name_zh="技术", name_en="IT", by=_administrator(lead), at=NIGHT)
    responding.start(incident_id=incident.id, by=lead, at=NIGHT)
    given = {"incident_id": incident.id, "by": lead, "at": NIGHT}
    wanted = department_tasks.NewTask(department.id, "封禁设备", timedelta(minutes=30))
    department_tasks.open_task(task=wanted, **given)  # type: ignore[arg-type]
    assert get_wall(by=lead, at=NIGHT + timedelta(minutes=29)).tasks == ()
    assert [each.number for each in get_wall(by=lead, at=NIGHT + timedelta(minutes=31)).tasks] == [incident.number]


def _administrator(like: Actor) -> Actor:
    return replace(like, grants=grants_of(["administrator"]))


def test_drills_are_marked_and_not_counted(sign_in: SignIn, lead: Actor) -> None:
    opened(lead, is_drill=True)
    page = sign_in("mentor").get("/wall/")
    assert ("DRILL" in text(page), get_wall(by=lead, at=NIGHT).counts.open) == (True, 0)


def test_without_a_rota_the_tile_says_so(sign_in: SignIn) -> None:
    assert "No rota yet" in text(sign_in("shift_lead").get("/wall/"))


def test_the_wall_costs_one_set_of_queries(sign_in: SignIn, lead: Actor, clock: Clock) -> None:
    client = sign_in("mentor")
    opened(lead, level=1)
    few = count_queries(lambda: client.get("/wall/"))
    for _ in range(30):
        opened(lead, level=1)
    order_measure("freeze_account", Target("user", "u1"), reason="mule", hours=1, by=lead, at=NIGHT)
    assert count_queries(lambda: client.get("/wall/")) == few
    assert few <= MOST_QUERIES


def test_asked_again_it_answers_with_the_tiles_alone(sign_in: SignIn) -> None:
    part = sign_in("mentor").get("/wall/", headers={"hx-request": "true"}).content.decode()
    assert ("<html" in part, part.strip().startswith('<div id="wall"')) == (False, True)


def test_who_comes_in(sign_in: SignIn, lead: Actor, other_organisation: Organisation) -> None:
    opened(lead, level=1)
    assert Client().get("/wall/").status_code == 302
    assert sign_in("rule_author").get("/wall/").status_code == 403
    foreign = sign_in("shift_lead", username="foreign", to=other_organisation).get("/wall/")
    assert (foreign.status_code, "#1" in text(foreign)) == (200, False)
    assert "#1" in text(sign_in("mentor").get("/wall/"))


def test_confidential_incidents_are_not_there(sign_in: SignIn, lead: Actor) -> None:
    opened(lead, kind="insider_leak", level=1)
    assert get_wall(by=lead, at=NIGHT).counts.open == 1
    assert "#1" not in text(sign_in("service_agent").get("/wall/"))
