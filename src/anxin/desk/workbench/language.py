"""Speak the language that a person chose, in a browser that has chosen none."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from anxin.desk.foundation.organisations.models import Person


class LanguageMiddleware:
    """Sets the person's language; the browser's own choice (a cookie) goes before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = _chosen(request)
        if chosen:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        return self._get_response(request)


def _chosen(request: HttpRequest) -> str:
    """Return the person's language, "" when the browser chose itself or nobody is signed in."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    person = getattr(request, "user", None)
    return person.language if isinstance(person, Person) else ""
