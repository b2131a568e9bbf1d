"""How the sign-in library treats second factors here: secrets sealed, and guesses counted."""

from __future__ import annotations

import base64
from typing import Any, cast

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import ValidationError

from anxin.desk.foundation.edge.clock import now
from anxin.desk.foundation.organisations.actors import actor_of
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.permissions.authority import needs_second_factor
from anxin.desk.foundation.sign_in.actions import note_locked
from anxin.desk.foundation.sign_in.phrases import CODE_WRONG, LAST_FACTOR, LOCKED, spoken_late
from anxin.desk.foundation.sign_in.tries import count_failure, factor_token, is_locked
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.foundation.vault.sealing import seal, unseal

_ABOUT = "sign_in.factor"
_CODE = Words("验证码", "Code")


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types
    """Secrets lie under the organisation's key, its id before them: at the sign-in nobody is known yet."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": spoken_late(CODE_WRONG),
        "cannot_delete_authenticator": spoken_late(LAST_FACTOR),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret of the signed-in person."""
        organisation_id = cast("Person", context.request.user).organisation_id
        sealed = seal(organisation_id, text, about=_ABOUT, at=now())
        return f"{organisation_id}:{base64.b64encode(sealed).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        """Open it again."""
        organisation_id, _, body = encrypted_text.partition(":")
        return unseal(organisation_id, base64.b64decode(body), about=_ABOUT)

    def get_totp_issuer(self) -> str:
        """Return the name under which the authenticator app shows it."""
        return "Anxin"

    def generate_authenticator_name(self, user: Person, type: str) -> str:  # noqa: A002  # the library's name
        """Return "Passkey 1" and so on."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return say(Words("通行密钥 {n}", "Passkey {n}"), n=count + 1)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to remove the last factor of somebody whose roles ask for one."""
        person: Person = authenticator.user
        others = Authenticator.objects.filter(user_id=person.pk).exclude(pk=authenticator.pk)
        has_other = others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        return has_other or not needs_second_factor(actor_of(person, at=now()))


class _Counted(forms.Form):
    def clean_code(self) -> str:
        person: Person = self.user  # type: ignore[attr-defined]
        token, at = factor_token(person.id), now()
        if is_locked(token, at=at):
            raise ValidationError(say(LOCKED))
        try:
            return cast("str", super().clean_code())  # type: ignore[misc]
        except ValidationError:
            if count_failure(token, at=at):
                note_locked(person=person, what="factor", at=at)
            raise


class CodeForm(_Counted, AuthenticateForm):  # type: ignore[misc]
    """The code asked for at the sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_code(self.fields["code"])


class CodeAgainForm(_Counted, ReauthenticateForm):  # type: ignore[misc]
    """The code asked for again before something grave."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_code(self.fields["code"])


def label_code(field: forms.Field) -> None:
    """Name the field in both languages, and let phones offer the code."""
    field.label = spoken_late(_CODE)
    field.widget.attrs.update({"autocomplete": "one-time-code", "class": "input", "placeholder": ""})
