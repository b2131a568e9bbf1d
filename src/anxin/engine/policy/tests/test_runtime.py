"""The functions of the language against slow, obvious ones."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.engine.policy.language.runtime import Calendar, Tokens, distance_km

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Monrovia", "UTC"]
CALENDARS = {name: Calendar(name) for name in ZONES}


@given(st.sampled_from(ZONES), st.integers(-62_000_000_000_000, 253_000_000_000_000))
def test_the_calendar_is_that_of_the_time_zone(zone: str, t: int) -> None:
    moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=t)).astimezone(zoneinfo.ZoneInfo(zone))
    assert (CALENDARS[zone].hour(t), CALENDARS[zone].weekday(t)) == (moment.hour, moment.weekday())


@pytest.mark.parametrize("t", [-(2**53), 2**53, 253_402_300_800_000])
def test_no_hour_outside_the_calendar(t: int) -> None:
    assert CALENDARS["UTC"].hour(t) is None
    assert CALENDARS["UTC"].weekday(t) is None


@pytest.mark.parametrize(
    ("places", "kilometres"),
    [
        ((0, 0, 0, 0), 0.0),
        ((0, 0, 0, 1_800_000), 20_015.1),
        ((900_000, 0, -900_000, 0), 20_015.1),
        ((399_042, 1_164_074, 312_304, 1_214_737), 1067.3),
        ((2**53, 2**53, -(2**53), 5), None),
    ],
)
def test_distances(places: tuple[int, int, int, int], kilometres: float | None) -> None:
    found = distance_km(*places)
    assert 0 <= found <= 20_015.2
    if kilometres is not None:
        assert round(found, 1) == kilometres


def test_tokens_depend_on_key_kind_and_value() -> None:
    token = Tokens(b"k" * 32).personal
    found = {
        token("phone", "+8613800000000"),
        token("email", "+8613800000000"),
        Tokens(b"j" * 32).personal("phone", "+8613800000000"),
    }
    assert len(found) == 3
    assert all(len(each) == 32 for each in found)
