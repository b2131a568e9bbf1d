"""Read what somebody typed into a plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import QueryDict

from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.operations.rota.actions import Post, Wall, Week


def parse_post(typed: Mapping[str, str]) -> Post:
    """Return role and place."""
    return Post(typed.get("role", ""), typed.get("site", ""))


def parse_week(typed: QueryDict, *, zone: str, at: datetime) -> Week:
    """Return the days and times of a weekly plan; raise FieldInvalid.

    Without a first day it begins yesterday, so that somebody planned for the night that runs is on call.
    """
    starts = typed.get("starts_on", "")
    ends = typed.get("ends_on", "")
    return Week(
        weekdays=[int(each) for each in typed.getlist("weekday") if each.isdecimal()],
        from_time=_time(typed, "from_time"),
        until_time=_time(typed, "until_time"),
        starts_on=_date(starts, "starts_on") if starts else at.astimezone(ZoneInfo(zone)).date() - timedelta(days=1),
        ends_on=_date(ends, "ends_on") if ends else None,
        priority=1 if typed.get("stands_before") else 0,
    )


def parse_wall(typed: Mapping[str, str], name: str) -> Wall:
    """Return a moment as a clock on the wall shows it: `2026-11-22T03:10`. Raise FieldInvalid."""
    day, _, at = typed.get(name, "").partition("T")
    return Wall(_date(day, name), _time({name: at}, name))


def _date(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FieldInvalid(
            pointer=f"/{name}", field="date", field_zh="日期", reason="missing", reason_zh="未填"
        ) from None


def _time(typed: Mapping[str, str], name: str) -> time:
    try:
        return time.fromisoformat(typed.get(name, "")).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise FieldInvalid(
            pointer=f"/{name}", field="time", field_zh="时间", reason="HH:MM", reason_zh="时:分"
        ) from None
