"""The reply clock: half a minute from the earliest unanswered message, and a careful check stops it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.operations.replies.clock import Turn, read_reply_clock


def second(number: int) -> object:
    return NIGHT + timedelta(seconds=number)


CASES = {
    "nobody wrote": ([], None),
    "waits": ([("heard", 0)], (0, 30, None)),
    "the first of two counts": ([("heard", 0), ("heard", 10)], (0, 30, None)),
    "answered": ([("heard", 0), ("answered", 5)], None),
    "writes again": ([("heard", 0), ("answered", 5), ("heard", 8)], (8, 38, None)),
    "checked carefully": ([("heard", 0), ("care", 10, 300)], (0, 120, 300)),
    "a holding message is no answer": ([("heard", 0), ("holding", 10)], (0, 30, None)),
    "over by itself": ([("heard", 0), ("care", 10, 60)], (0, 80, None)),
    "ended early": ([("heard", 0), ("care", 10, 300), ("care_over", 20)], (0, 40, None)),
    "checked before she wrote": ([("care", 0, 50), ("heard", 20)], (20, 80, None)),
    "over before she wrote": ([("care", 0, 10), ("heard", 20)], (20, 50, None)),
    "an answer ends the check": ([("care", 0, 90), ("answered", 5), ("heard", 50)], (50, 80, None)),
}


@pytest.mark.parametrize("name", list(CASES))
def test_reply_clock(name: str) -> None:
    given, wanted = CASES[name]
    turns = [Turn(each[0], second(each[1]), second(each[2]) if len(each) > 2 else None) for each in given]  # type: ignore[arg-type, misc]
    found = read_reply_clock(turns, at=second(100))  # type: ignore[arg-type]
    if wanted is None:
        assert found is None
        return
    since, due, paused_until = wanted
    assert found is not None
    assert (found.since, found.due) == (second(since), second(due))
    assert found.paused_until == (second(paused_until) if paused_until is not None else None)
    assert found.is_late(second(100)) == (paused_until is None and due < 100)  # type: ignore[arg-type, operator]
