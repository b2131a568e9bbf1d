"""Forms about people, sites and settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import lazy

from anxin.desk.foundation.permissions.catalogue import roles
from anxin.desk.foundation.ui.words import Words, say

_late = lazy(say, str)
Choices = Iterable[tuple[str, str]]


def _text(zh: str, en: str, *, hint: tuple[str, str] | None = None, longest: int = 120, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "input", "autocomplete": "off"})
    help_text = _late(Words(*hint)) if hint else ""
    return forms.CharField(label=_late(Words(zh, en)), max_length=longest, widget=widget, help_text=help_text, **more)


def _choice(zh: str, en: str, **more: Any) -> forms.ChoiceField:
    select = forms.Select(attrs={"class": "input"})
    return forms.ChoiceField(label=_late(Words(zh, en)), required=False, widget=select, **more)


def _day(zh: str, en: str) -> forms.DateTimeField:
    widget = forms.DateInput(attrs={"type": "date", "class": "input"})
    return forms.DateTimeField(label=_late(Words(zh, en)), required=False, widget=widget)


def role_choices() -> list[tuple[str, str]]:
    """Return the roles a person may hold, in the language of the request."""
    return [(name, say(role.words)) for name, role in roles().items() if name != "integrator"]


class InvitationForm(forms.Form):
    """Who is invited, as what, where."""

    username = _text(
        "登录名",
        "Sign-in name",
        hint=("3–32 个小写字母或数字，不要用真实姓名。", "3–32 small letters or digits; no real name."),
        longest=32,
    )
    name = _text(
        "姓名",
        "Name",
        hint=("加密保存，对多数同事只显示一部分。", "Stored sealed; most colleagues see only a part."),
        longest=60,
    )
    roles = forms.MultipleChoiceField(label=_late(Words("角色", "Roles")), widget=forms.CheckboxSelectMultiple)
    site = _choice("站点", "Site")
    department = _choice("部门", "Department")
    contract_until = _day("外包合同到期日", "Vendor contract ends")

    def __init__(self, *args: Any, sites: Choices, departments: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices()  # type: ignore[attr-defined]
        self.fields["site"].choices = [("", say(Words("全部站点", "All sites"))), *sites]  # type: ignore[attr-defined]
        self.fields["department"].choices = [("", "—"), *departments]  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """One role for one person."""

    role = _choice("角色", "Role")
    site = _choice("站点", "Site")
    until = _day("到期日", "Until")
    reason = _text("理由", "Reason", required=False, longest=300)

    def __init__(self, *args: Any, sites: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].required = True
        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]
        self.fields["site"].choices = [("", say(Words("全部站点", "All sites"))), *sites]  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """Department and contract of a person, and the address by which the company's provider knows them."""

    department = _choice("部门", "Department")
    contract_until = _day("外包合同到期日", "Vendor contract ends")
    address = forms.EmailField(
        label=_late(Words("单点登录邮箱", "E-mail at the company's sign-in")),
        required=False,
        max_length=120,
        help_text=_late(
            Words("加密保存且不再显示；留空则不变。", "Stored sealed and not shown again; empty: unchanged.")
        ),
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, departments: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [("", "—"), *departments]  # type: ignore[attr-defined]


class SettingsForm(forms.Form):
    """Settings of the organisation."""

    name = _text("组织名称", "Name of the organisation")
    time_zone = _text("时区", "Time zone", hint=("例如 Asia/Shanghai。", "For example Asia/Shanghai."), longest=64)
    is_small_team = forms.BooleanField(
        label=_late(Words("小团队模式", "Small team")),
        required=False,
        help_text=_late(
            Words(
                "一人可兼任部分角色；危险操作仍需两人，独自值班时须在 12 小时内补第二人确认。",
                "One person may hold some roles together; dangerous acts still need two, within 12 h when alone.",
            )
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class SiteForm(forms.Form):
    """A site: platform × business line × region."""

    name = _text("名称", "Name")
    platform = _text("平台", "Platform", hint=("* 表示全部。", "* stands for all."), longest=32)
    business_line = _text("业务线", "Business line", longest=32)
    region = _text("地区", "Region", longest=16)


class DepartmentForm(forms.Form):
    """A department of the organisation's own."""

    code = _text("代码", "Code", longest=32)
    name_zh = _text("中文名称", "Chinese name", longest=60)
    name_en = _text("英文名称", "English name", longest=60)
