"""Show times in the zone of whoever reads: the person's own, else the organisation's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from anxin.desk.foundation.organisations.models import Person


class ZoneMiddleware:
    """Sets the zone for the templates of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(ReaderZone(request)):
            return self._get_response(request)


class ReaderZone(tzinfo):
    """The reader's zone, looked up when the first time is shown: a page without times asks nobody."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _zone(self) -> ZoneInfo:
        person = getattr(self._request, "user", None)
        if not isinstance(person, Person):
            return ZoneInfo(settings.TIME_ZONE)
        return ZoneInfo(person.time_zone or person.organisation.time_zone)

    def fromutc(self, at: datetime) -> datetime:
        """Return the instant in the reader's zone."""
        return self._zone.fromutc(at.replace(tzinfo=self._zone))

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        """Return how far the zone is ahead of UTC."""
        return self._zone.utcoffset(at)

    def dst(self, at: datetime | None) -> timedelta | None:
        """Return what summer time adds."""
        return self._zone.dst(at)

    def tzname(self, at: datetime | None) -> str | None:
        """Return the zone's short name."""
        return self._zone.tzname(at)
