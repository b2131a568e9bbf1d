"""Refusals: what the desk expects to go wrong, said so that a person knows what to do."""

from __future__ import annotations

from typing import ClassVar

from anxin.engine.errors import EngineError


class Refusal(EngineError):
    """The request was understood and not done; nothing changed.

    `status` is the HTTP status, `unmet` the codes of the guards that were not met.
    """

    code: ClassVar[str] = "desk.refused"
    zh: ClassVar[str] = "操作未执行。"
    en: ClassVar[str] = "This was not done."
    status: ClassVar[int] = 400

    def __init__(self, *, pointer: str | None = None, unmet: tuple[str, ...] = (), **details: object) -> None:
        self.unmet = unmet
        super().__init__(pointer=pointer, **details)


class SignInNeeded(Refusal):
    """Nobody is signed in."""

    code = "sign_in.needed"
    zh = "请先登录。"
    en = "Sign in first."
    status = 401


class NotFound(Refusal):
    """It does not exist, or not for this person: both look alike."""

    code = "desk.not_found"
    zh = "找不到，或您无权查看。"
    en = "It is not there, or not yours to see."
    status = 404


class Conflict(Refusal):
    """Somebody else changed it in between."""

    code = "desk.changed_meanwhile"
    zh = "内容已被他人修改（当前版本 {version}），请核对后重试。"
    en = "Somebody changed it meanwhile (version {version} now); look again and retry."
    status = 412


class FieldInvalid(Refusal):
    """A field of a form or a body is not right; `pointer` names it."""

    code = "desk.field_invalid"
    zh = "{field} 不正确：{reason}"
    en = "{field} is not right: {reason}"
    status = 422


class BodyTooLarge(Refusal):
    """The body is larger than the page or call takes; `limit` in KiB."""

    code = "desk.body_too_large"
    zh = "内容过大：此处最多 {limit} KiB，未执行。"
    en = "This is too large: {limit} KiB at most are taken here; nothing was done."
    status = 413
