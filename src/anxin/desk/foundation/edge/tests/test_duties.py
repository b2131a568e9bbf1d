"""What fails of a duty rests by itself, and is told; the others go on."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db import OperationalError

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.duties import LONGEST_REST, Sickroom, one_by_one, resting, sickroom


class Bench:
    """Work that fails for some items, and notes what it was asked to do."""

    def __init__(self, **faults: Exception) -> None:
        self.faults = faults
        self.asked: list[str] = []

    def work(self, item: str) -> int:
        self.asked.append(item)
        if item in self.faults:
            raise self.faults[item]
        return 1

    def run(self, room: Sickroom, seconds: float = 0) -> tuple[int, str]:
        """Do all three; return how much was done and which were asked."""
        at, self.asked = NIGHT + timedelta(seconds=seconds), []
        with sickroom(room):
            done = one_by_one("abc", self.work, at=at)
        room.clear(at)
        return done, "".join(self.asked)


def test_one_that_fails_rests_longer_each_time_and_keeps_no_other_waiting(caplog: pytest.LogCaptureFixture) -> None:
    room, bench = Sickroom(), Bench(a=KeyError("13800138000"))
    assert bench.run(room) == (2, "abc")
    assert room.word == "KeyError × 1"
    assert bench.run(room, 0.9) == (2, "bc")
    assert room.word == "KeyError × 1"
    assert bench.run(room, 1) == (2, "abc")
    assert bench.run(room, 2.9) == (2, "bc")
    assert bench.run(room, 3) == (2, "abc")
    told = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert [each.getMessage() for each in told] == ["an item failed by itself, try 1: a"]
    bench.faults["a"] = ValueError()
    assert bench.run(room, 7) == (2, "abc")
    assert caplog.records[-1].getMessage() == "an item failed by itself, try 4: a"
    bench.faults.clear()
    assert bench.run(room, 7 + LONGEST_REST.total_seconds()) == (3, "abc")
    assert room.word == ""


def test_what_is_not_there_any_more_is_forgotten() -> None:
    room, bench = Sickroom(), Bench(a=KeyError())
    bench.run(room)
    room.clear(NIGHT + timedelta(seconds=1))
    assert room.word == "KeyError × 1"
    room.clear(NIGHT + timedelta(seconds=2))
    assert room.word == ""


def test_a_query_may_leave_out_what_rests() -> None:
    room, bench = Sickroom(), Bench(b=KeyError())
    bench.run(room)
    assert resting(NIGHT) == ()
    with sickroom(room):
        assert resting(NIGHT) == ("b",)
        assert resting(NIGHT + timedelta(seconds=1)) == ()


def test_outside_of_a_round_the_first_failure_is_raised_after_all_were_tried() -> None:
    bench = Bench(a=KeyError("a"), b=ValueError("b"))
    with pytest.raises(KeyError):
        one_by_one("abc", bench.work, at=NIGHT)
    assert bench.asked == ["a", "b", "c"]


def test_a_database_that_is_away_ends_the_run_and_the_next_begins_with_others() -> None:
    room, bench = Sickroom(), Bench(a=OperationalError(), b=OperationalError(), c=OperationalError())
    for asked in ("a", "b", "c", "a"):
        with pytest.raises(OperationalError):
            bench.run(room)
        assert bench.asked[-1:] == [asked]
    bench.faults.clear()
    assert bench.run(room) == (3, "abc")
    assert room.word == ""


def test_a_fault_of_the_database_that_befalls_one_item_only_is_its_own() -> None:
    room, bench = Sickroom(), Bench(a=OperationalError())
    with pytest.raises(OperationalError):
        bench.run(room)
    assert bench.run(room) == (2, "bca")
    assert bench.run(room, 0.9) == (2, "bc")
    assert room.word == "OperationalError × 1"
