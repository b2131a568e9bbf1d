"""Why a reply is not sent yet: the sender looks, and decides."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class Collided(Refusal):
    """Somebody else answered or moved the incident on since the sender began."""

    code: ClassVar[str] = "reply.collided"
    zh: ClassVar[str] = "您开始写之后，事件又有 {n} 项动作。请看过后决定是否仍要发送。"
    en: ClassVar[str] = "Since you began, others acted on it ({n}). Look, then decide whether to send it."
    status: ClassVar[int] = 409


class Doubtful(Refusal):
    """The check before sending found something; the sender changes it, or says that it is meant so."""

    code: ClassVar[str] = "reply.doubtful"
    zh: ClassVar[str] = "发送前核查发现：{found}。请修改，或确认仍要发送。"
    en: ClassVar[str] = "The check before sending found: {found}. Change it, or confirm that it is meant so."
    status: ClassVar[int] = 409


class NobodyToTell(Refusal):
    """The incident names nobody who could be written to."""

    code: ClassVar[str] = "reply.nobody"
    zh: ClassVar[str] = "该事件中没有可回复的人。"
    en: ClassVar[str] = "The incident names nobody who could be written to."
    status: ClassVar[int] = 409


class AlreadySettled(Refusal):
    """The platform said before that it was delivered."""

    code: ClassVar[str] = "reply.settled"
    zh: ClassVar[str] = "该回复此前已确认送达。"
    en: ClassVar[str] = "This reply was reported as delivered before."
    status: ClassVar[int] = 409
