"""What people type about lists, parsed before anything is done with it."""

from __future__ import annotations

from typing import Any

from django import forms

from anxin.desk.decisioning.lists.catalogue import PUT, REMOVE, lapses, reasons
from anxin.desk.decisioning.lists.lines import LONGEST_TEXT, TypedLine, parse_lines
from anxin.desk.decisioning.lists.reviewing import Wanted
from anxin.desk.foundation.ui.words import Words, say_later

NOTE_LENGTH = 500


def _reasons(act: str) -> list[tuple[str, str]]:
    return [(code, say_later(each.words)) for code, each in reasons().items() if act in each.acts]


def _days() -> list[tuple[str, str]]:
    return [
        (str(days), say_later(Words(f"{days} 天", f"{days} day" if days == 1 else f"{days} days"))) for days in lapses()
    ]


class ChangeForm(forms.Form):
    """One change of a list, of many lines; what was typed comes back with a refusal."""

    values = forms.CharField(
        label=say_later(Words("每行一个值（最多 1000 行）", "One value a line (at most 1,000)")),
        help_text=say_later(
            Words(
                "也可粘贴 CSV，首行写 value,days,reason。手机号、邮箱、IP 只以密钥令牌保存。",
                "Or CSV whose first line is value,days,reason. Phones, mail and IP addresses are kept as keyed tokens.",
            )
        ),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off", "data-draft-never": ""}),
    )
    file = forms.FileField(label=say_later(Words("或选择 CSV 文件", "Or choose a CSV file")), required=False)
    reason = forms.ChoiceField(label=say_later(Words("原因", "Reason")))
    days = forms.ChoiceField(label=say_later(Words("期限", "Ends after")), initial="30")
    note = forms.CharField(
        label=say_later(Words("备注（加密保存）", "Note (kept sealed)")),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "data-draft-never": ""}),
    )

    def __init__(self, act: str, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.act = act
        self.fields["reason"].choices = _reasons(act)  # type: ignore[attr-defined]
        if act == REMOVE:
            del self.fields["days"]
        else:
            self.fields["days"].choices = _days()  # type: ignore[attr-defined]

    def lines(self) -> tuple[TypedLine, ...]:
        """Return the lines of the file, else those pasted; raise TooManyLines."""
        given = self.cleaned_data.get("file")
        text = given.read(LONGEST_TEXT).decode("utf-8", "replace") if given is not None else self.cleaned_data["values"]
        return parse_lines(text)

    def wanted(self, list_name: str, lines: tuple[TypedLine, ...]) -> Wanted:
        """Return the change that the form asks for."""
        given = self.cleaned_data
        return Wanted(self.act, list_name, lines, given["reason"], int(given.get("days") or 0))


class LookupForm(forms.Form):
    """One value to look up."""

    value = forms.CharField(
        label=say_later(
            Words("编号、手机号、邮箱、IP、域名或卡令牌", "id, phone, e-mail, IP address, domain or card token")
        ),
        max_length=512,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-draft-never": ""}),
    )


class OneForm(ChangeForm):
    """One known thing, to be put on a list that is chosen."""

    list_name = forms.ChoiceField(label=say_later(Words("名单", "List")))

    def __init__(self, names: list[tuple[str, str]], *args: Any, **more: Any) -> None:
        super().__init__(PUT, *args, **more)
        for name in ("values", "file"):
            del self.fields[name]
        self.fields["list_name"].choices = names  # type: ignore[attr-defined]
        self.order_fields(["list_name", "reason", "days", "note"])
