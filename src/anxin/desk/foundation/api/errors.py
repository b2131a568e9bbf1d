"""Refusals of the API itself."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class BodyInvalid(Refusal):
    """Body or parameters do not have the shape of the call; `pointer` names the first place."""

    code: ClassVar[str] = "api.body_invalid"
    zh: ClassVar[str] = "请求内容不正确：{reason}"
    en: ClassVar[str] = "The request is not right: {reason}"
    status: ClassVar[int] = 422


class FieldUnknown(Refusal):
    """The body names something that the call does not know; `pointer` says where."""

    code: ClassVar[str] = "api.field_unknown"
    zh: ClassVar[str] = "未知字段 {place}，未执行。{hint}"
    en: ClassVar[str] = "Unknown field {place}; nothing was done.{hint}"
    status: ClassVar[int] = 422


class ParameterUnknown(Refusal):
    """The address carries a parameter that the call does not know."""

    code: ClassVar[str] = "api.parameter_unknown"
    zh: ClassVar[str] = "未知参数 {name}，未执行。{hint}"
    en: ClassVar[str] = "Unknown parameter {name}; nothing was done.{hint}"
    status: ClassVar[int] = 422


class ParameterRepeated(Refusal):
    """The address carries a parameter more than once, and the call takes one value."""

    code: ClassVar[str] = "api.parameter_repeated"
    zh: ClassVar[str] = "参数 {name} 只能给出一次，未执行。"
    en: ClassVar[str] = "The parameter {name} may be given once; nothing was done."
    status: ClassVar[int] = 422


class KeyReused(Refusal):
    """The Idempotency-Key was used for another request."""

    code: ClassVar[str] = "api.key_reused"
    zh: ClassVar[str] = "该 Idempotency-Key 已用于另一个请求。"
    en: ClassVar[str] = "This Idempotency-Key belongs to another request."
    status: ClassVar[int] = 422


class StillWorking(Refusal):
    """The first request with this Idempotency-Key has no answer yet."""

    code: ClassVar[str] = "api.still_working"
    zh: ClassVar[str] = "同一请求仍在处理中，请稍后再试。"
    en: ClassVar[str] = "The same request is still being worked on; ask again."
    status: ClassVar[int] = 409


class VersionNeeded(Refusal):
    """A change needs the version it is based on."""

    code: ClassVar[str] = "api.version_needed"
    zh: ClassVar[str] = "修改须带 If-Match（当前版本的 ETag）。"
    en: ClassVar[str] = "A change needs If-Match with the ETag it is based on."
    status: ClassVar[int] = 428


class CrossSite(Refusal):
    """The request did not bring the CSRF token of the browser's session."""

    code: ClassVar[str] = "api.cross_site"
    zh: ClassVar[str] = "请求缺少本站的 CSRF 令牌。"
    en: ClassVar[str] = "The request lacks this site's CSRF token."
    status: ClassVar[int] = 403
