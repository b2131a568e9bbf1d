"""Pages for people who are not in yet: an invitation, and the first run."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.organisations.errors import InvitationInvalid
from anxin.desk.foundation.organisations.forms import SettingsForm, SiteForm
from anxin.desk.foundation.organisations.invitations import accept_invitation, find_invitation
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.sign_in import first_run
from anxin.desk.foundation.sign_in.phrases import LENGTH, NOT_THE_SAME, spoken_late
from anxin.desk.foundation.ui.words import Words, say


def _password(zh: str, en: str, hint: Words | None = None) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"class": "input", "autocomplete": "new-password"})
    help_text = spoken_late(hint) if hint else ""
    label = spoken_late(Words(zh, en))
    return forms.CharField(label=label, widget=widget, strip=False, max_length=256, help_text=help_text)


class ArrivalForm(forms.Form):
    """A new password, twice."""

    password1 = _password("设置密码", "Choose a password", LENGTH)
    password2 = _password("再次输入密码", "The password again")

    def __init__(self, *args: Any, username: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._username = username

    def clean(self) -> dict[str, Any]:
        """Refuse what is weak, or not twice the same."""
        given = super().clean() or {}
        first, second = given.get("password1", ""), given.get("password2", "")
        if first != second:
            raise ValidationError({"password2": say(NOT_THE_SAME)})
        try:
            validate_password(first, Person(username=self._username or given.get("username", "")))
        except ValidationError as weak:
            raise ValidationError({"password1": weak.messages}) from None
        return given


class BeginningForm(ArrivalForm):
    """The first organisation, its first site and administrator."""

    code = forms.CharField(
        label=spoken_late(Words("启动码", "Code of the first run")),
        max_length=40,
        help_text=spoken_late(
            Words(
                "见服务器启动时的输出，或数据目录中的 first-run.code。",
                "Printed by the server at its start; also in first-run.code.",
            )
        ),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    organisation = SettingsForm.base_fields["name"]
    time_zone = SettingsForm.base_fields["time_zone"]
    is_small_team = SettingsForm.base_fields["is_small_team"]
    platform = SiteForm.base_fields["platform"]
    business_line = SiteForm.base_fields["business_line"]
    region = SiteForm.base_fields["region"]
    username = forms.CharField(
        label=spoken_late(Words("管理员登录名", "Administrator's sign-in name")),
        max_length=32,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "username", "autocapitalize": "none"}),
    )
    name = forms.CharField(
        label=spoken_late(Words("管理员姓名", "Administrator's name")),
        max_length=60,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "name"}),
    )
    field_order = ("code", "organisation", "time_zone", "is_small_team", "platform", "business_line", "region")


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited person choose a password, and in."""
    at = cast("DeskRequest", request).moment
    found = find_invitation(token=token, at=at)
    if found is None:
        raise InvitationInvalid
    form = ArrivalForm(request.POST or None, username=found.username)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "username": found.username}
        return render(request, "sign_in/invitation.html", context, status=422 if form.is_bound else 200)
    if request.user.is_authenticated:
        get_adapter().logout(request)
    return _let_in(request, accept_invitation(token=token, password=form.cleaned_data["password1"], at=at))


@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """Found the first organisation."""
    if not first_run.is_empty():
        return redirect("account_login")
    first_run.first_run_code()
    where = {"platform": "*", "business_line": "*", "region": "*", "time_zone": "Asia/Shanghai"}
    form = BeginningForm(request.POST or None, initial=where)
    if request.method != "POST" or not form.is_valid():
        return render(request, "sign_in/begin.html", {"form": form}, status=422 if form.is_bound else 200)
    at, given = cast("DeskRequest", request).moment, dict(form.cleaned_data)
    first_run.check_code(given.pop("code"), at=at)
    password, _ = given.pop("password1"), given.pop("password2")
    return _let_in(request, first_run.begin(first_run.Beginning(**given), password=password, at=at))


def _let_in(request: HttpRequest, person: Person) -> HttpResponse:
    login = Login(user=person, redirect_url="/accounts/2fa/")
    response: HttpResponse = perform_password_login(request, {"username": person.username}, login)
    return response
