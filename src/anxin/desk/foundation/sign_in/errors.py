"""Why the way back to a person's factors is refused."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class OwnFactors(Refusal):
    """Nobody opens or approves the re-enrolment of their own factors."""

    code: ClassVar[str] = "reenrolment.own"
    zh: ClassVar[str] = "不能重设自己的验证方式，请由另外两位同事处理。"
    en: ClassVar[str] = "You cannot reset your own factors: two colleagues have to."
    status: ClassVar[int] = 403


class OwnPassword(Refusal):
    """Nobody makes a link for their own password."""

    code: ClassVar[str] = "reenrolment.own_password"
    zh: ClassVar[str] = "自己的密码请在“登录与安全”中修改。"
    en: ClassVar[str] = "Change your own password under sign-in and security."
    status: ClassVar[int] = 403


class ReenrolmentOpen(Refusal):
    """A link for this person works at this moment, or waits for its approval."""

    code: ClassVar[str] = "reenrolment.open"
    zh: ClassVar[str] = "此人已有一条有效或待审批的重设链接，请等待其使用或过期。"
    en: ClassVar[str] = "A link for this person works already or waits for its approval. Wait until it is used or over."
    status: ClassVar[int] = 409


class ReenrolmentInvalid(Refusal):
    """The link is unknown, used, expired, declined, or waits for its second person: all look alike."""

    code: ClassVar[str] = "reenrolment.invalid"
    zh: ClassVar[str] = "链接无效、已使用或已过期，或仍待第二人审批。请联系为您办理的同事。"
    en: ClassVar[str] = (
        "The link is not valid, was used, is too old, or waits for its approval. Ask who gave it to you."
    )
    status: ClassVar[int] = 404
