"""Day and night of the shop: how busy each minute is, in local time of Asia/Shanghai."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
SHANGHAI_OFFSET_MS = 8 * HOUR_MS
"""China has one time zone and no summer time since 1991, so a constant is exact."""

_HOURLY = (30, 16, 9, 6, 5, 7, 16, 34, 55, 74, 88, 90, 96, 84, 78, 80, 84, 86, 90, 110, 132, 136, 110, 66)
_WEEKEND_PERCENT = 118
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
SALE_DAYS = frozenset({(6, 18), (11, 11), (12, 12)})
SALE_HOURS = (0, 20)
SALE_FACTOR = 5


@dataclass(frozen=True, slots=True)
class Peak:
    """A span of ms UTC, half-open, during which traffic is `factor` times as busy."""

    from_at: int
    until_at: int
    factor: float


def local_hour(at: int) -> int:
    """Return the hour 0–23 in Shanghai at `at`, in ms UTC."""
    return (at + SHANGHAI_OFFSET_MS) % DAY_MS // HOUR_MS


def local_day(at: int) -> int:
    """Return the number of whole days since 1970-01-01 in Shanghai at `at`, in ms UTC."""
    return (at + SHANGHAI_OFFSET_MS) // DAY_MS


def is_weekend(at: int) -> bool:
    """Tell whether `at` is a Saturday or Sunday in Shanghai; 1970-01-01 was a Thursday."""
    return (local_day(at) + 3) % 7 >= 5


def next_local_hour(at: int, hours: range) -> int:
    """Return `at` if its local hour is in `hours`, else the next full hour that is, in ms UTC."""
    if local_hour(at) in hours:
        return at
    at = at - at % HOUR_MS + HOUR_MS
    while local_hour(at) not in hours:
        at += HOUR_MS
    return at


def busyness(at: int, peaks: tuple[Peak, ...] = ()) -> float:
    """Return how busy the shop is at `at`, in ms UTC, relative to other times; always above 0."""
    rate = float(_HOURLY[local_hour(at)])
    if is_weekend(at):
        rate *= _WEEKEND_PERCENT / 100
    for peak in peaks:
        if peak.from_at <= at < peak.until_at:
            rate *= peak.factor
    return rate


def sale_peaks(start_at: int, days: float) -> tuple[Peak, ...]:
    """Return the peak hours of the sale days 6-18, 11-11 and 12-12 that fall in the period."""
    first = local_day(start_at)
    peaks = []
    for day in range(first, first + int(days) + 2):
        if _month_and_day(day) in SALE_DAYS:
            midnight = day * DAY_MS - SHANGHAI_OFFSET_MS
            opens = [midnight + hour * HOUR_MS for hour in SALE_HOURS]
            peaks += [Peak(at, at + HOUR_MS, SALE_FACTOR) for at in opens]
    return tuple(peaks)


def _month_and_day(day: int) -> tuple[int, int]:
    civil = date.fromordinal(_EPOCH_ORDINAL + day)
    return civil.month, civil.day
