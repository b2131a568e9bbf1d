"""What a colleague tells who sees a risk or has the victim on the line."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django import forms

from anxin.checkers.phones.number import read_number
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.ui.words import Words, say, say_later
from anxin.desk.operations.incidents.actions.signals import Named
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.reports import LONGEST, Report

LOSING = ("money_moving", "code_shared", "remote_control", "threat_to_life")
"""What makes it urgent at once, whatever its kind."""
KINDS: dict[str, Words] = {
    "user": Words("用户编号", "user id"),
    "phone": Words("手机号", "phone number"),
    "merchant": Words("商家编号", "merchant id"),
    "order": Words("订单号", "order number"),
    "device": Words("设备编号", "device id"),
    "card": Words("支付工具编号", "payment instrument id"),
    "email": Words("邮箱", "e-mail"),
    "ip": Words("IP 地址", "IP address"),
}
CURRENCY = "CNY"
_LONGEST_VALUE = 200


class ReportForm(forms.Form):
    """The form; `key` is new with each form that is shown, so that sending it twice reports once."""

    kind = forms.ChoiceField(label=say_later(Words("看起来是哪类风险", "What it looks like")))
    markers = forms.MultipleChoiceField(
        label=say_later(Words("此刻正在发生（会立即升为 L1）", "Happening right now (raises it to L1 at once)")),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    victim_kind = forms.ChoiceField(label=say_later(Words("受害人按什么查找", "The victim is known by")))
    victim = forms.CharField(
        label=say_later(Words("受害人", "The victim")), required=False, max_length=_LONGEST_VALUE, strip=True
    )
    suspect_kind = forms.ChoiceField(label=say_later(Words("可疑方按什么查找", "The suspect is known by")))
    suspect = forms.CharField(
        label=say_later(Words("可疑的人或对象", "The suspect person or thing")),
        required=False,
        max_length=_LONGEST_VALUE,
        strip=True,
    )
    amount = forms.DecimalField(
        label=say_later(Words("涉及金额（元）", "Money at risk (yuan)")),
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
    )
    text = forms.CharField(
        label=say_later(Words("发生了什么", "What happened")),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    site = forms.ChoiceField(label=say_later(Words("站点", "Site")), required=False)
    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    check_id = forms.SlugField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(
        self, *given: object, sites: Sequence[tuple[str, str]] = (), kinds: Mapping[str, Words], **named: object
    ) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self.fields["site"].choices = sites  # type: ignore[attr-defined]
        if len(sites) < 2:
            del self.fields["site"]
        things = [(code, say(words)) for code, words in KINDS.items()]
        reasons = choices("level_reasons")
        self.fields["kind"].choices = [(code, say(words)) for code, words in kinds.items()]  # type: ignore[attr-defined]
        self.fields["markers"].choices = [(code, say(reasons[code])) for code in LOSING]  # type: ignore[attr-defined]
        for name in ("victim_kind", "suspect_kind"):
            self.fields[name].choices = things  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """Refuse what is not of the kind it is said to be: a token of it would never be found again."""
        told: dict[str, object] = super().clean() or {}
        for role in ("victim", "suspect"):
            kind, value = str(told.get(f"{role}_kind", "")), str(told.get(role, ""))
            if value and not _is_of_kind(kind, value):
                self.add_error(role, say(Words("不是有效的{kind}", "is no valid {kind}"), kind=say(KINDS[kind])))
        return told


def _is_of_kind(kind: str, value: str) -> bool:
    if kind == "phone":
        return read_number(value).kind != "malformed"
    if kind == "email":
        return re.fullmatch(r"[^@\s]+@[^@\s]+", value) is not None
    try:
        return kind != "ip" or bool(ipaddress.ip_address(value))
    except ValueError:
        return False


def report_of(form: ReportForm, *, only_site: str) -> Report:
    """Return the report that a valid form tells, of `only_site` where there was none to choose.

    Raise FieldInvalid when it names nobody and says nothing.
    """
    told = form.cleaned_data
    parties = tuple(Named(role, told[f"{role}_kind"], told[role]) for role in ("victim", "suspect") if told[role])
    if not parties and not told["text"].strip():
        reason, reason_zh = "name somebody or something, or say what happened", "请写明对象或发生了什么"
        raise FieldInvalid(pointer="/text", field="text", field_zh="发生了什么", reason=reason, reason_zh=reason_zh)
    amount = int((told["amount"] or Decimal(0)) * 100)
    return Report(
        report_id=told["check_id"] or told["key"],
        kind=told["kind"],
        text=told["text"],
        source="check" if told["check_id"] else "staff",
        parties=parties,
        markers=tuple(told["markers"]),
        amount_minor=amount,
        currency=CURRENCY if amount else "",
        site_id=told.get("site") or only_site,
    )
