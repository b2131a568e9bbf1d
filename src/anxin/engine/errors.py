"""Errors of the engine: each has a stable code and a sentence in two languages."""

from __future__ import annotations

from typing import ClassVar


class EngineError(Exception):
    """A refusal or a fault of the engine that a caller may show to a person.

    `code` is stable and dotted. `zh` and `en` are sentence templates filled from `details`; where both `x` and `x_zh`
    are given, the Chinese sentence takes the latter.
    `pointer` is a JSON pointer into the caller's document, or None when no single place is wrong.
    """

    code: ClassVar[str] = "engine.error"
    zh: ClassVar[str] = "引擎出错。"
    en: ClassVar[str] = "The engine failed."

    def __init__(self, *, pointer: str | None = None, **details: object) -> None:
        self.pointer = pointer
        self.details = details
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """Return the sentence in `language` ("zh" or "en") with the details filled in."""
        if not language.startswith("zh"):
            return self.en.format_map(_Details(self.details))
        chinese = {name.removesuffix("_zh"): said for name, said in self.details.items() if name.endswith("_zh")}
        return self.zh.format_map(_Details(self.details | chinese))


class _Details(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


class EventRefused(EngineError):
    """The event cannot be decided: nothing is stored and nothing is counted."""

    code = "event.refused"
    zh = "事件未被接受。"
    en = "The event was not accepted."


class EventMalformed(EventRefused):
    """The body is not JSON, or not one object."""

    code = "event.malformed"
    zh = "请求内容不是有效的 JSON：{reason}"
    en = "The body is not valid JSON: {reason}"


class EventTypeUnknown(EventRefused):
    """The event type is not in the schema."""

    code = "event.type_unknown"
    zh = "未知的事件类型“{event_type}”。"
    en = "Unknown event type “{event_type}”."


class EventFieldInvalid(EventRefused):
    """A field is missing, of the wrong type or out of range; `pointer` names it."""

    code = "event.field_invalid"
    zh = "字段 {field} 不正确：{reason}"
    en = "Field {field} is not right: {reason}"


class EventTimeAhead(EventRefused):
    """The event claims to happen in the future, beyond the allowed clock skew."""

    code = "event.time_ahead"
    zh = "事件时间比到达时间晚 {ahead_seconds} 秒，请检查发送方的时钟。"
    en = "The event's time is {ahead_seconds} s ahead of its arrival; check the sender's clock."


class EventTimeBefore(EventRefused):
    """The event's time is before anything the platform could have seen."""

    code = "event.time_before"
    zh = "事件时间早于允许的最早时间 {earliest}；整数以毫秒计，不是秒。"
    en = "The event's time is before the earliest allowed time {earliest}; integers count milliseconds, not seconds."


class EventTimeBeyond(EventRefused):
    """The event's time is after anything that a clock could honestly say."""

    code = "event.time_beyond"
    zh = "事件时间晚于允许的最晚时间 {latest}；整数以毫秒计，不是微秒。"
    en = "The event's time is after the latest allowed time {latest}; integers count milliseconds, not microseconds."


class EventIdReused(EventRefused):
    """The same event id came with another body within 24 h."""

    code = "event.id_reused"
    zh = "事件编号 {event_id} 已被另一个内容使用。"
    en = "Event id {event_id} was already used with another body."


class PolicyError(EngineError):
    """A policy cannot be used; says where in its files, and why."""

    code = "policy.invalid"
    zh = "{file}:{line}:{column}: {reason}"
    en = "{file}:{line}:{column}: {reason}"


class StateMismatch(EngineError):
    """A saved state does not fit this program or policy."""

    code = "state.mismatch"
    zh = "保存的状态无法使用：{reason}"
    en = "The saved state cannot be used: {reason}"
