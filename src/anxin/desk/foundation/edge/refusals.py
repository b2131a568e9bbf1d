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


class RequestUnclear(Refusal):
    """The framework could not read the request."""

    code = "desk.bad_request"
    zh = "请求无法理解。"
    en = "This request cannot be understood."
    status = 400


class NotAllowed(Refusal):
    """The framework itself does not allow it."""

    code = "desk.forbidden"
    zh = "您无权执行此操作。"
    en = "You may not do this."
    status = 403


class MethodUnknown(Refusal):
    """The path exists and does not take this method; `allowed` are those it takes."""

    code = "desk.method_unknown"
    zh = "此地址不接受 {method}，未执行；可用：{allowed}。"
    en = "This address does not take {method}; nothing was done. It takes {allowed}."
    status = 405


class Broken(Refusal):
    """A bug: what was asked for was not done."""

    code = "desk.broken"
    zh = "服务出错，本次操作没有完成；若再次出现，请把 request_id 告诉管理员。"
    en = "Something broke on our side; this was not done. If it happens again, give your administrator the request_id."
    status = 500


class DatabaseAway(Refusal):
    """The database cannot be reached."""

    code = "desk.database_away"
    zh = "数据库暂时无法访问，本次操作没有执行，请稍后重试。"
    en = "The database cannot be reached now; this was not done. Try again in a moment."
    status = 503
