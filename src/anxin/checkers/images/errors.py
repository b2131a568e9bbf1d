"""What is refused of a picture before anything is read from it."""

from __future__ import annotations

from typing import Literal

from anxin.checkers.result import Words

Refusal = Literal["empty", "too_large", "unknown_format", "too_many_pixels", "broken"]
_SENTENCES: dict[Refusal, Words] = {
    "empty": Words("文件是空的", "the file is empty"),
    "too_large": Words("文件超过 20 MB，请压缩后再试", "the file has more than 20 MB; make it smaller and try again"),
    "unknown_format": Words(
        "不是 PNG、JPEG、WebP、GIF 或 BMP 图片（按内容判断，与文件名无关）",
        "this is no PNG, JPEG, WebP, GIF or BMP picture (judged by its content, not by its name)",
    ),
    "too_many_pixels": Words(
        "图片超过 4000 万像素，请缩小后再试", "the picture has more than 40 million pixels; scale it down and try again"
    ),
    "broken": Words(
        "图片已损坏或不完整，请让客户重新发送", "the picture is broken or incomplete; ask the customer to send it again"
    ),
}


class PictureRefused(Exception):
    """A file that is not looked at; `code` is stable, `zh` and `en` are for people."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal: Refusal = refusal
        self.code = f"image.{refusal}"
        self.zh, self.en = _SENTENCES[refusal].zh, _SENTENCES[refusal].en
        super().__init__(self.en)
