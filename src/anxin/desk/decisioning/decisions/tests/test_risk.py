"""The fold of risk: bounded, fading, the same however the log is cut, and never lowered by a suspicion."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.desk.decisioning.decisions.risk import (
    HALF_LIFE_MS,
    KEPT_REASONS,
    LEAST,
    VERDICT_POINTS,
    Occasion,
    Risk,
    RiskLevel,
    decode_reasons,
    encode_reasons,
    faded,
    fades_below,
    fold,
    level_of,
    risk_now,
)
from anxin.engine.verdict import Verdict

DAY = 24 * 3_600_000
occasions = st.builds(
    Occasion,
    code=st.sampled_from(["verdict.hold", "verdict.block", "reported", "label.fraud"]),
    detail=st.sampled_from(["", "R1", "R2", "R3"]),
    at=st.integers(0, 60 * DAY),
    seq=st.integers(1, 10**9),
    points=st.floats(0, 60, allow_nan=False),
    is_clearance=st.booleans(),
)


def folded(happened: list[Occasion]) -> Risk:
    risk = Risk()
    for each in happened:
        risk = fold(risk, each)
    return risk


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (0, "NONE"),
        (4.99, "NONE"),
        (5, "LOW"),
        (24.99, "LOW"),
        (25, "ELEVATED"),
        (50, "HIGH"),
        (80, "CRITICAL"),
        (100, "CRITICAL"),
    ],
)
def test_levels_begin_at_their_least_score(score: float, level: str) -> None:
    assert level_of(score) is RiskLevel[level]


def test_two_holds_on_one_day_are_high_and_low_a_month_later() -> None:
    hold = VERDICT_POINTS[Verdict.HOLD]
    risk = folded([Occasion("verdict.hold", "R1", 0, 1, hold), Occasion("verdict.hold", "R1", 0, 2, hold)])
    assert (risk.score, risk.level) == (57.75, RiskLevel.HIGH)
    assert [(each.code, each.detail, each.count, each.seq) for each in risk.reasons] == [("verdict.hold", "R1", 2, 2)]
    assert risk_now(risk, 7 * DAY) == (RiskLevel.ELEVATED, 28.88)
    assert risk_now(risk, 28 * DAY) == (RiskLevel.NONE, 3.61)


def test_a_clearance_takes_most_of_it_away() -> None:
    risk = folded(
        [Occasion("label.fraud", "x", 0, 1, 60.0), Occasion("label.cleared", "x", 0, 2, 0.0, is_clearance=True)]
    )
    assert risk.score == 18.0
    assert {each.code for each in risk.reasons} == {"label.fraud", "label.cleared"}


@pytest.mark.parametrize(
    ("in_force", "level"),
    [([], RiskLevel.NONE), ([Verdict.HOLD], RiskLevel.HIGH), ([Verdict.HOLD, Verdict.FREEZE], RiskLevel.CRITICAL)],
)
def test_what_people_hold_lifts_the_level_and_not_the_score(in_force: list[Verdict], level: RiskLevel) -> None:
    assert risk_now(Risk(), 0, in_force=in_force) == (level, 0.0)


@given(st.lists(occasions, max_size=30))
def test_a_score_stays_within_its_bounds_and_reasons_are_few(happened: list[Occasion]) -> None:
    risk = folded(happened)
    assert 0 <= risk.score <= 100
    assert len(risk.reasons) <= KEPT_REASONS
    assert len({(each.code, each.detail) for each in risk.reasons}) == len(risk.reasons)
    assert risk.at == max((each.at for each in happened), default=0)


@given(st.lists(occasions, max_size=20), st.integers(0, 20))
def test_a_fold_may_be_stored_and_taken_up_anywhere(happened: list[Occasion], cut: int) -> None:
    first = folded(happened[:cut])
    risk = Risk(first.score, first.at, decode_reasons(encode_reasons(first.reasons)))
    for each in happened[cut:]:
        risk = fold(risk, each)
    assert risk == folded(happened)


@given(st.lists(occasions, max_size=10), occasions)
def test_no_suspicion_lowers_what_is_left(happened: list[Occasion], more: Occasion) -> None:
    risk = folded(happened)
    after = fold(risk, more)
    left = faded(risk.score, after.at - risk.at)
    assert after.score <= left + 0.01 if more.is_clearance else after.score >= left - 0.01


@given(st.floats(0, 100), st.integers(0, 90 * DAY), st.integers(0, 90 * DAY))
def test_what_fades_fades_alike_in_one_step_or_in_two(score: float, first: int, second: int) -> None:
    assert faded(faded(score, first), second) == pytest.approx(faded(score, first + second))
    assert faded(score, HALF_LIFE_MS) == pytest.approx(score / 2)


@given(st.floats(0, 100), st.sampled_from(list(RiskLevel)))
def test_the_moment_of_falling_is_the_first_below(score: float, level: RiskLevel) -> None:
    falls = fades_below(Risk(score, 0), level)
    if falls is None:
        assert level is RiskLevel.NONE or score < LEAST[level]
        return
    assert faded(score, falls) < LEAST[level]
    assert faded(score, falls - 1) >= LEAST[level] or math.isclose(faded(score, falls - 1), LEAST[level])
