"""What generated code and the interpreter both call: the functions of the language that are more than an operator."""

from __future__ import annotations

import functools
import hashlib
import math
import zoneinfo
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

EARTH_RADIUS_KM = 6371.0088
Lookup = Callable[[str | int, int], bool]
_DEGREES_E4 = 10_000
_FIRST_MS = -62_135_510_400_000  # year 1 and 9999, a day inside, so that no time zone leaves the calendar
_WHOLE_MINUTES_MS = 94_694_400_000  # 1973
_LAST_MS = 253_402_214_400_000


class Lists(Protocol):
    """Named lists as rules see them."""

    def lookup(self, name: str) -> Lookup:
        """Return the look-up of a list; an unknown list is empty."""


class NoLists:
    """No list has entries."""

    def lookup(self, name: str) -> Lookup:
        """Return a look-up that finds nothing."""
        return _nothing


def _nothing(_value: str | int, _t: int) -> bool:
    return False


class Tokens:
    """Keyed tokens of personal values: the hex of BLAKE2b-128 over `kind:value`."""

    def __init__(self, index_key: bytes) -> None:
        self.personal = functools.lru_cache(maxsize=8192)(functools.partial(_personal_token, index_key))


def _personal_token(index_key: bytes, kind: str, value: str) -> str:
    return hashlib.blake2b(f"{kind}:{value}".encode(), digest_size=16, key=index_key).hexdigest()


class Calendar:
    """Local hours and weekdays of one time zone; None outside the years 1 to 9999."""

    def __init__(self, timezone: str) -> None:
        self._second = functools.partial(_local_of_second, zoneinfo.ZoneInfo(timezone))
        self._minute = functools.lru_cache(maxsize=4096)(self._second)

    def hour(self, t: int) -> int | None:
        """Return 0–23."""
        found = self._local(t)
        return None if found is None else found[0]

    def weekday(self, t: int) -> int | None:
        """Return 0 (Monday) to 6."""
        found = self._local(t)
        return None if found is None else found[1]

    def _local(self, t: int) -> tuple[int, int] | None:
        # Since 1973 every offset and every change of one falls on whole minutes: one answer serves the minute.
        if _WHOLE_MINUTES_MS < t < _LAST_MS:
            return self._minute(t // 60_000 * 60)
        return self._second(t // 1000) if _FIRST_MS < t < _LAST_MS else None


def _local_of_second(zone: zoneinfo.ZoneInfo, seconds: int) -> tuple[int, int]:
    moment = datetime.fromtimestamp(seconds, zone)
    return moment.hour, moment.weekday()


def distance_km(lat_e4: int, lon_e4: int, other_lat_e4: int, other_lon_e4: int) -> float:
    """Return the great-circle distance of two places given in 1/10000 degree."""
    lat, other_lat = math.radians(lat_e4 / _DEGREES_E4), math.radians(other_lat_e4 / _DEGREES_E4)
    half_lat = (other_lat - lat) / 2
    half_lon = math.radians((other_lon_e4 - lon_e4) / _DEGREES_E4) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat) * math.cos(other_lat) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, max(0.0, chord))))


def any_on(lookup: Lookup, texts: Iterable[str], t: int) -> bool:
    """Return whether any of the texts is on the list."""
    return any(lookup(each, t) for each in texts)
