"""Why a measure is not ordered; each says what can be done instead."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class CertificateNeeded(Refusal):
    """The act asks for a certificate that the person does not hold now."""

    code: ClassVar[str] = "measure.certificate_needed"
    zh: ClassVar[str] = "“{measure}”需要有效的应急处置证书。可以立即申请由他人批准，或先完成模拟训练。"
    en: ClassVar[str] = (
        "“{measure}” needs a valid emergency certificate. Ask for approval now, or pass the drill first."
    )
    status: ClassVar[int] = 403


class OverCap(Refusal):
    """Beyond what the role may do alone; the approval path is open."""

    code: ClassVar[str] = "measure.over_cap"
    zh: ClassVar[str] = "超出您可独立处置的范围（{limit}），请申请他人批准，系统会同时通知两位审批人。"
    en: ClassVar[str] = "This is beyond what you may do alone ({limit}): ask for approval, two people are told at once."
    status: ClassVar[int] = 403


class AmountNeeded(Refusal):
    """The role's delegation is limited by money, and nobody said how much is at stake."""

    code: ClassVar[str] = "measure.amount_needed"
    zh: ClassVar[str] = "您的授权按金额限定，请填写涉及金额；金额不明时请申请他人批准。"
    en: ClassVar[str] = "Your delegation is limited by money: type the amount at stake, or ask for approval if unknown."
    status: ClassVar[int] = 403


class FrozenOften(Refusal):
    """The same user was frozen too often lately: a shift lead decides."""

    code: ClassVar[str] = "measure.frozen_often"
    zh: ClassVar[str] = "该对象 {days} 天内已被冻结 {times} 次，需由值班组长处理。"
    en: ClassVar[str] = "This was frozen {times} times within {days} days: a shift lead decides."
    status: ClassVar[int] = 403


class Standing(Refusal):
    """Such a measure stands already."""

    code: ClassVar[str] = "measure.standing"
    zh: ClassVar[str] = "该措施已在执行中（{measure}），无需重复操作。"
    en: ClassVar[str] = "This measure stands already ({measure}); nothing more is needed."
    status: ClassVar[int] = 409


class NotStanding(Refusal):
    """The measure ended, or is in a state that does not allow this."""

    code: ClassVar[str] = "measure.not_standing"
    zh: ClassVar[str] = "该措施当前状态为 {state}，不能执行此操作。"
    en: ClassVar[str] = "The measure is {state}; this cannot be done now."
    status: ClassVar[int] = 409


class SamePerson(Refusal):
    """Nobody reviews or extends what they ordered themselves."""

    code: ClassVar[str] = "measure.same_person"
    zh: ClassVar[str] = "不能复核自己下达的措施。"
    en: ClassVar[str] = "Nobody reviews a measure of their own."
    status: ClassVar[int] = 403
