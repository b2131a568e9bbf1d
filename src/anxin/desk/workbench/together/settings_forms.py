"""Forms about one kind of incident, and about the minutes of the promise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.functional import lazy

from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.incidents.actions.configuring import NAME_LENGTH
from anxin.desk.operations.incidents.clocks.policy import SlaPolicy
from anxin.desk.operations.incidents.kinds import IncidentKind, KindChange, check_words
from anxin.desk.operations.incidents.settings_text import settings_of

_late = lazy(say, str)
_LEVELS = (
    (1, Words("L1 紧急", "L1, urgent")),
    (2, Words("L2 较急", "L2, soon")),
    (3, Words("L3 一般", "L3, normal")),
)
MOST_MINUTES = 10_080
_SHARED = ("responsible", "consulted", "informed")


def _number(zh: str, en: str, hint: Words | None = None, *, least: int = 0, most: int = MOST_MINUTES) -> forms.Field:
    attrs = {"class": "input", "inputmode": "numeric", "autocomplete": "off"}
    widget = forms.NumberInput(attrs=attrs)
    help_text = _late(hint) if hint is not None else ""
    label = _late(Words(zh, en))
    return forms.IntegerField(label=label, min_value=least, max_value=most, help_text=help_text, widget=widget)


def _several(zh: str, en: str, hint: Words | None = None, *, required: bool = False) -> forms.MultipleChoiceField:
    help_text = _late(hint) if hint is not None else ""
    widget = forms.CheckboxSelectMultiple
    label = _late(Words(zh, en))
    return forms.MultipleChoiceField(label=label, help_text=help_text, widget=widget, required=required)


def _name(language: str, zh: str, en: str) -> forms.CharField:
    most = NAME_LENGTH[language]
    attrs = {"class": "input", "autocomplete": "off", "maxlength": most}
    hint = _late(Words(f"最多 {most} 个字；各处都这样显示。", f"At most {most} characters; shown so everywhere."))
    return forms.CharField(label=_late(Words(zh, en)), max_length=most, help_text=hint, widget=forms.TextInput(attrs))


class KindForm(forms.Form):
    """What an organisation may say of one kind: names, level, procedure, folding, evidence, checks, who does what."""

    name_zh = _name("zh", "中文名称", "Name in Chinese")
    name_en = _name("en", "英文名称", "Name in English")
    level = forms.TypedChoiceField(
        label=_late(Words("默认级别", "Level where nothing else is known")),
        coerce=int,
        widget=forms.Select(attrs={"class": "input"}),
    )
    procedure = forms.CharField(
        label=_late(Words("流程编号", "Procedure")),
        max_length=16,
        help_text=_late(Words("大写字母、数字和短横，例如 PB-04。", "Capitals, digits and hyphens, e.g. PB-04.")),
        widget=forms.TextInput(attrs={"class": "input", "list": "procedures", "autocomplete": "off"}),
    )
    fold_minutes = _number(
        "相同线索合并时长（分钟）",
        "Look-alike signals fold into one for (minutes)",
        Words("0 表示不合并。", "0: never."),
    )
    evidence = _number("提交校验前至少几份证据", "Pieces of evidence needed to submit", most=50)
    checks = _several("校验时再次核对", "Asked again at verification")
    responsible = _several("执行 R", "Responsible (R)", Words("至少一个。", "At least one."), required=True)
    accountable = forms.ChoiceField(
        label=_late(Words("负责 A", "Accountable (A)")), widget=forms.Select(attrs={"class": "input"})
    )
    consulted = _several("咨询 C", "Consulted (C)")
    informed = _several("知会 I", "Informed (I)")

    def __init__(self, *args: Any, kind: IncidentKind, names: Mapping[str, Words], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": _initial(kind)})
        who = [(code, say(words)) for code, words in names.items()]
        self._offer("level", [(level, say(words)) for level, words in _LEVELS])
        self._offer("checks", [(code, say(words)) for code, words in check_words().items()])
        for name in (*_SHARED, "accountable"):
            self._offer(name, who)

    def _offer(self, name: str, choices: Iterable[tuple[object, str]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def change(self) -> KindChange:
        """Return what the form says, as a change of the kind."""
        given = self.cleaned_data
        return {
            "name": {"zh": given["name_zh"], "en": given["name_en"]},
            "level": given["level"],
            "procedure": given["procedure"],
            "fold_minutes": given["fold_minutes"],
            "evidence": given["evidence"],
            "checks": given["checks"],
            "raci": {
                "responsible": given["responsible"],
                "accountable": given["accountable"],
                "consulted": given["consulted"],
                "informed": given["informed"],
            },
        }


class PromiseForm(forms.Form):
    """Targets of the three levels, and after how long silence is nudged, in minutes."""

    target_1 = _number("L1 开始响应", "L1: start within", least=1)
    target_2 = _number("L2 首次响应", "L2: respond within", least=1)
    target_3 = _number("L3 处理完成", "L3: handle within", least=1)
    nudge_1 = _number("L1 无动静提醒", "L1: nudge after", least=1)
    nudge_2 = _number("L2 无动静提醒", "L2: nudge after", least=1)
    nudge_3 = _number("L3 无动静提醒", "L3: nudge after", least=1)

    def __init__(self, *args: Any, policy: SlaPolicy, **kwargs: Any) -> None:
        initial = {
            f"{name}_{level}": int(getattr(each, name).total_seconds() // 60)
            for level, each in policy.levels.items()
            for name in ("target", "nudge")
        }
        super().__init__(*args, **kwargs | {"initial": initial})
        self.order_fields([f"{name}_{level}" for level in (1, 2, 3) for name in ("target", "nudge")])

    def minutes(self) -> dict[int, dict[str, int]]:
        """Return target and nudge by level."""
        given = self.cleaned_data
        return {level: {name: given[f"{name}_{level}"] for name in ("target", "nudge")} for level in (1, 2, 3)}


def _initial(kind: IncidentKind) -> dict[str, object]:
    standing = settings_of(kind)
    plain = {name: value for name, value in standing.items() if name not in ("raci", "name")}
    return {**plain, **standing["raci"], "name_zh": kind.words.zh, "name_en": kind.words.en}
