from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.engine.brakes import COOL_DOWN_MS, MINUTE_MS, Brakes, BrakesDump, BrakeTripped, RuleBudget
from anxin.engine.verdict import Verdict

START = 1_700_000_000_000 // MINUTE_MS * MINUTE_MS
HOUR_MS = 60 * MINUTE_MS
FREEZE, REVIEW = Verdict.FREEZE, Verdict.REVIEW


def brakes(**bounds: object) -> Brakes:
    return Brakes([None, RuleBudget("R1", owner="wu", **bounds)])


def fire(watch: Brakes, t: int, *, amount: int | None = None, currency: str | None = "CNY") -> bool:
    watch.count_decision(t)
    verdict, braked = watch.apply(1, t, FREEZE, amount, currency)
    assert verdict is (REVIEW if braked else FREEZE)
    return braked


def test_the_action_past_the_budget_is_weakened_and_told_once() -> None:
    watch = brakes(per_hour=3)
    assert [fire(watch, START + i) for i in range(6)] == [False, False, False, True, True, True]
    assert watch.take_trips() == [BrakeTripped("R1", START + 3, "per_hour", 4, 3, "wu")]
    assert watch.take_trips() == []
    assert watch.braked() == ["R1"]


def test_the_brake_ends_a_cool_down_after_the_breach() -> None:
    watch = brakes(per_hour=1)
    assert [fire(watch, START), fire(watch, START + 1)] == [False, True]
    calm = START + HOUR_MS
    assert fire(watch, calm) is False
    assert fire(watch, calm + 1) is True
    assert len(watch.take_trips()) == 2
    assert watch.braked() == ["R1"]
    watch.count_decision(calm + COOL_DOWN_MS)
    assert watch.braked() == ["R1"]
    watch.count_decision(calm + 1 + COOL_DOWN_MS)
    assert watch.braked() == []


def test_a_going_breach_is_one_trip() -> None:
    watch = brakes(per_hour=5)
    for minute in range(180):
        assert fire(watch, START + minute * MINUTE_MS) is (minute >= 5)
    assert len(watch.take_trips()) == 1


def test_money_counts_in_its_currency_only() -> None:
    watch = brakes(money_per_hour=1000, currency="CNY")
    assert fire(watch, START, amount=900) is False
    assert fire(watch, START, amount=5000, currency="EUR") is False
    assert fire(watch, START, amount=None) is False
    assert fire(watch, START, amount=100) is False
    assert fire(watch, START, amount=1) is True
    assert watch.take_trips()[0] == BrakeTripped("R1", START, "money_per_hour", 1001, 1000, "wu")


def test_a_share_needs_a_hundred_decisions() -> None:
    watch = brakes(share=0.02)
    assert [fire(watch, START) for _ in range(3)] == [False] * 3
    for _ in range(95):
        watch.count_decision(START)
    assert fire(watch, START) is False
    assert fire(watch, START) is True
    assert watch.take_trips()[0] == BrakeTripped("R1", START, "share", 0.05, 0.02, "wu")


def test_release_starts_the_budgets_anew() -> None:
    watch = brakes(share=0.02, per_hour=2)
    for _ in range(200):
        watch.count_decision(START)
    assert [fire(watch, START) for _ in range(3)] == [False, False, True]
    assert watch.release("R1") is True
    assert watch.release("R1") is False
    assert watch.release("R9") is False
    assert [fire(watch, START + MINUTE_MS) for _ in range(3)] == [False, False, True]
    assert [trip.at for trip in watch.take_trips()] == [START, START + MINUTE_MS]


@pytest.mark.parametrize("verdict", [Verdict.ALLOW, Verdict.CHALLENGE, REVIEW])
def test_what_is_not_stronger_than_review_stays(verdict: Verdict) -> None:
    watch = brakes(per_hour=0)
    watch.count_decision(START)
    assert watch.apply(1, START, verdict, None, None) == (verdict, False)
    assert len(watch.take_trips()) == (verdict > Verdict.ALLOW)


def test_a_rule_without_budget_is_left_alone() -> None:
    watch = Brakes([None, RuleBudget("R1")])
    for index in (0, 1):
        assert watch.apply(index, START, FREEZE, 10**12, "CNY") == (FREEZE, False)


def test_a_late_event_counts_in_its_minute_and_meets_the_brake_of_now() -> None:
    watch = brakes(per_hour=2)
    watch.count_decision(START)
    assert fire(watch, START - HOUR_MS) is False
    assert fire(watch, START - 59 * MINUTE_MS) is False
    assert fire(watch, START) is False
    assert fire(watch, START - HOUR_MS) is False
    assert fire(watch, START - MINUTE_MS) is True
    assert fire(watch, START - HOUR_MS) is True


steps = st.lists(
    st.tuples(st.integers(-3, 40), st.sampled_from(["decide", "fire", "release"]), st.integers(0, 60)), max_size=80
)


@given(steps, st.integers(0, 79))
def test_a_restored_brake_goes_on_as_the_first(script: list[tuple[int, str, int]], cut: int) -> None:
    budget = RuleBudget("R1", share=0.5, per_hour=7, money_per_hour=300, currency="CNY")
    first, second = Brakes([budget]), Brakes([None, budget])
    t = START
    for index, (minutes, act, amount) in enumerate(script):
        if index == cut:
            second.load(msgspec.json.decode(msgspec.json.encode(first.dump()), type=BrakesDump))
            first.take_trips()
        t += minutes * MINUTE_MS
        outcomes = [_act(watch, place, t, act, amount) for watch, place in ((first, 0), (second, 1))]
        assert index < cut or outcomes[0] == outcomes[1]
    if cut < len(script):
        assert (first.dump(), first.take_trips()) == (second.dump(), second.take_trips())


def _act(watch: Brakes, place: int, t: int, act: str, amount: int) -> object:
    if act == "release":
        return watch.release("R1")
    watch.count_decision(t)
    return watch.apply(place, t, FREEZE, amount, "CNY") if act == "fire" else None


@given(st.lists(st.integers(-70, 70), min_size=1, max_size=60))
def test_the_hour_agrees_with_a_plain_count(minutes: list[int]) -> None:
    watch, seen = brakes(per_hour=4), []
    tripped_until = 0
    for offset in minutes:
        t = START + offset * MINUTE_MS
        kept = [each for each in seen if each > max([*seen, t]) - HOUR_MS]
        now = max([*seen, t])
        counted = [*kept, t] if t > now - HOUR_MS else kept
        if len(counted) > 4:
            tripped_until = now + COOL_DOWN_MS
        assert fire(watch, t) is (now < tripped_until)
        seen.append(t)
