"""Why a worker gives no answer about a picture."""

from __future__ import annotations

from typing import Literal

from anxin.checkers.result import Words

Cause = Literal["backlog_full", "too_slow", "died", "out_of_memory", "not_started", "extra_missing", "closed"]
_SENTENCES: dict[Cause, Words] = {
    "backlog_full": Words(
        "等待检查的图片太多，请稍后再试", "too many pictures are waiting to be checked; try again in a moment"
    ),
    "too_slow": Words("图片检查超时，已放弃这张图片", "checking took too long; this picture was given up"),
    "died": Words(
        "检查这张图片时进程意外结束，请换一张再试",
        "the checking process ended while it read this picture; try another one",
    ),
    "out_of_memory": Words("图片需要的内存超过上限", "the picture needs more memory than is allowed"),
    "not_started": Words("图片检查进程无法启动", "the process that checks pictures cannot be started"),
    "extra_missing": Words(
        "缺少可选组件 vision，请先运行 make full", "the optional component vision is not installed: run make full first"
    ),
    "closed": Words("图片检查已关闭", "the checking of pictures was closed"),
}


class WorkerRefused(Exception):
    """A picture that got no answer; `code` is stable, `zh` and `en` are for people, `detail` is for operators."""

    def __init__(self, cause: Cause, detail: str = "") -> None:
        self.cause, self.detail = cause, detail
        self.code = f"vision.{cause}"
        self.zh, self.en = _SENTENCES[cause].zh, _SENTENCES[cause].en
        super().__init__(f"{self.en} ({detail})" if detail else self.en)
