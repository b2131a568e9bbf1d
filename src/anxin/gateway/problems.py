"""Refusals of the gateway, and every refusal as an RFC 9457 problem."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from anxin.engine.errors import EngineError, EventMalformed, EventRefused

PROBLEM_MEDIA = b"application/problem+json"


class Refusal(EngineError):
    """The gateway refuses a call; `status` is its HTTP status, `retry_after` seconds or None."""

    status: ClassVar[int] = 400
    retry_after: int | None = None
    allow: bytes | None = None


class RequestMalformed(Refusal):
    """The bytes are not HTTP, or a parameter cannot be read."""

    code = "request.malformed"
    zh = "请求格式不正确：{reason}"
    en = "The request is malformed: {reason}"


class FieldUnknown(Refusal):
    """The body of a call other than an event's names something that the call does not know."""

    status = 422
    code = "request.field_unknown"
    zh = "未知字段“{field}”，未执行。{hint}"
    en = "Unknown field “{field}”; nothing was done.{hint}"


class ParameterUnknown(Refusal):
    """The address carries a parameter that the call does not know."""

    status = 422
    code = "request.parameter_unknown"
    zh = "未知参数“{name}”，未执行。{hint}"
    en = "Unknown parameter “{name}”; nothing was done.{hint}"


class RequestTooSlow(Refusal):
    """The client stalled in the middle of a request."""

    status = 408
    code = "request.too_slow"
    zh = "请求发送太慢，已断开。"
    en = "The request came too slowly and was cut off."


class HeadTooLarge(Refusal):
    """The request line and headers are too long."""

    status = 431
    code = "request.head_too_large"
    zh = "请求头过大（上限 {limit} 字节）。"
    en = "The request head is too large (limit {limit} bytes)."


class BodyTooLarge(Refusal):
    """The body is longer than the call takes."""

    status = 413
    code = "request.body_too_large"
    zh = "请求内容过大（上限 {limit} 字节）。"
    en = "The body is too large (limit {limit} bytes)."


class MediaUnsupported(Refusal):
    """The body's media type is not one the call takes."""

    status = 415
    code = "request.media_unsupported"
    zh = "不支持的内容类型，请使用 {expected}。"
    en = "The media type is not supported; use {expected}."


class MethodNotAllowed(Refusal):
    """The path exists, the method does not; `allow` lists those that do."""

    status = 405
    code = "request.method_not_allowed"
    zh = "该地址不支持此方法。"
    en = "This address does not take that method."


class NotFound(Refusal):
    """There is no such address, event or hold, or the caller may not see it."""

    status = 404
    code = "request.not_found"
    zh = "未找到。"
    en = "Not found."


class EventNotFound(NotFound):
    """No event of that id was decided, or retention has dropped its record."""

    zh = "决策日志里没有这个编号的事件。"
    en = "The decision log holds no event of this id."


class KindNotFound(NotFound):
    """There is no such kind of entity."""

    zh = "没有“{kind}”这种对象；可用的种类：{kinds}。"
    en = "There is no kind of entity “{kind}”; kinds are {kinds}."


class Unauthorised(Refusal):
    """No key, or one that is unknown, revoked, expired or used from a wrong address: all look alike."""

    status = 401
    code = "key.refused"
    zh = "访问密钥无效。"
    en = "The access key is not valid."


class ScopeMissing(Refusal):
    """The key is good, and not for this call."""

    status = 403
    code = "key.scope_missing"
    zh = "该访问密钥没有“{scope}”权限。"
    en = "The access key lacks the scope “{scope}”."


class RateExceeded(Refusal):
    """The key's rate is used up."""

    status = 429
    code = "key.rate_exceeded"
    zh = "请求过于频繁，请在 {seconds} 秒后重试。"
    en = "Too many calls; try again in {seconds} s."


class Busy(Refusal):
    """Too many events wait for the disk; nothing was stored or counted."""

    status = 503
    code = "gateway.busy"
    zh = "系统繁忙，事件未被接受，请稍后重试。"
    en = "The gateway is busy; the event was not accepted. Try again later."
    retry_after = 1


class DiskFull(Refusal):
    """The decision log cannot grow; nothing was stored or counted."""

    status = 503
    code = "gateway.disk_full"
    zh = "磁盘空间不足，事件未被接受。"
    en = "The disk is full; the event was not accepted."
    retry_after = 30


class Draining(Refusal):
    """The gateway is starting or stopping."""

    status = 503
    code = "gateway.draining"
    zh = "服务正在启动或停止，请稍后重试。"
    en = "The gateway is starting or stopping; try again later."
    retry_after = 5


class TooManyConnections(Refusal):
    """The connection limit is reached."""

    status = 503
    code = "gateway.too_many_connections"
    zh = "连接数已达上限，请稍后重试。"
    en = "Too many connections; try again later."
    retry_after = 5


class BatchTooLong(Refusal):
    """The batch holds more events than allowed, or none."""

    status = 422
    code = "batch.length"
    zh = "批量请求须包含 1 至 {limit} 个事件。"
    en = "A batch must hold 1 to {limit} events."


class DecisionFailed(Refusal):
    """The engine met a fault of its own; the event is stored for replay and has no verdict."""

    status = 500
    code = "engine.fault"
    zh = "处理该事件时发生内部错误，已记录。"
    en = "An internal fault happened on this event; it was recorded."


class CallFailed(Refusal):
    """The gateway met a fault of its own on a call."""

    status = 500
    code = "gateway.fault"
    zh = "处理该请求时发生内部错误，已记入日志。"
    en = "An internal fault happened on this call; it was written to the journal."


class RecordUnreadable(Refusal):
    """The stored decision cannot be read: the log is damaged there, or its key is missing."""

    status = 500
    code = "decision.unreadable"
    zh = "该决策的存储记录无法读取，请运维人员执行 anxin log verify。"
    en = "The stored record of this decision cannot be read; have an operator run anxin log verify."


class CheckMalformed(Refusal):
    """The body of a check call is not one JSON object."""

    code = "checks.malformed"
    zh = "请求内容不是有效的 JSON：{reason}"
    en = "The body is not valid JSON: {reason}"


class CheckFieldInvalid(Refusal):
    """A field of a check call is missing or wrong."""

    status = 422
    code = "checks.field_invalid"
    zh = "字段“{field}”不正确：{reason}"
    en = "The field “{field}” is not right: {reason}"


class ChecksUnavailable(Refusal):
    """This gateway runs without checks."""

    status = 501
    code = "checks.unavailable"
    zh = "此网关未启用核查，或未安装可选组件 checks。"
    en = "This gateway runs without checks, or the extra `checks` is not installed."


class ImageUnavailable(Refusal):
    """This gateway cannot read pictures."""

    status = 501
    code = "checks.image_unavailable"
    zh = "此网关不能核查图片：未安装可选组件 vision。"
    en = "This gateway cannot check pictures: the extra `vision` is not installed."


class ImageRefused(Refusal):
    """The picture cannot be read."""

    status = 422
    code = "checks.image_refused"
    zh = "图片无法核查：{reason}"
    en = "The picture cannot be checked: {reason}"


class ChecksBusy(Refusal):
    """The check worker has too much to do, or failed at this one."""

    status = 503
    code = "checks.busy"
    zh = "核查服务繁忙或暂时不可用，请稍后重试。"
    en = "The checks are busy or failed for now; try again later."
    retry_after = 1


class SignaturesRefused(Refusal):
    """An order of signatures is wrong, or not to be believed; what was in force stays."""

    status = 422
    code = "signatures.refused"
    zh = "特征未发布：{reason}"
    en = "The signatures were not published: {reason}"


class Problem(msgspec.Struct, omit_defaults=True):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str
    pointer: str | None = None
    unmet_guards: tuple[str, ...] = ()
    request_id: str = ""


_STATUS: dict[type[EngineError], int] = {EventMalformed: 400, EventRefused: 422}


def problem_status(error: EngineError) -> int:
    """Return the HTTP status of a refusal."""
    if isinstance(error, Refusal):
        return error.status
    for kind, status in _STATUS.items():
        if isinstance(error, kind):
            return status
    return 422


def preferred_language(accept: bytes | None) -> str:
    """Return "zh" or "en" from an Accept-Language header; zh when it names neither."""
    best, weight = "zh", 0.0
    for part in (accept or b"").decode("latin-1").split(","):
        tag, _, parameters = part.strip().partition(";")
        language = tag[:2].lower()
        quality = _quality(parameters)
        if language in ("zh", "en") and quality > weight:
            best, weight = language, quality
    return best


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def render_problem(error: EngineError, *, language: str, request_id: str) -> bytes:
    """Return the problem document as JSON."""
    problem = Problem(
        type=f"urn:anxin:problem:{error.code}",
        title=error.sentence(language),
        status=problem_status(error),
        code=error.code,
        pointer=error.pointer,
        request_id=request_id,
    )
    return msgspec.json.encode(problem)
