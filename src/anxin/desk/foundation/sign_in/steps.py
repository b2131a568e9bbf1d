"""The library's steps, each followed by what the desk keeps of it: the session's strength and the trail."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.views import LoginView, PasswordChangeView
from allauth.account.views import ReauthenticateView as PasswordView
from allauth.mfa.base.views import ReauthenticateView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.sign_in.actions import note_credential
from anxin.desk.foundation.sign_in.entry import verify
from anxin.desk.foundation.sign_in.first_run import is_empty


def _providers() -> list[dict[str, str]]:
    found = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return [
        {"name": each["name"], "href": reverse("openid_connect_login", args=[each["provider_id"]])} for each in found
    ]


def _note(request: HttpRequest, act: str, kind: str = "") -> None:
    person, ref = cast("Person", request.user), request.session.get("session_ref", "")
    note_credential(act, person=person, ref=ref, at=cast("DeskRequest", request).moment, kind=kind)


class SignIn(LoginView):  # type: ignore[misc]  # the library has no types
    """Name and password, a passkey, or the company's provider."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form; an empty installation is founded first."""
        if is_empty():
            return redirect("first_run")
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the company's provider, if there is one."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["federation"] = _providers()
        return context


class AddAuthenticator(ActivateTOTPView):  # type: ignore[misc]  # the library has no types
    """Set up an authenticator app: its first code counts as a factor shown."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Store it."""
        response: HttpResponse = super().form_valid(form)
        _note(self.request, "factor.add", "totp")
        verify(self.request)
        return response


class RemoveAuthenticator(DeactivateTOTPView):  # type: ignore[misc]
    """Remove the authenticator app."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it."""
        response: HttpResponse = super().form_valid(form)
        _note(self.request, "factor.remove", "totp")
        return response


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """Add a passkey: making one counts as a factor shown."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Store it."""
        response: HttpResponse = super().form_valid(form)
        _note(self.request, "factor.add", "passkey")
        verify(self.request)
        return response


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    """Remove a passkey."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it."""
        from_library: HttpResponse = super().form_valid(form)
        _note(self.request, "factor.remove", "passkey")
        return from_library


class MakeCodes(GenerateRecoveryCodesView):  # type: ignore[misc]
    """Make recovery codes; older ones are void."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Make them."""
        response: HttpResponse = super().form_valid(form)
        _note(self.request, "codes.make")
        return response


class VerifyByCode(ReauthenticateView):  # type: ignore[misc]
    """Show the factor again, by code."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Count it as shown, and go on."""
        verify(self.request)
        response: HttpResponse = super().form_valid(form)
        return response


class VerifyByPasskey(ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Show the factor again, by passkey."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Count it as shown, and go on."""
        verify(self.request)
        response: HttpResponse = super().form_valid(form)
        return response


class VerifyByPassword(PasswordView):  # type: ignore[misc]
    """Give the password again; a demonstration, whose people have no second factor, takes it for one."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Count it where it counts, and go on."""
        if settings.ANXIN.demo:
            verify(self.request)
        response: HttpResponse = super().form_valid(form)
        return response


class ChangePassword(PasswordChangeView):  # type: ignore[misc]
    """Change the password."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Store it; the session goes on."""
        response: HttpResponse = super().form_valid(form)
        _note(self.request, "password.change")
        return response
