"""Forms of the way in, named in both languages."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms

from anxin.desk.foundation.sign_in.factors import label_code
from anxin.desk.foundation.sign_in.phrases import LENGTH, spoken_late
from anxin.desk.foundation.ui.words import Words

_NAME = Words("登录名", "Sign-in name")
_PASSWORD = Words("密码", "Password")
_CURRENT = Words("当前密码", "Current password")
_NEW = Words("新密码", "New password")
_AGAIN = Words("再次输入新密码", "New password again")
_KEY_NAME = Words("名称", "Name")
_KEY_HINT = Words("便于您区分各把密钥，例如“办公电脑”。", "So that you tell your keys apart, e.g. “office computer”.")


def label(form: forms.Form, name: str, words: Words, hint: Words | None = None) -> None:
    """Name a field of the library's form in both languages."""
    field = form.fields[name]
    field.label, field.help_text = spoken_late(words), spoken_late(hint) if hint else ""
    field.widget.attrs.update({"class": "input", "placeholder": ""})


class SignInForm(LoginForm):  # type: ignore[misc]  # the library has no types
    """Name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label(self, "login", _NAME)
        label(self, "password", _PASSWORD)
        self.fields["login"].widget.attrs.update({"autofocus": True, "autocapitalize": "none", "spellcheck": "false"})


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The password asked for again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label(self, "password", _PASSWORD)


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """Change of the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label(self, "oldpassword", _CURRENT)
        label(self, "password1", _NEW, LENGTH)
        label(self, "password2", _AGAIN)


class AuthenticatorForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_code(self.fields["code"])


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey; it works without password, so the box that would make it weaker is not offered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label(self, "name", _KEY_NAME, _KEY_HINT)
        self.fields["passwordless"] = forms.BooleanField(
            required=False, initial=True, widget=forms.CheckboxInput(attrs={"checked": True, "class": "hidden-text"})
        )


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label(self, "name", _KEY_NAME, _KEY_HINT)
