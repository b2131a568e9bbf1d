"""From layers and overrides to who is on call when: pure, instants in UTC, periods half-open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from anxin.desk.operations.rota.wall_clock import instant_of

DAY = timedelta(days=1)


@dataclass(frozen=True)
class WeeklyLayer:
    """A layer as planned; `weekdays` 0 is Monday; `ends_on` None: it goes on."""

    layer_id: str
    person_id: str
    zone: str
    weekdays: frozenset[int]
    from_time: time
    until_time: time
    starts_on: date
    ends_on: date | None = None
    priority: int = 0


@dataclass(frozen=True)
class Shift:
    """Somebody on call for a while; `shift_id` is the same whenever it is worked out. Higher `rank` stands alone."""

    shift_id: str
    person_id: str
    begin: datetime
    end: datetime
    rank: tuple[int, int] = (0, 0)
    is_override: bool = False


@dataclass(frozen=True)
class Stretch:
    """A time during which the same people are on call; nobody is a gap."""

    begin: datetime
    end: datetime
    people: tuple[str, ...]


def shifts_of(layer: WeeklyLayer, begin: datetime, end: datetime) -> Iterator[Shift]:
    """Yield the layer's shifts that touch the window, first to last."""
    zone = ZoneInfo(layer.zone)
    day = max(begin.astimezone(zone).date() - 2 * DAY, layer.starts_on)
    last = end.astimezone(zone).date() + DAY
    last = last if layer.ends_on is None else min(last, layer.ends_on)
    while day <= last:
        if day.weekday() in layer.weekdays:
            shift = _shift(layer, day)
            if shift.begin < end and begin < shift.end:
                yield shift
        day += DAY


def _shift(layer: WeeklyLayer, day: date) -> Shift:
    until_day = day + DAY if layer.until_time <= layer.from_time else day
    begin = instant_of(day, layer.from_time, layer.zone)
    end = instant_of(until_day, layer.until_time, layer.zone)
    return Shift(f"{layer.layer_id}:{day.isoformat()}", layer.person_id, begin, end, (0, layer.priority))


def people_at(shifts: Iterable[Shift], at: datetime) -> tuple[str, ...]:
    """Return who is on call at an instant: of the shifts that hold it the highest rank, without repeats."""
    there = [each for each in shifts if each.begin <= at < each.end]
    highest = max((each.rank for each in there), default=None)
    return tuple(dict.fromkeys(each.person_id for each in there if each.rank == highest))


def stretches(shifts: Sequence[Shift], begin: datetime, end: datetime) -> tuple[Stretch, ...]:
    """Return the window cut where the people change, first to last, without holes."""
    inside = {each for shift in shifts for each in (shift.begin, shift.end) if begin < each < end}
    edges = [begin, *sorted(inside), end] if begin < end else []
    made: list[Stretch] = []
    for one, other in pairwise(edges):
        people = people_at(shifts, one)
        if made and made[-1].people == people:
            made[-1] = Stretch(made[-1].begin, other, people)
        else:
            made.append(Stretch(one, other, people))
    return tuple(made)


def gaps(shifts: Sequence[Shift], begin: datetime, end: datetime) -> tuple[Stretch, ...]:
    """Return the times of the window in which nobody is on call."""
    return tuple(each for each in stretches(shifts, begin, end) if not each.people)
