"""Why a check gives no answer."""

from __future__ import annotations

from typing import ClassVar

from anxin.checkers.images.errors import PictureRefused
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.vision.errors import WorkerRefused


class NothingPasted(Refusal):
    """The box is empty."""

    code: ClassVar[str] = "checks.nothing_pasted"
    zh: ClassVar[str] = "没有可核查的内容：请粘贴链接、号码、消息或图片。"
    en: ClassVar[str] = "There is nothing to check: paste a link, a number, a message or a picture."
    status: ClassVar[int] = 422


class PictureUnread(Refusal):
    """The picture was not looked at, or gave no answer."""

    code: ClassVar[str] = "checks.picture_unread"
    zh: ClassVar[str] = "图片未检查：{why}。没有保存任何内容。"
    en: ClassVar[str] = "The picture was not checked: {why}. Nothing was kept."
    status: ClassVar[int] = 422


def picture_unread(refused: PictureRefused | WorkerRefused) -> PictureUnread:
    """Return the desk's refusal for one of the picture's reader."""
    return PictureUnread(why=refused.en, why_zh=refused.zh)
