"""Paths of the way in: those of the library that are in use here, under the library's own names, and ours."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.webauthn import views as passkeys
from django.contrib.auth.decorators import login_required
from django.urls import include, path

from anxin.desk.foundation.sign_in import arrival, pages, reenrolment_pages, steps

factors = [
    path("", mfa.index, name="mfa_index"),
    path("authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", steps.VerifyByCode.as_view(), name="mfa_reauthenticate"),
    path("totp/activate/", steps.AddAuthenticator.as_view(), name="mfa_activate_totp"),
    path("totp/deactivate/", login_required(steps.RemoveAuthenticator.as_view()), name="mfa_deactivate_totp"),
    path("recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/generate/", steps.MakeCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("webauthn/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("webauthn/add/", steps.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("webauthn/reauthenticate/", steps.VerifyByPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("webauthn/keys/<int:pk>/remove/", steps.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("webauthn/keys/<int:pk>/edit/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("webauthn/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
]

urlpatterns = [
    path("login/", steps.SignIn.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", login_required(steps.VerifyByPassword.as_view()), name="account_reauthenticate"),
    path("password/change/", login_required(steps.ChangePassword.as_view()), name="account_change_password"),
    path("invitation/<str:token>/", arrival.invitation, name="invitation"),
    path("reenrolment/<str:token>/", reenrolment_pages.reenrolment, name="reenrolment"),
    path("begin/", arrival.begin, name="first_run"),
    path("2fa/", include(factors)),
    path("oidc/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("sessions/", pages.my_sessions, name="my_sessions"),
    path("sessions/all/", pages.sessions, name="sessions"),
    path("sessions/<str:ref>/revoke/", pages.revoke_session, name="revoke_session"),
    path("step-up/", pages.step_up, name="step_up"),
]
