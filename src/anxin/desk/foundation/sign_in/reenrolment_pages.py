"""The two ends of a re-enrolment: the colleague who opens it, and the person whom its link leads back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import require_fresh
from anxin.desk.foundation.sign_in import password_links, reenrolments
from anxin.desk.foundation.sign_in.arrival import ArrivalForm
from anxin.desk.foundation.sign_in.errors import ReenrolmentInvalid
from anxin.desk.foundation.sign_in.phrases import PASSWORD_CHOSEN, PASSWORD_WRONG, spoken_late
from anxin.desk.foundation.ui.words import Words, say


class ReasonForm(forms.Form):
    """Why, and how it was made sure that it is really that person."""

    reason = forms.CharField(
        label=spoken_late(Words("理由", "Reason")),
        help_text=spoken_late(
            Words(
                "写明如何确认是本人（当面、视频、工牌）。", "Say how you made sure who it is: met, by video, by badge."
            )
        ),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )


class PasswordForm(forms.Form):
    """The person's own password; `admitted` is she, once it was right."""

    password = forms.CharField(
        label=spoken_late(Words("密码", "Password")),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, username: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request, self._username = request, username
        self.admitted: Any = None

    def clean_password(self) -> str:
        """Try it; what fails is counted like at the sign-in."""
        typed = str(self.cleaned_data["password"])
        self.admitted = get_adapter().authenticate(self._request, username=self._username, password=typed)
        if self.admitted is None:
            raise ValidationError(say(PASSWORD_WRONG))
        return typed


@page
def forgotten(request: DeskRequest, by: Actor, person_id: str) -> HttpResponse:
    """Make a link by which a colleague chooses a new password: show the form, or the link, this once."""
    colleague = reenrolments.access_colleague(person_id=person_id, by=by, at=request.moment)
    form = ReasonForm(request.POST or None)
    context: dict[str, object] = {"colleague": colleague, "form": form, "is_password": True}
    if request.method != "POST" or not form.is_valid():
        return render(request, "sign_in/reenrol.html", context, status=422 if form.is_bound else 200)
    require_fresh(by, at=request.moment)
    reason = form.cleaned_data["reason"]
    opened = password_links.open_password_link(person_id=person_id, reason=reason, by=by, at=request.moment)
    return _link(request, context, opened)


@page
def reenrol(request: DeskRequest, by: Actor, person_id: str) -> HttpResponse:
    """Open a re-enrolment for a colleague: show the form, or the link of a new one, this once."""
    colleague = reenrolments.access_colleague(person_id=person_id, by=by, at=request.moment)
    form = ReasonForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        context = {"colleague": colleague, "form": form}
        return render(request, "sign_in/reenrol.html", context, status=422 if form.is_bound else 200)
    require_fresh(by, at=request.moment)
    opened = reenrolments.open_reenrolment(
        person_id=person_id, reason=form.cleaned_data["reason"], by=by, at=request.moment
    )
    return _link(request, {"colleague": colleague}, opened)


def _link(request: DeskRequest, context: dict[str, object], opened: reenrolments.Opened) -> HttpResponse:
    link = request.build_absolute_uri(f"/accounts/reenrolment/{opened.token}/")
    response = render(request, "sign_in/reenrol_link.html", context | {"link": link, "opened": opened})
    response["Cache-Control"] = "no-store"
    return response


@never_cache
def reenrolment(request: HttpRequest, token: str) -> HttpResponse:
    """Let a person whose factors were reset in by her password, once, to set up a new one."""
    at = cast("DeskRequest", request).moment
    found = reenrolments.find_reenrolment(token=token, at=at)
    if found is None:
        raise ReenrolmentInvalid
    if found.about == found.About.PASSWORD:
        return _new_password(request, token, found.person.username, at)
    form = PasswordForm(request.POST or None, request=request, username=found.person.username)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "username": found.person.username}
        return render(request, "sign_in/reenrolment.html", context, status=422 if form.is_bound else 200)
    if request.user.is_authenticated:
        get_adapter().logout(request)
    reenrolments.accept_reenrolment(token=token, at=at)
    login = Login(user=form.admitted, redirect_url="/accounts/2fa/")
    response: HttpResponse = perform_password_login(request, {"username": found.person.username}, login)
    return response


def _new_password(request: HttpRequest, token: str, username: str, at: datetime) -> HttpResponse:
    """Let the person choose a password, and lead to the sign-in, which asks for the second factor as ever."""
    form = ArrivalForm(request.POST or None, username=username)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "username": username}
        return render(request, "sign_in/new_password.html", context, status=422 if form.is_bound else 200)
    if request.user.is_authenticated:
        get_adapter().logout(request)
    password_links.choose_password(token=token, password=form.cleaned_data["password1"], at=at)
    messages.success(request, say(PASSWORD_CHOSEN))
    return redirect("account_login")
