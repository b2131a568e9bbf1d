"""What the commands on an incident ask for; every choice in the language of the request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django import forms

from anxin.desk.foundation.ui.words import Words, say, say_later
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.kinds import IncidentKind, check_words
from anxin.desk.operations.incidents.queries import SignalLine

LONGEST_NOTE = 5_000
CURRENCIES = ("CNY", "HKD", "USD", "EUR", "SGD")
EXPECTED = (10, 20, 30, 45, 60)
"""Minutes within which an answer may be expected."""


@dataclass(frozen=True)
class About:
    """What the fields of a form depend on."""

    level: int
    kind: IncidentKind | None = None
    signals: tuple[SignalLine, ...] = ()
    is_foreign: bool = False
    has_reporter: bool = False
    has_victims: bool = False


def blank(_about: About) -> dict[str, forms.Field]:
    """Ask for nothing."""
    return {}


def taking_over(about: About) -> dict[str, forms.Field]:
    """Ask whether to take it over from a colleague, where one holds it."""
    label = Words("同事正在处理，我明确接手", "A colleague holds it: I take it over")
    return {"is_taking_over": _check(label, is_required=True)} if about.is_foreign else {}


def reason(_about: About) -> dict[str, forms.Field]:
    """Ask for a reason in words."""
    return {"note": note_field(is_required=True)}


def remark(_about: About) -> dict[str, forms.Field]:
    """Leave room for a remark."""
    return {"note": note_field()}


def internal_note(_about: About) -> dict[str, forms.Field]:
    """Ask for the note itself."""
    return {
        "note": note_field(Words("内部备注（客户看不到）", "Internal note (customers do not see it)"), is_required=True)
    }


def dismissal(about: About) -> dict[str, forms.Field]:
    """Ask why it is no incident."""
    answered = Words("给报告人的答复已发出", "The reporter's answer is on its way")
    fields: dict[str, forms.Field] = {"code": _pick("dismissals", Words("原因", "Reason"))}
    fields["note"] = note_field(Words("说明", "Explanation"), is_required=True)
    return fields | ({"is_reporter_answered": _check(answered)} if about.has_reporter else {})


def no_action(_about: About) -> dict[str, forms.Field]:
    """Ask why no measure is needed."""
    return {"code": _pick("no_actions", Words("为什么无需处置", "Why none is needed")), "note": note_field()}


def loss(_about: About) -> dict[str, forms.Field]:
    """Ask for the sums."""
    currency = forms.ChoiceField(
        label=say_later(Words("币种", "Currency")), choices=[(each, each) for each in CURRENCIES]
    )
    return {
        "currency": currency,
        "at_risk": _money(Words("涉险金额", "At risk")),
        "blocked": _money(Words("已拦下", "Held back")),
        "confirmed": _money(Words("已损失（没有填 0）", "Lost (0 for none)")),
        "recovered": _money(Words("已追回", "Recovered")),
    }


def finding(_about: About) -> dict[str, forms.Field]:
    """Ask for cause and responsibility."""
    factors = forms.MultipleChoiceField(
        label=say_later(Words("促成因素", "What helped")),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=_options("causes"),
    )
    return {
        "cause": _pick("causes", Words("原因", "Cause")),
        "responsible": _pick("responsible", Words("责任方", "Responsible")),
        "factors": factors,
        "note": note_field(),
    }


def one_check(about: About) -> dict[str, forms.Field]:
    """Ask which check failed."""
    failed = forms.ChoiceField(
        label=say_later(Words("未通过的检查项", "The check that failed")),
        widget=forms.RadioSelect,
        choices=_checks(about),
    )
    return {"check": failed, "note": note_field()}


def every_check(about: About) -> dict[str, forms.Field]:
    """Ask to confirm each check."""
    confirmed = forms.MultipleChoiceField(
        label=say_later(Words("对照目标系统逐项确认", "Confirm each against the target systems")),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=_checks(about),
    )
    return {"checks": confirmed}


def merging(_about: About) -> dict[str, forms.Field]:
    """Ask for the number of the other incident."""
    number = forms.IntegerField(
        label=say_later(Words("并入的事件编号", "Number of the incident to merge into")), min_value=1
    )
    return {"number": number, "note": note_field()}


def splitting(about: About) -> dict[str, forms.Field]:
    """Ask which signals go."""
    sources = {
        each.id: f"{each.received_at:%m-%d %H:%M:%S} · {each.source} · {each.source_ref}" for each in about.signals
    }
    gone = forms.MultipleChoiceField(
        label=say_later(Words("拆出的线索", "Signals to take out")),
        widget=forms.CheckboxSelectMultiple,
        choices=list(sources.items()),
    )
    return {"signal_ids": gone}


def raising(about: About) -> dict[str, forms.Field]:
    """Ask for the higher level."""
    return {"level": _levels(range(1, about.level)), "code": _why_level(), "note": note_field()}


def lowering(about: About) -> dict[str, forms.Field]:
    """Ask for the lower level, with a reason: a second person decides."""
    return {"level": _levels(range(about.level + 1, 4)), "code": _why_level(), "note": note_field(is_required=True)}


def pausing(_about: About) -> dict[str, forms.Field]:
    """Ask what is waited for, and until when."""
    minutes = forms.TypedChoiceField(
        label=say_later(Words("预计多久有答复", "Answer expected within")),
        coerce=int,
        choices=[(each, say_later(Words(f"{each} 分钟", f"{each} min"))) for each in EXPECTED],
    )
    request_id = Words("已送达的请求编号", "Id of the delivered request")
    return {
        "reason": _pick("pauses", Words("等待谁", "Waiting for")),
        "request_id": _short(request_id),
        "minutes": minutes,
    }


def contact(about: About) -> dict[str, forms.Field]:
    """Ask how somebody was reached."""
    known = Words("对方已清楚发生了什么、我们做了什么", "They know now what happened and what was done")
    is_step = not about.has_victims
    channel = _pick("channels", Words("渠道", "Channel"), leave_out=() if is_step else ("step",))
    channel.initial = "step" if is_step else "voice"
    outcome = _pick("contacts", Words("结果", "Result"))
    outcome.initial = "delivered"
    return {"channel": channel, "outcome": outcome, "is_informing": _check(known), "note": note_field()}


def care(_about: About) -> dict[str, forms.Field]:
    """Ask what is checked, and how the customer was told."""
    told = Words("已告知客户的消息编号", "Id of the message that told the customer")
    return {"reason": _pick("care", Words("核实什么", "What is checked")), "message_id": _short(told)}


Fields = Callable[[About], dict[str, forms.Field]]


def build_form(fields: Fields, about: About, data: object = None, initial: object = None) -> forms.Form:
    """Return a form of the fields, bound when there is data."""
    form = forms.Form(data, initial=initial, auto_id="ask_%s")  # type: ignore[arg-type]
    form.fields.update(fields(about))
    return form


def note_field(words: Words = Words("备注", "Note"), *, is_required: bool = False) -> forms.Field:  # noqa: B008
    """Return a field for free words; what is typed survives a dropped connection."""
    return forms.CharField(
        label=say_later(words),
        required=is_required,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _pick(name: str, words: Words, *, leave_out: Iterable[str] = ()) -> forms.ChoiceField:
    offered = [each for each in _options(name) if each[0] not in leave_out]
    return forms.ChoiceField(label=say_later(words), choices=[("", say_later(Words("请选择", "Choose"))), *offered])


def _options(name: str) -> list[tuple[str, str]]:
    return [(code, say(words)) for code, words in choices(name).items()]


def _checks(about: About) -> list[tuple[str, str]]:
    codes = about.kind.checks if about.kind is not None else ()
    return [(code, say(check_words()[code]) if code in check_words() else code) for code in codes]


def _why_level() -> forms.ChoiceField:
    machine_only = ("rule", "kind", "triage_missed")
    return _pick("level_reasons", Words("理由", "Reason"), leave_out=machine_only)


def _levels(levels: Iterable[int]) -> forms.Field:
    return forms.TypedChoiceField(
        label=say_later(Words("级别", "Level")),
        coerce=int,
        widget=forms.RadioSelect,
        choices=[(each, f"L{each}") for each in levels],
    )


def _money(words: Words) -> forms.Field:
    return forms.DecimalField(
        label=say_later(words),
        required=False,
        min_value=Decimal(0),
        max_digits=15,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def _short(words: Words) -> forms.Field:
    return forms.CharField(
        label=say_later(words), max_length=128, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


def _check(words: Words, *, is_required: bool = False) -> forms.Field:
    return forms.BooleanField(label=say_later(words), required=is_required)
