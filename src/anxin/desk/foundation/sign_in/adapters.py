"""How the sign-in library treats accounts here: closed, and silent about who exists."""

from __future__ import annotations

import time
import unicodedata
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.sign_in import entry
from anxin.desk.foundation.sign_in.actions import note_locked
from anxin.desk.foundation.sign_in.phrases import (
    LOCKED,
    NEEDS_LINK,
    PASSWORD_WRONG,
    SLOW_DOWN,
    TOLD,
    WRONG,
    spoken_late,
)
from anxin.desk.foundation.sign_in.queries import find_person
from anxin.desk.foundation.sign_in.reenrolments import waits_for_link
from anxin.desk.foundation.sign_in.tries import count_failure, is_locked, name_token
from anxin.desk.foundation.ui.words import say

_FRESH_SECONDS = 300


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Nobody signs up; a locked name costs as much time as an open one; no mail is sent."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": spoken_late(WRONG),
        "invalid_login": spoken_late(WRONG),
        "incorrect_password": spoken_late(PASSWORD_WRONG),
        "enter_current_password": spoken_late(PASSWORD_WRONG),
        "too_many_login_attempts": spoken_late(LOCKED),
        "rate_limited": spoken_late(SLOW_DOWN),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody creates an account: people are invited."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Return the person whose password it is; count what fails, known name or not."""
        at = cast("DeskRequest", request).moment
        typed = unicodedata.normalize("NFKC", str(credentials.get("username", ""))).strip().casefold()
        token = name_token(typed)
        if is_locked(token, at=at):
            make_password(str(credentials.get("password", "")))  # takes as long as looking would
            raise self.validation_error("too_many_login_attempts")
        found = super().authenticate(request, **(credentials | {"username": typed}))
        if isinstance(found, Person) and found.is_active:
            return found
        if count_failure(token, at=at):
            person = find_person(username=typed)
            if person is not None:
                note_locked(person=person, what="password", at=at)
        return None

    def login(self, request: HttpRequest, user: Person) -> None:
        """Sign in, and begin the session; whose factors were reset comes in by the link, whatever way was taken."""
        if waits_for_link(user):
            messages.warning(request, say(NEEDS_LINK))
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)
        entry.enter(request, user)

    def logout(self, request: HttpRequest) -> None:
        """End the session, and sign out."""
        entry.leave(request)
        super().logout(request)

    def is_safe_url(self, url: str) -> bool:
        """Return whether one may be sent on there: this host only."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def is_reauthentication_required(self, *, app: str, **_more: object) -> bool:
        """Return whether the person has to show again who they are: not within minutes of showing it."""
        request = context.request
        records = get_authentication_records(request, request.user)
        return not any(time.time() - each["at"] < _FRESH_SECONDS for each in records)

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, str]]:
        """Return the ways to show again who one is: whoever has a second factor shows that."""
        methods: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return [each for each in methods if each["id"].startswith("mfa")] or methods

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *_context: Any, **more: Any
    ) -> None:
        """Say it in our words, or not at all."""
        name = (message_template or "").rpartition("/")[2].removesuffix(".txt")
        text = say(TOLD[name]) if name in TOLD else more.get("message")
        if text:
            messages.add_message(request, level, text)

    def send_notification_mail(self, *_args: Any, **_more: Any) -> None:
        """Send nothing: what happened stands in the trail, and nobody's address is kept in clear."""
