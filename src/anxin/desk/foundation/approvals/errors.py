"""Why an approval is not given."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class OwnRequest(Refusal):
    """Nobody approves what they asked for."""

    code: ClassVar[str] = "approval.own_request"
    zh: ClassVar[str] = "申请人不能审批自己的申请，请由另一位有权限的同事处理。"
    en: ClassVar[str] = "You asked for this yourself: another person with the permission has to decide."
    status: ClassVar[int] = 403


class SameRole(Refusal):
    """The second person acts in the same role and shift as the first."""

    code: ClassVar[str] = "approval.same_role"
    zh: ClassVar[str] = "需要由另一角色或另一班次的同事审批。可以找：{who}。"
    en: ClassVar[str] = "A colleague of another role or shift has to decide. These can: {who}."
    status: ClassVar[int] = 403


class AlreadyAsked(Refusal):
    """The same is waiting already."""

    code: ClassVar[str] = "approval.already_asked"
    zh: ClassVar[str] = "同样的申请已在等待审批。"
    en: ClassVar[str] = "The same request is waiting for its approval already."
    status: ClassVar[int] = 409


class AlreadyDecided(Refusal):
    """The approval is over."""

    code: ClassVar[str] = "approval.already_decided"
    zh: ClassVar[str] = "该申请已处理完毕（{state}）。"
    en: ClassVar[str] = "This request is closed already ({state})."
    status: ClassVar[int] = 409


class NotAlone(Refusal):
    """Going ahead alone is for the only one on duty of a small team."""

    code: ClassVar[str] = "approval.not_alone"
    zh: ClassVar[str] = "只有小团队模式下独自值班时才能先行处理，此操作须先由第二人审批。"
    en: ClassVar[str] = "Only the one person on duty of a small team may go ahead; this needs its second person first."
    status: ClassVar[int] = 403
