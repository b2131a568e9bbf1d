"""Why a field is not revealed."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class NotRevealable(Refusal):
    """The actor's role sees this field masked, and may not reveal it."""

    code: ClassVar[str] = "privacy.not_revealable"
    zh: ClassVar[str] = "您的角色只能看到“{field}”的脱敏形式。可以找：{who}。"
    en: ClassVar[str] = "Your role sees “{field}” masked only. These can reveal it: {who}."
    status: ClassVar[int] = 403


class PurposeNeeded(Refusal):
    """A field is revealed only for a purpose from the list."""

    code: ClassVar[str] = "privacy.purpose_needed"
    zh: ClassVar[str] = "请选择查看的目的。"
    en: ClassVar[str] = "Choose the purpose of looking."
    status: ClassVar[int] = 422


class CaseNeeded(Refusal):
    """The role may reveal only within a case."""

    code: ClassVar[str] = "privacy.case_needed"
    zh: ClassVar[str] = "查看完整信息需要关联一个工单。"
    en: ClassVar[str] = "Revealing needs a case it belongs to."
    status: ClassVar[int] = 422


class SecondPersonNeeded(Refusal):
    """The field is revealed only after a second person approved; the request was made."""

    code: ClassVar[str] = "privacy.second_person"
    zh: ClassVar[str] = "查看“{field}”需要另一人同意，请求已发出（{approval}）。"
    en: ClassVar[str] = "Revealing “{field}” needs a second person; the request was made ({approval})."
    status: ClassVar[int] = 403


class UnderLegalHold(Refusal):
    """What is asked to be erased must be kept for the law."""

    code: ClassVar[str] = "privacy.legal_hold"
    zh: ClassVar[str] = "该对象处于法务留存中，不能删除。"
    en: ClassVar[str] = "This is under legal hold and cannot be erased."
    status: ClassVar[int] = 409


class SubjectUnclear(Refusal):
    """Whom it is about is not said as a token."""

    code: ClassVar[str] = "privacy.subject"
    zh: ClassVar[str] = "请填写对象编号：种类:编号，例如 user:u100。在对象页面可以复制。"
    en: ClassVar[str] = (
        "Say whom it is about as kind:number, such as user:u100; it can be copied from the person's page."
    )
    status: ClassVar[int] = 422
