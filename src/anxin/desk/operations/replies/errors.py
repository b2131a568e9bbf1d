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


class AttachmentUnfit(Refusal):
    """Something that was to go along cannot go to somebody outside; `unmet` says why."""

    code: ClassVar[str] = "reply.attachment"
    zh: ClassVar[str] = (
        "附件不能发出：最多 {most} 份、共 {megabytes} MB，只能是图片、文字、录音录像或文档，且内容未删除、无危险标记。"
    )
    en: ClassVar[str] = (
        "An attachment cannot go out: at most {most}, {megabytes} MB together; pictures, texts, recordings or "
        "documents that are not erased and carry no warning."
    )
    status: ClassVar[int] = 422


class AttachmentsGone(Refusal):
    """The platform asks for what goes along a day after the reply was sent."""

    code: ClassVar[str] = "reply.attachments_gone"
    zh: ClassVar[str] = "附件只在发出后 24 小时内可取。需要时请重新发送。"
    en: ClassVar[str] = "Attachments can be fetched for 24 hours after sending. Send the reply again if it is needed."
    status: ClassVar[int] = 410
