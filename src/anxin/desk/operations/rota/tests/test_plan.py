"""Shifts over the changes of the clock, and gaps as the complement of shifts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anxin.desk.operations.rota.plan import Shift, WeeklyLayer, gaps, people_at, shifts_of, stretches
from anxin.desk.operations.rota.roles import duty_roles, find_role
from anxin.desk.operations.rota.wall_clock import instant_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("Asia/Shanghai", date(2026, 3, 29), time(2, 30), "2026-03-28T18:30"),
        ("Europe/Berlin", date(2026, 3, 29), time(1, 59), "2026-03-29T00:59"),
        ("Europe/Berlin", date(2026, 3, 29), time(2), "2026-03-29T01:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29T01:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(3), "2026-03-29T01:00"),
        ("Europe/Berlin", date(2026, 10, 25), time(2), "2026-10-25T00:00"),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),
        ("Europe/Berlin", date(2026, 10, 25), time(3), "2026-10-25T02:00"),
        ("America/New_York", date(2026, 3, 8), time(2, 15), "2026-03-08T07:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), "2026-10-03T15:30"),
        ("America/Havana", date(2026, 3, 8), time(0), "2026-03-08T05:00"),
        ("Asia/Kathmandu", date(2026, 1, 1), time(0), "2025-12-31T18:15"),
    ],
)
def test_the_wall_clock_means_one_instant(zone: str, day: date, at: time, expected: str) -> None:
    assert instant_of(day, at, zone).isoformat(timespec="minutes") == f"{expected}+00:00"


slowly = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
"""Another process may have the machine for a while: nothing here is about speed."""
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "UTC")


@slowly
@given(st.sampled_from(ZONES), st.integers(0, 365), st.integers(0, 1439), st.integers(0, 1439))
def test_the_order_of_the_wall_is_the_order_of_instants(zone: str, offset: int, one: int, other: int) -> None:
    day = date(2026, 1, 1) + timedelta(days=offset)
    early, late = sorted((one, other))
    assert instant_of(day, time(*divmod(early, 60)), zone) <= instant_of(day, time(*divmod(late, 60)), zone)


def weekly(person: str, begin: time, end: time, zone: str = "Europe/Berlin", days: str = "0123456") -> WeeklyLayer:
    return WeeklyLayer("lay", person, zone, frozenset(map(int, days)), begin, end, date(2026, 1, 1))


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9), (date(2026, 6, 1), 8)])
def test_a_night_shift_has_the_hours_the_night_has(day: date, hours: int) -> None:
    begin = instant_of(day, time(22), "Europe/Berlin")
    (shift,) = [
        each
        for each in shifts_of(weekly("a", time(22), time(6)), begin, begin + timedelta(hours=1))
        if each.begin == begin
    ]
    assert (shift.end - shift.begin, shift.shift_id) == (timedelta(hours=hours), f"lay:{day}")


@slowly
@given(st.sampled_from(ZONES), st.integers(0, 1439), st.integers(0, 365))
def test_two_halves_of_the_day_leave_no_gap_in_a_year(zone: str, cut: int, offset: int) -> None:
    if cut == 0:
        return
    edge = time(*divmod(cut, 60))
    begin = datetime(2026, 1, 2, tzinfo=UTC) + timedelta(days=offset)
    end = begin + timedelta(days=3)
    layers = (weekly("a", time(0), edge, zone), weekly("b", edge, time(0), zone))
    shifts = [each for layer in layers for each in shifts_of(layer, begin, end)]
    assert gaps(shifts, begin, end) == ()
    assert {each.people for each in stretches(shifts, begin, end)} <= {("a",), ("b",)}


SHIFT = st.builds(
    lambda number, person, begin, length, rank, is_override: Shift(
        f"s{number}",
        person,
        NOON + timedelta(minutes=begin),
        NOON + timedelta(minutes=begin + length),
        (1 if is_override else 0, rank),
        is_override,
    ),
    st.integers(0, 99),
    st.sampled_from("abc"),
    st.integers(-30, 100),
    st.integers(1, 60),
    st.integers(0, 2),
    st.booleans(),
)


@slowly
@given(st.lists(SHIFT, max_size=8))
def test_gaps_are_what_shifts_leave(shifts: list[Shift]) -> None:
    end = NOON + timedelta(minutes=90)
    found = gaps(shifts, NOON, end)
    minutes = [NOON + timedelta(minutes=each) for each in range(90)]
    empty = {at for at in minutes if not any(each.begin <= at < each.end for each in shifts)}
    assert {at for at in minutes if any(gap.begin <= at < gap.end for gap in found)} == empty
    assert all(one.end < other.begin for one, other in pairwise(found))
    parts = stretches(shifts, NOON, end)
    assert (parts[0].begin, parts[-1].end) == (NOON, end)
    assert all(one.end == other.begin for one, other in pairwise(parts))
    assert all(set(people_at(shifts, at)) == set(_slowly(shifts, at)) for at in minutes)


def _slowly(shifts: list[Shift], at: datetime) -> list[str]:
    there = [each for each in shifts if each.begin <= at and not each.end <= at]
    return [one.person_id for one in there if not any(other.rank > one.rank for other in there)]


def test_every_step_of_the_ladder_calls_a_role_or_nobody_in_person() -> None:
    steps = ("primary", "secondary", "lead", "duty_manager", "head", "page", "queue")
    roles = [find_role(each) for each in steps]
    assert roles == ["primary", "secondary", "lead", "duty_manager", "head", "primary", None]
    assert list(duty_roles()) == ["primary", "secondary", "lead", "duty_manager", "head", "mentor"]
