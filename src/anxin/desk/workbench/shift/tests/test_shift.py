"""My shift: mine, offered, promised, who is here, what is left; a breath after an L1."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.decisioning.conftest import count_queries
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.actors import actor_of
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.operations.incidents.actions import leases, responding
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.actions.responding import contain
from anxin.desk.operations.incidents.models import Handover, Incident
from anxin.desk.workbench.shift.queries import get_shift

SignIn = Callable[..., Client]
ActorWith = Callable[..., Actor]
pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("clock")]


def text(answer: HttpResponse) -> str:
    plain = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", plain)


def started(by: Actor, level: int = 2) -> Incident:
    incident = open_incident(Seen(kind="account_takeover", level=level), by=by, at=NIGHT)
    return responding.start(incident_id=incident.id, by=by, at=NIGHT)


def me(client_name: str) -> Actor:
    return actor_of(Person.objects.get(username=client_name), at=NIGHT, is_strong=True)


def test_mine_is_what_i_hold_or_lead(sign_in: SignIn, actor: ActorWith) -> None:
    sign_in("specialist")
    mine, _other = started(me("specialist")), started(actor("shift_lead"))
    shift = get_shift(by=me("specialist"), at=NIGHT)
    assert [(each.line.number, each.is_leading) for each in shift.mine] == [(mine.number, True)]


def test_a_hand_over_is_taken_from_here(sign_in: SignIn, actor: ActorWith) -> None:
    client, giver = sign_in("specialist"), actor("shift_lead")
    incident = started(giver)
    leases.offer_handover(incident_id=incident.id, offer=leases.Offer(), by=giver, at=NIGHT)
    shown = client.get("/shift/")
    assert "shift_lead · to anybody" in text(shown)
    assert f'action="/handover/{incident.id}/accept/"' in shown.content.decode()
    assert client.post(f"/handover/{incident.id}/accept/", {"from": "shift"})["location"] == "/shift/"
    incident.refresh_from_db()
    assert incident.commander_id == me("specialist").person_id
    assert get_shift(by=me("specialist"), at=NIGHT).offered == ()


def test_a_hand_over_is_declined_and_stays(sign_in: SignIn, actor: ActorWith) -> None:
    client, giver = sign_in("specialist"), actor("shift_lead")
    incident = started(giver)
    leases.offer_handover(incident_id=incident.id, offer=leases.Offer(), by=giver, at=NIGHT)
    assert client.post(f"/handover/{incident.id}/decline/", {"from": "shift"})["location"] == "/shift/"
    incident.refresh_from_db()
    assert (incident.commander_id, Handover.objects.get().state) == (giver.person_id, "declined")


def test_a_careful_check_is_a_promise(actor: ActorWith) -> None:
    by = actor("specialist")
    incident = started(by)
    Incident.objects.filter(pk=incident.id).update(care_until=NIGHT + timedelta(minutes=20))
    assert [each.due_at for each in get_shift(by=by, at=NIGHT).promises] == [NIGHT + timedelta(minutes=20)]


def test_who_is_here_and_what_is_left(sign_in: SignIn) -> None:
    sign_in("mentor")
    page = text(sign_in("service_agent").get("/shift/"))
    assert ("mentor" in page, "emergency freeze of up to 24 h 10 / 10 a shift" in page) == (True, True)


def test_a_breath_after_an_l1_is_offered_until_one_is_back(sign_in: SignIn, clock: Clock) -> None:
    client = sign_in("specialist")
    by = me("specialist")
    incident = started(by, level=1)
    assert "Take a breath" not in text(client.get("/shift/"))
    responding.record_no_action(incident_id=incident.id, code="already_stopped", by=by, at=NIGHT)
    contain(incident_id=incident.id, by=by, at=NIGHT)
    page = text(client.get("/shift/"))
    assert ("Take a breath" in page, "03:10" in page) == (True, True)
    client.post("/shift/rested/", {"incident": incident.id})
    assert "Take a breath" not in text(client.get("/shift/"))
    client.cookies.pop("anxin_rested")
    clock.forward(minutes=21)
    assert "Take a breath" not in text(client.get("/shift/"))


def test_the_page_costs_the_same_for_many(sign_in: SignIn) -> None:
    client = sign_in("specialist")
    started(me("specialist"))
    few = count_queries(lambda: client.get("/shift/"))
    for _ in range(10):
        started(me("specialist"))
    assert count_queries(lambda: client.get("/shift/")) == few
    assert few <= 18


@pytest.mark.parametrize(
    ("method", "path", "without", "foreign"),
    [
        ("get", "/shift/", 200, 200),
        ("post", "/shift/rested/", 302, 302),
    ],
)
def test_every_door(
    sign_in: SignIn,
    actor: ActorWith,
    other_organisation: Organisation,
    method: str,
    path: str,
    without: int,
    foreign: int,
) -> None:
    giver = actor("shift_lead")
    incident = started(giver)
    leases.offer_handover(incident_id=incident.id, offer=leases.Offer(), by=giver, at=NIGHT)
    url = path.format(id=incident.id)
    stranger = getattr(Client(), method)(url)
    assert (stranger.status_code, stranger["location"].split("?")[0]) == (302, "/accounts/login/")
    outside = sign_in("shift_lead", username="foreign", to=other_organisation)
    assert getattr(outside, method)(url).status_code == foreign
    assert getattr(sign_in("rule_author"), method)(url).status_code == without
    assert getattr(sign_in("specialist"), method)(url).status_code in (200, 302)
