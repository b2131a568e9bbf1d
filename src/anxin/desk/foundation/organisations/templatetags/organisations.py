"""The rooms of an organisation's administration that the reader may enter."""

from __future__ import annotations

from typing import Any, cast

from django import template
from django.urls import reverse

from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.ui.words import Words

register = template.Library()
_DOORS = (
    ("people", Words("人员", "People"), "person.view"),
    ("invite", Words("邀请", "Invite"), "person.invite"),
    ("approvals", Words("待审批", "Approvals"), "desk.open"),
    ("recertification", Words("权限复核", "Recertify"), "role.recertify"),
    ("sites", Words("站点", "Sites"), "organisation.configure"),
    ("departments", Words("部门", "Departments"), "organisation.configure"),
    ("organisation_settings", Words("设置", "Settings"), "organisation.configure"),
)


@register.simple_tag(takes_context=True)
def organisation_doors(context: dict[str, Any]) -> list[tuple[str, Words]]:
    """Return where the reader may go, with its words; nothing leads to a refusal."""
    by = cast("DeskRequest", context["request"]).find_actor()
    return [] if by is None else [(reverse(page), words) for page, words, code in _DOORS if by.grant(code) is not None]
