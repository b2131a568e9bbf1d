"""Why a command of a review or of its actions is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.ui.words import Words

GUARDS: Mapping[str, Words] = {
    "review.unpublished": Words("复盘已发布，不能再改", "the review is published and stays as it is"),
    "review.facilitator": Words("还没有主持人", "it has no facilitator"),
    "review.scheduled": Words("还没有安排时间", "it is not scheduled"),
    "review.findings": Words("至少需要一条发现", "it needs one finding at least"),
    "facilitator.other": Words("主持人不能是事件负责人", "the facilitator may not be the incident's commander"),
    "facilitator.mine": Words("只有主持人可以这样做", "only the facilitator does this"),
    "event.there": Words("时间线上没有这一条", "the timeline has no such event"),
    "proof.given": Words("还没有提交证明", "no proof was given"),
    "checker.other": Words("负责人和提交证明的人不能自己核验", "neither the owner nor the giver checks the proof"),
    "accepter.other": Words(
        "负责人和提出人不能自己接受风险", "neither the owner nor the one who asked accepts the risk"
    ),
    "action.open": Words("该改进措施已完成", "the action is done"),
    "owner.here": Words("负责人不在本组织", "the owner does not work here"),
    "owner.mine": Words("只有负责人提交证明", "the owner gives the proof"),
    "term.bounded": Words("期限须在以后一年之内", "the end lies within the coming year"),
    "case.waiting": Words("该案例已确认或已退回", "the case was confirmed or refused already"),
}


class ReviewRefused(Refusal):
    """Something has to be done first; the sentence says all of it."""

    code: ClassVar[str] = "review.guards_unmet"
    zh: ClassVar[str] = "还不能这样做：{reasons}"
    en: ClassVar[str] = "Not yet: {reasons}"
    status: ClassVar[int] = 409


class NamesSomebody(Refusal):
    """A text that is to stand for roles names a person."""

    code: ClassVar[str] = "review.names_somebody"
    zh: ClassVar[str] = "复盘对事不对人：请用角色代替姓名、账号或个人信息（发现 {found}）。"
    en: ClassVar[str] = (
        "A review speaks of roles: replace names, sign-in names and personal data by roles (found: {found})."
    )
    status: ClassVar[int] = 422


def require_guards(guards: Iterable[tuple[str, bool]]) -> None:
    """Raise ReviewRefused naming every guard (code, is met) that is not met."""
    unmet = tuple(code for code, is_met in guards if not is_met)
    if unmet:
        words = [GUARDS[code] for code in unmet]
        raise ReviewRefused(
            unmet=unmet, reasons="; ".join(each.en for each in words), reasons_zh="；".join(each.zh for each in words)
        )
