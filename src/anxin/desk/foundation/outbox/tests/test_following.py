"""Each reader reacts once to each fact, also under two workers, and a fault takes nothing with it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import connections, transaction

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.duties import Sickroom, sickroom
from anxin.desk.foundation.organisations.actions import found_organisation
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.outbox.following import AT_ONCE, NEW_READER, Reaction, Told, follow
from anxin.desk.foundation.outbox.models import Fact, LaidAside, Place


@dataclass(frozen=True)
class Rang:
    kind: ClassVar[str] = "bell.rang"
    topic: ClassVar[str] = "bells"
    object_id: str


@dataclass(frozen=True)
class Quiet(Rang):
    kind: ClassVar[str] = "bell.quiet"


def ring(organisation: Organisation, *names: str, fact: type[Rang] = Rang) -> None:
    with transaction.atomic():
        for each in names:
            publish_fact(fact(each), organisation_id=organisation.id, at=NIGHT)


def noting(heard: list[int]) -> dict[str, Reaction]:
    def note(told: Told, _at: object) -> None:
        heard.append(told.seq)

    return {"bell.rang": note}


@pytest.mark.django_db
def test_each_fact_is_heard_once_and_in_order(organisation: Organisation) -> None:
    heard: list[int] = []
    ring(organisation, "a", "b")
    ring(organisation, "c", fact=Quiet)
    ring(organisation, "d")
    assert [follow("one", noting(heard), at=NIGHT) for _ in range(2)] == [3, 0]
    assert len(heard) == 3
    assert heard == sorted(heard)
    other: list[int] = []
    assert follow("two", noting(other), at=NIGHT) == 3
    assert other == heard


@pytest.mark.django_db
def test_more_than_one_round_loses_nothing(organisation: Organisation) -> None:
    heard: list[int] = []
    ring(organisation, *map(str, range(AT_ONCE + 3)))
    assert [follow("one", noting(heard), at=NIGHT) for _ in range(3)] == [AT_ONCE, 3, 0]


@pytest.mark.django_db
def test_a_new_reader_lets_the_past_rest(organisation: Organisation) -> None:
    heard: list[int] = []
    ring(organisation, "a")
    assert follow("one", noting(heard), at=NIGHT + NEW_READER) == 0
    ring(organisation, "b")
    assert follow("one", noting(heard), at=NIGHT + NEW_READER + timedelta(seconds=1)) == 1


@pytest.mark.django_db
def test_a_fault_takes_nothing_with_it_and_its_fact_is_tried_again(organisation: Organisation) -> None:
    ring(organisation, "a")

    def fail(_told: Told, _at: object) -> None:
        ring(organisation, "half done")
        raise ZeroDivisionError

    for seconds in (0, 1):
        with pytest.raises(ZeroDivisionError):
            follow("one", {"bell.rang": fail}, at=NIGHT + timedelta(seconds=seconds))
    heard: list[int] = []
    assert [follow("one", noting(heard), at=NIGHT + timedelta(seconds=each)) for each in (2.9, 3, 3)] == [0, 1, 0]
    assert Place.objects.get(reader="one").seq == heard[-1]
    assert Fact.objects.filter(kind="bell.rang").count() == 1


def deaf(objects: Mapping[tuple[str, int], str], heard: list[str], *bad: str) -> dict[str, Reaction]:
    """React by noting the object, but fail for some."""

    def note(told: Told, _at: object) -> None:
        name = objects[told.organisation_id, told.seq]
        if name in bad:
            raise ZeroDivisionError
        heard.append(name)

    return {"bell.rang": note}


def all_objects() -> dict[tuple[str, int], str]:
    return {(each.organisation_id, each.seq): each.object_id for each in Fact.objects.all()}


@pytest.mark.django_db
@pytest.mark.parametrize("is_in_order", [True, False])
def test_a_fact_that_fails_keeps_no_other_waiting(organisation: Organisation, is_in_order: bool) -> None:
    other = found_organisation(slug="other", name="别家", at=NIGHT)
    ring(organisation, "b", "a", "c")
    ring(other, "d")
    objects, heard, room = all_objects(), list[str](), Sickroom()
    with sickroom(room):
        done = follow("one", deaf(objects, heard, "a"), at=NIGHT, is_in_order=is_in_order)
    assert (done, sorted(set(heard))) == (3, ["b", "c", "d"])
    assert room.word == "ZeroDivisionError × 1"
    assert LaidAside.objects.filter(object_id="a", organisation_id=organisation.id).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("is_in_order", "then"), [(True, ["b"]), (False, ["a", "b"])])
def test_what_is_told_later_of_the_same_object_waits_where_order_matters(
    organisation: Organisation, is_in_order: bool, then: list[str]
) -> None:
    ring(organisation, "a")
    heard: list[str] = []
    with pytest.raises(ZeroDivisionError):
        follow("one", deaf(all_objects(), heard, "a"), at=NIGHT, is_in_order=is_in_order)
    ring(organisation, "a", "b")
    first = Fact.objects.filter(kind="bell.rang").earliest("seq").seq

    def note(told: Told, _at: object) -> None:
        if told.seq == first:
            raise ZeroDivisionError
        heard.append(all_objects()[told.organisation_id, told.seq])

    soon = NIGHT + timedelta(seconds=1)
    with pytest.raises(ZeroDivisionError):
        follow("one", {"bell.rang": note}, at=soon, is_in_order=is_in_order)
    assert heard == then
    late: list[int] = []
    while follow("one", noting(late), at=soon + timedelta(seconds=2), is_in_order=is_in_order):
        continue
    assert late == sorted(late)
    assert len(late) == 3 - len(then)
    assert not LaidAside.objects.exists()


@pytest.mark.skipif(
    os.environ.get("ANXIN_TEST_DATABASE") != "postgresql",
    reason="the SQLite of tests lies in memory, where a second writer is refused instead of waiting",
)
@pytest.mark.django_db(transaction=True, databases=["default", "projection"])
def test_two_workers_together_hear_each_fact_once(organisation: Organisation) -> None:
    heard: list[int] = []
    ring(organisation, *map(str, range(120)))
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        while follow("one", noting(heard), at=NIGHT):
            continue
        connections.close_all()

    workers: list[threading.Thread] = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(30)
    again: Callable[[], int] = lambda: follow("one", noting(heard), at=NIGHT)  # noqa: E731
    assert again() == 0
    assert (len(heard), len(set(heard))) == (120, 120)
