"""Signing in through the company's own identity provider (OpenID Connect), without keeping what it tells."""

from __future__ import annotations

import hashlib
import hmac

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect

from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.sign_in.phrases import UNKNOWN_ADDRESS
from anxin.desk.foundation.sign_in.queries import find_person_by_address
from anxin.desk.foundation.ui.words import say


class FederationAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Only people who exist come in: found by the token of the provider's id, at first by their verified address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody creates an account this way either."""
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, object]) -> Person:
        """Strip the claims before anything looks them up or stores them; the addresses stay in memory for one call."""
        account = sociallogin.account
        account.uid = _subject_token(account.provider, account.uid)
        account.extra_data = {}
        sociallogin.token = None
        person: Person = sociallogin.user
        return person

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Tie the provider's id to the person with that address; refuse when there is none."""
        addresses = [each.email for each in sociallogin.email_addresses if each.verified]
        sociallogin.email_addresses = []
        if sociallogin.is_existing:
            return
        slug = str(settings.ANXIN.oidc_organisation)
        found = (find_person_by_address(slug=slug, address=each) for each in addresses)
        person = next((each for each in found if each is not None), None)
        if person is None:
            messages.error(request, say(UNKNOWN_ADDRESS))
            raise ImmediateHttpResponse(redirect("account_login"))
        sociallogin.user = sociallogin.account.user = person
        sociallogin.account.save()

    def send_notification_mail(self, *_args: object, **_more: object) -> None:
        """Send nothing."""


def _subject_token(provider: str, subject: str) -> str:
    text = f"anxin.oidc\0{provider}\0{subject}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()
