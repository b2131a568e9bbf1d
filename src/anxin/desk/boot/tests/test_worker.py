from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from anxin.desk.boot.duties import all_duties
from anxin.desk.boot.worker import Pulse, Round
from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.clock import clock_set
from anxin.desk.foundation.edge.duties import Duty, one_by_one
from anxin.desk.foundation.edge.models import Heartbeat


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_failing_duty_is_noted_and_tried_again_later_each_time() -> None:
    def fail(_at: datetime) -> int:
        raise OSError("gone")

    pulse = Pulse()
    fixed = Round(Duty("test.fail", 1.0, fail), threading.Event(), pulse)
    assert [fixed.run_once(), fixed.run_once()] == [0, 0]
    pulse.write()
    assert Heartbeat.objects.get(pk="test.fail").failure == "OSError"
    assert fixed._pause() == 4.0


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_an_item_that_fails_is_noted_until_it_went_well_and_slows_nothing_down() -> None:
    bad = {"b"}

    def work(item: str) -> int:
        if item in bad:
            raise OSError(item)
        return 1

    pulse = Pulse(0.0)
    alone = Round(Duty("test.part", 1.0, lambda at: one_by_one("abc", work, at=at)), threading.Event(), pulse)
    with clock_set(lambda: NIGHT):
        assert [alone.run_once(), alone.run_once()] == [2, 2]
    pulse.write()
    assert (Heartbeat.objects.get(pk="test.part").failure, alone._pause()) == ("OSError × 1", 1.0)
    bad.clear()
    with clock_set(lambda: NIGHT + timedelta(seconds=1)):
        assert alone.run_once() == 3
    pulse.write()
    assert Heartbeat.objects.get(pk="test.part").failure == ""


def test_a_duty_that_worked_says_so() -> None:
    pulse = Pulse()
    assert Round(Duty("test.work", 1.0, lambda _at: 3), threading.Event(), pulse).run_once() == 3
    pulse.write()
    beat = Heartbeat.objects.get(pk="test.work")
    assert (beat.did, beat.failure) == (3, "")


def test_the_pulse_of_all_duties_is_written_at_once_and_a_failure_without_waiting(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    pulse = Pulse(3600.0)

    def beat(duty: str, did: int, failure: str = "") -> None:
        pulse.note(Heartbeat(duty, NIGHT, 1, did, failure))

    beat("test.one", 1)
    beat("test.two", 2)
    with django_assert_num_queries(1):
        pulse.write()
    beat("test.one", 3)
    beat("test.two", 4, "OSError")
    with django_assert_num_queries(1):
        pulse.write()
        pulse.write()
    found = Heartbeat.objects.order_by("duty").values_list("duty", "did", "failure")
    assert list(found) == [("test.one", 1, ""), ("test.two", 4, "OSError")]


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_duty_rests_unless_it_did_a_whole_batch() -> None:
    done = iter((5, 5, 4))
    stopping = threading.Event()

    def work(_at: datetime) -> int:
        count = next(done)
        if count < 5:
            stopping.set()
        return count

    # It would rest for an hour: only a whole batch lets it go on at once.
    alone = Round(Duty("test.batch", 3600.0, work, 5), stopping, Pulse())
    alone.thread.start()
    alone.thread.join(20)
    assert not alone.thread.is_alive()
    assert list(done) == []


@pytest.mark.parametrize("duty", all_duties(), ids=lambda duty: duty.name)
def test_every_duty_may_run_on_an_empty_installation(duty: Duty) -> None:
    assert duty.run(NIGHT) == 0


def test_duties_have_names_of_their_own() -> None:
    names = [each.name for each in all_duties()]
    assert len(names) == len(set(names))
