"""What people type in a review, parsed before anything is done with it."""

from __future__ import annotations

from datetime import date, datetime, time

from django import forms
from django.http import QueryDict
from django.utils import timezone

from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.ui.words import Words, say_later
from anxin.desk.oversight.reviews.actions.improving import Improvement
from anxin.desk.oversight.reviews.actions.writing import Entry
from anxin.desk.oversight.reviews.choices import choices


def _offered(name: str, *, blank: Words | None = None) -> list[tuple[str, str]]:
    offered = [(code, say_later(words)) for code, words in choices(name).items()]
    return [("", say_later(blank)), *offered] if blank is not None else offered


class EntryForm(forms.Form):
    """One thing a review says."""

    kind = forms.ChoiceField(label=say_later(Words("类别", "What it is")), choices=lambda: _offered("entries"))
    factor = forms.ChoiceField(
        label=say_later(Words("因素", "Factor")),
        help_text=say_later(Words("记录发现时必填", "A finding needs one")),
        choices=lambda: _offered("factors", blank=Words("—", "—")),
        required=False,
    )
    role = forms.ChoiceField(
        label=say_later(Words("角色", "Role")),
        choices=lambda: _offered("roles", blank=Words("—", "—")),
        required=False,
    )
    text = forms.CharField(
        label=say_later(Words("内容", "What was seen")),
        help_text=say_later(Words("写角色和事实，不写姓名。", "Speak of roles and facts, not of names.")),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 4000}),
    )

    def entry(self) -> Entry:
        """Return what was typed."""
        given = self.cleaned_data
        return Entry(given["kind"], given["text"], given["factor"], given["role"])


class ImprovementForm(forms.Form):
    """One corrective action."""

    kind = forms.ChoiceField(label=say_later(Words("改进对象", "What changes")), choices=lambda: _offered("actions"))
    text = forms.CharField(
        label=say_later(Words("要做什么", "What is to be done")),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 4000}),
    )
    rule = forms.CharField(label=say_later(Words("相关规则", "Rule")), required=False, max_length=64)
    owner = forms.CharField(label=say_later(Words("负责人（登录名）", "Owner (sign-in name)")), max_length=64)
    due = forms.DateField(
        label=say_later(Words("完成日期", "Due")), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    proof = forms.ChoiceField(
        label=say_later(Words("用什么证明", "What proves it")),
        choices=lambda: _offered("proofs", blank=Words("按类别", "as usual for its kind")),
        required=False,
    )

    def improvement(self) -> Improvement:
        """Return what was typed."""
        given = self.cleaned_data
        due_at = end_of(given["due"])
        return Improvement(given["kind"], given["text"], given["owner"], due_at, given["proof"], given["rule"])


class CaseForm(forms.Form):
    """A case as it goes into the library."""

    title = forms.CharField(label=say_later(Words("标题", "Title")), max_length=120)
    text = forms.CharField(
        label=say_later(Words("正文（已去标识化）", "Text (anonymised)")),
        widget=forms.Textarea(attrs={"rows": 10, "maxlength": 8000}),
    )
    has_read = forms.BooleanField(
        label=say_later(Words("我已通读：没有任何人能被认出", "I have read it: nobody can be recognised")),
        required=False,
    )


def end_of(day: date) -> datetime:
    """Return the last minute of a day where the reader is: a date means the whole of that day."""
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


def read_day(given: QueryDict, field: str) -> datetime:
    """Return the end of a day that was chosen; raise FieldInvalid."""
    try:
        return end_of(date.fromisoformat(given.get(field, "")))
    except ValueError:
        raise FieldInvalid(pointer=f"/{field}", field=field, reason="YYYY-MM-DD") from None


def read_moment(given: QueryDict, field: str) -> datetime:
    """Return a day and time that were chosen where the reader is; raise FieldInvalid."""
    try:
        return timezone.make_aware(datetime.fromisoformat(given.get(field, "")).replace(tzinfo=None))
    except ValueError:
        raise FieldInvalid(pointer=f"/{field}", field=field, reason="YYYY-MM-DDTHH:MM") from None


def read_number(given: QueryDict, field: str) -> int:
    """Return a whole number that was chosen; raise FieldInvalid."""
    typed = given.get(field, "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
        raise FieldInvalid(pointer=f"/{field}", field=field, reason="1, 2, 3 …")
    return int(typed)


def require_valid(form: forms.Form) -> None:
    """Raise FieldInvalid for the first field that is not right."""
    if form.is_valid():
        return
    field, sentences = next(iter(form.errors.items()))
    raise FieldInvalid(pointer=f"/{field}", field=str(field), reason=str(next(iter(sentences))))
