"""Forms about service accounts."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils.functional import lazy

from anxin.desk.foundation.permissions.catalogue import permissions
from anxin.desk.foundation.service_accounts.limits import Limits, desk_scopes, gateway_scopes
from anxin.desk.foundation.ui.words import Words, say

_late = lazy(say, str)


def _text(zh: str, en: str, hint: tuple[str, str] | None = None, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "input", "autocomplete": "off"})
    return forms.CharField(
        label=_late(Words(zh, en)), help_text=_late(Words(*hint)) if hint else "", widget=widget, **more
    )


class AccountForm(forms.Form):
    """A new service account."""

    name = _text(
        "名称",
        "Name",
        ("2–32 个小写字母、数字和 -，例如 order-service。", "2–32 small letters, digits and -, e.g. order-service."),
        max_length=32,
    )


class SecretForm(forms.Form):
    """Limits of a new secret of one kind, `gateway` or `desk`."""

    scopes = forms.MultipleChoiceField(label=_late(Words("权限范围", "Scopes")), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(
        label=_late(Words("到期日", "Expires")), widget=forms.DateInput(attrs={"type": "date", "class": "input"})
    )
    networks = _text(
        "允许的网段",
        "Networks",
        ("CIDR，以逗号分隔；留空表示不限。", "CIDR, parted by commas; empty: from anywhere."),
        required=False,
        max_length=400,
    )
    rate = forms.IntegerField(
        label=_late(Words("每秒请求上限（0 为不限）", "Calls a second (0: no limit)")),
        min_value=0,
        max_value=100_000,
        initial=0,
        required=False,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": kind} | kwargs)
        gateway = [(name, f"{name} · {say(words)}") for name, words in gateway_scopes().items()]
        desk = [(code, say(permissions()[code].words)) for code in desk_scopes()]
        self.fields["scopes"].choices = gateway if kind == "gateway" else desk  # type: ignore[attr-defined]
        if kind == "desk":
            del self.fields["rate"]

    def limits(self) -> Limits:
        """Return the limits of a valid form; the last day counts whole."""
        given = self.cleaned_data
        end = datetime.combine(given["expires_on"], time(23, 59, 59), tzinfo=UTC)
        networks = tuple(each.strip() for each in given["networks"].split(",") if each.strip())
        return Limits(tuple(given["scopes"]), end, networks, rate=given.get("rate") or 0)
