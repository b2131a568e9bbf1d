"""Each reader reacts once to each fact, also under two workers, and a fault takes nothing with it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import connections, transaction

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.outbox.following import AT_ONCE, NEW_READER, Reaction, Told, follow
from anxin.desk.foundation.outbox.models import Place


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
def test_a_fault_leaves_the_place_where_it_was(organisation: Organisation) -> None:
    ring(organisation, "a")

    def fail(_told: Told, _at: object) -> None:
        ring(organisation, "half done")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        follow("one", {"bell.rang": fail}, at=NIGHT)
    heard: list[int] = []
    assert follow("one", noting(heard), at=NIGHT) == 1
    assert Place.objects.get(reader="one").seq == heard[-1]


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
