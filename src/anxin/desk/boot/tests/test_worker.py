from __future__ import annotations

import threading
from datetime import datetime

import pytest

from anxin.desk.boot.duties import all_duties
from anxin.desk.boot.worker import Round
from anxin.desk.foundation.edge.duties import Duty
from anxin.desk.foundation.edge.models import Heartbeat


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_failing_duty_is_noted_and_tried_again_later_each_time() -> None:
    def fail(_at: datetime) -> int:
        raise OSError("gone")

    fixed = Round(Duty("test.fail", 1.0, fail), threading.Event())
    assert [fixed.run_once(), fixed.run_once()] == [0, 0]
    assert Heartbeat.objects.get(pk="test.fail").failure == "OSError"
    assert fixed._pause() == 4.0


def test_a_duty_that_worked_says_so() -> None:
    assert Round(Duty("test.work", 1.0, lambda _at: 3), threading.Event()).run_once() == 3
    beat = Heartbeat.objects.get(pk="test.work")
    assert (beat.did, beat.failure) == (3, "")


@pytest.mark.parametrize("duty", all_duties(), ids=lambda duty: duty.name)
def test_every_duty_may_run_on_an_empty_installation(duty: Duty) -> None:
    from anxin.desk.conftest import NIGHT

    assert duty.run(NIGHT) == 0


def test_duties_have_names_of_their_own() -> None:
    names = [each.name for each in all_duties()]
    assert len(names) == len(set(names))
