from __future__ import annotations

from itertools import islice, pairwise

import pytest

from anxin.simulator.event_ids import EventIds, id_time
from anxin.simulator.labelled import Labelled
from anxin.simulator.retiming import retimed
from anxin.simulator.tests.streams import alone, mixed

NOW = 1_900_000_000_000


@pytest.mark.parametrize("speed", [0.5, 1.0, 60.0])
def test_order_and_gaps_stay_in_proportion(speed: float) -> None:
    old = list(islice(mixed(), 2_000))
    new = list(retimed(old, NOW, speed))
    assert new[0].arrival_at == NOW
    for was, now in zip(old, new, strict=True):
        assert now.arrival_at - NOW == int((was.arrival_at - old[0].arrival_at) / speed)
        assert now.label == was.label
    assert all(a.arrival_at <= b.arrival_at for a, b in pairwise(new))


def test_a_second_start_shares_no_id_and_retries_keep_theirs() -> None:
    first, second = (list(retimed(mixed(), at)) for at in (NOW, NOW + 60_000))
    ids = [{item.event["event_id"] for item in each} for each in (first, second)]
    assert len(ids[0]) == len({item.event["event_id"] for item in mixed()})
    assert ids[0] & ids[1] == set()


def test_times_inside_the_event_and_ids_of_other_events_move_along() -> None:
    told = {"event_id": EventIds("x").draw(NOW), "occurred_at": NOW, "last_login_at": NOW - 500}
    reveal = {"event_id": "0" * 26, "occurred_at": NOW + 9, "disputed_event_id": told["event_id"]}
    label = alone("structuring")[0].label
    pair = [Labelled(NOW, told, label), Labelled(NOW + 9, reveal, label)]
    moved, revealed = (item.event for item in retimed(pair, NOW + 1_000))
    assert moved["occurred_at"] == NOW + 1_000
    assert moved["last_login_at"] == NOW + 500
    assert id_time(moved["event_id"]) == NOW + 1_000
    assert revealed["disputed_event_id"] == moved["event_id"]


def test_speed_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match="speed"):
        next(retimed(mixed(), NOW, 0))


def test_ids_tell_their_time_and_are_unique() -> None:
    ids = EventIds("a")
    drawn = [ids.draw(NOW + i // 4) for i in range(4_000)]
    assert len(set(drawn)) == 4_000
    assert [id_time(each) for each in drawn] == [NOW + i // 4 for i in range(4_000)]
    assert all(len(each) == 26 for each in drawn)
