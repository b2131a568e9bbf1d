"""What screens read, and how often they ask the database for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, event
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.operations.incidents import queries
from anxin.desk.operations.incidents.actions import leases, responding
from anxin.desk.operations.incidents.actions.decisions import take_decisions
from anxin.desk.operations.incidents.actions.signals import Named
from anxin.desk.operations.incidents.detail import get_detail, list_tiles, possible_commands
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.queries import QueueFilter
from anxin.engine.log.keys import FileKeyRing

pytestmark = pytest.mark.django_db(databases=["default", "projection"])


def numbers(chosen: QueueFilter, by: Actor) -> list[int]:
    return [each.number for each in queries.list_queue(chosen, by=by, at=NIGHT + timedelta(minutes=45)).lines]


def test_the_queue_is_narrowed(seen: Callable[..., Incident], agent: Actor, lead: Actor) -> None:
    first, second, third = seen(level=1), seen(level=2), seen(level=3, kind="coupon_abuse")
    responding.start(incident_id=second.id, by=agent, at=NIGHT)
    leases.claim(incident_id=third.id, by=lead, at=NIGHT)
    assert numbers(QueueFilter(), agent) == [first.number, second.number, third.number]
    assert numbers(QueueFilter(whose="mine"), agent) == [second.number]
    assert numbers(QueueFilter(whose="free"), agent) == [first.number]
    assert numbers(QueueFilter(is_late=True), agent) == [first.number]
    assert numbers(QueueFilter(kind="coupon_abuse"), agent) == [third.number]
    assert numbers(QueueFilter(stages=frozenset({"responding"})), agent) == [second.number]
    assert numbers(QueueFilter(is_drill=True), agent) == []


def test_a_long_queue_costs_as_much_as_a_short_one(
    seen: Callable[..., Incident], agent: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        seen(level=2)
    with django_assert_num_queries(3):
        queries.list_queue(QueueFilter(), by=agent, at=NIGHT)
    with django_assert_num_queries(1):
        queries.count_incidents(by=agent, at=NIGHT)


def test_what_is_opened_costs_a_known_number_of_questions(
    seen: Callable[..., Incident], agent: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    incident = seen(level=2)
    with django_assert_num_queries(9):
        found = get_detail(incident_id=incident.id, by=agent, at=NIGHT)
    assert found.kind is not None
    assert (found.kind.procedure, found.kind.raci.accountable) == ("PB-01", "shift_lead")
    assert "start" in found.commands
    assert "verify" not in found.commands


def test_who_may_only_look_has_no_commands(seen: Callable[..., Incident], actor: Callable[..., Actor]) -> None:
    assert possible_commands(seen(level=2), actor("auditor")) == ()


def test_incidents_that_name_the_same_are_similar(seen: Callable[..., Incident], agent: Actor) -> None:
    card = Named("thing", "card", "c1")
    first, other = seen(entities=(card,)), seen(entities=(card, Named("victim", "user", "u2")))
    seen()
    assert [each.id for each in queries.list_similar(first, by=agent)] == [other.id]


def test_the_risk_card_shows_who_and_what_is_in_it(
    tmp_path: Path, settings: Settings, organisation: Organisation, agent: Actor
) -> None:
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, data=tmp_path)
    night = Night(tmp_path, FileKeyRing(tmp_path / "master.key"), organisation)
    night.happened(*(event(number) for number in range(5)))
    take_decisions(at=NIGHT)
    incident = Incident.objects.get()
    tiles = list_tiles(incident_id=incident.id, by=agent, at=NIGHT + timedelta(minutes=1))
    assert {(each.name.kind, each.name.key) for each in tiles} >= {("user", "u1"), ("device", "d-u1")}
