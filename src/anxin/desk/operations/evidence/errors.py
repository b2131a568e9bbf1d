"""Why a piece is not taken in, shown or handed out; each says what can be done instead."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class EvidenceEmpty(Refusal):
    """There is nothing in it."""

    code: ClassVar[str] = "evidence.empty"
    zh: ClassVar[str] = "文件或内容是空的，没有保存。请让客户重新发送。"
    en: ClassVar[str] = "The file or text is empty; nothing was kept. Ask for it again."
    status: ClassVar[int] = 422


class EvidenceTooLarge(Refusal):
    """One piece is larger than allowed."""

    code: ClassVar[str] = "evidence.too_large"
    zh: ClassVar[str] = "单份证据不能超过 {limit} MB。请截取关键部分，或联系管理员调整上限。"
    en: ClassVar[str] = "A piece may have at most {limit} MB. Cut out what matters, or ask for a higher limit."
    status: ClassVar[int] = 413


class EvidenceQuotaFull(Refusal):
    """The incident holds as much as it may."""

    code: ClassVar[str] = "evidence.quota_full"
    zh: ClassVar[str] = "本事件的证据已达上限（{limit} MB）。请联系值班组长。"
    en: ClassVar[str] = "This incident holds as much evidence as it may ({limit} MB). Ask the shift lead."
    status: ClassVar[int] = 409


class EvidenceErased(Refusal):
    """The content was let go; hash and fact remain."""

    code: ClassVar[str] = "evidence.erased"
    zh: ClassVar[str] = "内容已按规定删除，仅保留指纹和记录。"
    en: ClassVar[str] = "The content was erased by the rules; its hash and history remain."
    status: ClassVar[int] = 410


class EvidenceBroken(Refusal):
    """The stored file is missing or was changed: somebody has been told."""

    code: ClassVar[str] = "evidence.broken"
    zh: ClassVar[str] = "存储的文件缺失或被改动，不能使用。已上报，请从备份恢复。"
    en: ClassVar[str] = "The stored file is missing or was changed and is not used. It was reported; restore a backup."
    status: ClassVar[int] = 409


class NotShown(Refusal):
    """This kind of piece is never shown here, or not to this role."""

    code: ClassVar[str] = "evidence.not_shown"
    zh: ClassVar[str] = "此证据不在页面内显示。可查看遮盖副本，或由有权限者下载。"
    en: ClassVar[str] = (
        "This piece is not shown here. Look at a redacted copy, or let somebody with the right download it."
    )
    status: ClassVar[int] = 403


class NothingToRedact(Refusal):
    """The piece has no text and no picture that a copy could be made of."""

    code: ClassVar[str] = "evidence.nothing_to_redact"
    zh: ClassVar[str] = "只有文本和可读取的图片能制作遮盖副本：{reason}"
    en: ClassVar[str] = "Redacted copies are made of texts and readable pictures only: {reason}"
    status: ClassVar[int] = 409


class UnderHold(Refusal):
    """A legal hold keeps the piece."""

    code: ClassVar[str] = "evidence.under_hold"
    zh: ClassVar[str] = "该证据处于法务留存，不能删除。"
    en: ClassVar[str] = "A legal hold keeps this piece; it cannot be erased."
    status: ClassVar[int] = 409


class PersonUnderHold(Refusal):
    """A legal hold on somebody in the incident keeps the piece."""

    code: ClassVar[str] = "evidence.person_under_hold"
    zh: ClassVar[str] = "事件中有人处于法务留存，其证据不能删除。"
    en: ClassVar[str] = "Somebody in this incident is under a legal hold; its evidence cannot be erased."
    status: ClassVar[int] = 409


class NotHeld(Refusal):
    """There is no hold to lift."""

    code: ClassVar[str] = "evidence.not_held"
    zh: ClassVar[str] = "该证据没有法务留存。"
    en: ClassVar[str] = "No legal hold is on this piece."
    status: ClassVar[int] = 409


class PurposeMissing(Refusal):
    """Evidence leaves for a purpose of the list only."""

    code: ClassVar[str] = "evidence.purpose_missing"
    zh: ClassVar[str] = "请选择用途。"
    en: ClassVar[str] = "Choose a purpose."
    status: ClassVar[int] = 422


class SecondPersonFirst(Refusal):
    """Originals leave only after a second person agreed."""

    code: ClassVar[str] = "evidence.second_person"
    zh: ClassVar[str] = "移交原件需要第二人批准，请先申请。批准后一小时内可导出一次。"
    en: ClassVar[str] = "Originals leave after a second person agrees: ask first; then one pack within the hour."
    status: ClassVar[int] = 403


class NothingToPack(Refusal):
    """No chosen piece has content, or only originals exist."""

    code: ClassVar[str] = "evidence.nothing_to_pack"
    zh: ClassVar[str] = "没有可导出的内容：请先制作遮盖副本，或申请移交原件。"
    en: ClassVar[str] = "There is nothing to pack: make redacted copies first, or ask to hand over originals."
    status: ClassVar[int] = 409


class PackTooLarge(Refusal):
    """The chosen pieces together are larger than a pack may be."""

    code: ClassVar[str] = "evidence.pack_too_large"
    zh: ClassVar[str] = "所选内容超过 {limit} MB，请分次导出。"
    en: ClassVar[str] = "The chosen pieces have more than {limit} MB; export them in parts."
    status: ClassVar[int] = 409


class PictureGone(Refusal):
    """The checked picture is not in memory any more."""

    code: ClassVar[str] = "evidence.picture_gone"
    zh: ClassVar[str] = "图片已从内存清除，请重新上传为证据。"
    en: ClassVar[str] = "The picture has left the memory; upload it as evidence."
    status: ClassVar[int] = 410
