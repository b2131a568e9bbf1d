"""The form that the style guide shows."""

from __future__ import annotations

from django import forms

from anxin.desk.foundation.ui.words import Words, say_later


class SampleForm(forms.Form):
    """One field of each sort."""

    reason = forms.CharField(
        label=say_later(Words("原因", "Reason")),
        help_text=say_later(Words("写给同事看的一句话。", "One sentence for your colleagues.")),
        max_length=200,
    )
    level = forms.ChoiceField(
        label=say_later(Words("级别", "Level")),
        choices=[("1", "L1"), ("2", "L2"), ("3", "L3")],
    )
    amount = forms.IntegerField(
        label=say_later(Words("金额（分）", "Amount in fen")),
        min_value=1,
    )
    channels = forms.MultipleChoiceField(
        label=say_later(Words("告知谁", "Whom to tell")),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("lead", say_later(Words("值班组长", "The shift lead"))),
            ("mentor", say_later(Words("导师", "A mentor"))),
        ],
    )
    note = forms.CharField(
        label=say_later(Words("备注", "Note")),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_urgent = forms.BooleanField(
        label=say_later(Words("需要立即处理", "Needs handling now")),
        required=False,
    )
