"""Refusals of the decoder, with reasons in both languages."""

from __future__ import annotations

import re

import msgspec

from anxin.engine.errors import EventFieldInvalid, EventMalformed, EventRefused, EventTypeUnknown

_PLACE = re.compile(r" - at `(?:\$|key in \$)([^`]*)`\Z")
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(.{0,64}?)`", re.DOTALL)
_ENUM = re.compile(r"Invalid enum value (.{1,64})", re.DOTALL)
_INDEX = re.compile(r"\[(\d+|\.\.\.)\]")
_WORDS = {
    "int": ("整数", "an integer"),
    "str": ("文本", "a text"),
    "bool": ("true 或 false", "true or false"),
    "float": ("数字", "a number"),
    "array": ("列表", "a list"),
    "object": ("对象", "an object"),
    "null": ("空", "null"),
    "datetime": ("时间", "a time"),
}


# What the JSON reader says, by how it begins.
_SYNTAX = {
    "Input data was truncated": ("内容或其中的转义不完整", "it, or an escape in it, is incomplete"),
    "object keys must be strings": ("字段名须写在双引号里", "names of fields stand in double quotes"),
    "expected ':'": ("字段名后缺少冒号", "a colon is missing after the name of a field"),
    "expected ','": ("两项之间缺少逗号", "a comma is missing between two parts"),
    "trailing comma": ("最后一项后面多了逗号", "a comma follows the last part"),
    "trailing characters": ("结尾之后还有内容", "something follows its end"),
    "invalid number": ("数字写法不正确", "a number is not written as JSON wants it"),
    "invalid escape": ("转义写法不正确", "an escape is not written as JSON wants it"),
}
_BYTE = re.compile(r" \(byte (\d+)\)\Z")


class BodyMalformed(EventMalformed):
    """The body is not JSON, not one object, too large or nested too deep."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(reason=en, reason_zh=zh)


class FieldRefused(EventFieldInvalid):
    """A field is missing, of the wrong type or out of range."""

    def __init__(self, *, pointer: str, zh: str, en: str) -> None:
        field = pointer.strip("/").replace("/", ".") or "event"
        super().__init__(pointer=pointer, field=field, reason=en, reason_zh=zh)


def malformed_of(error: Exception) -> BodyMalformed:
    """Return the refusal of a body that cannot be read as JSON, with the place counted in bytes from one."""
    if isinstance(error, UnicodeDecodeError):
        return BodyMalformed(zh="不是 UTF-8 文本", en="it is not UTF-8 text")
    if isinstance(error, RecursionError):
        return BodyMalformed(zh="嵌套太深", en="it is nested too deep")
    message = str(error).removeprefix("JSON is malformed: ")
    fallback = ("这里的字符不合 JSON 语法", "JSON allows no such character here")
    zh, en = next((words for start, words in _SYNTAX.items() if message.startswith(start)), fallback)
    place = _BYTE.search(message)
    if place is None:
        return BodyMalformed(zh=zh, en=en)
    byte = int(place[1]) + 1
    return BodyMalformed(zh=f"{zh}（第 {byte} 个字节附近）", en=f"{en} (near byte {byte})")


def refusal_of(message: str, event_type: str | None) -> EventRefused:
    """Return the refusal for a validation message of the decoder; `event_type` is what the event claims to be."""
    place = _PLACE.search(message)
    path = place[1] if place else ""
    missing = _MISSING.match(message)
    if missing:
        return FieldRefused(pointer=_pointer(f"{path}.{missing[1]}"), zh="缺少必填字段", en="the field is required")
    if path == ".event_type" and event_type is not None:
        return EventTypeUnknown(pointer="/event_type", event_type=event_type[:64])
    what = message[: place.start()] if place else message
    zh, en = _reason(what)
    if not path and what.startswith("Expected `object`"):
        return BodyMalformed(zh="应为一个 JSON 对象", en="expected one JSON object")
    return FieldRefused(pointer=_pointer(path), zh=zh, en=en)


def words_of(problem: Exception) -> tuple[str, str]:
    """Return in Chinese and English what is wrong with another body than an event's, by the decoder's message."""
    if not isinstance(problem, msgspec.ValidationError):
        told = malformed_of(problem)
        return str(told.details["reason_zh"]), str(told.details["reason"])
    message = str(problem)
    place, unknown = _PLACE.search(message), _UNKNOWN.match(message)
    path = place[1] if place else ""
    if unknown:
        field = _named(f"{path}.{unknown[1]}")
        return f"没有字段 {field}", f"there is no field {field}"
    if missing := _MISSING.match(message):
        field = _named(f"{path}.{missing[1]}")
        return f"缺少必填字段 {field}", f"the required field {field} is missing"
    what = message[: place.start()] if place else message
    enum = _ENUM.match(what)
    zh, en = (f"没有取值 {enum[1]}", f"there is no value {enum[1]}") if enum else _reason(what)
    field = _named(path)
    return (f"字段 {field}：{zh}", f"field {field}: {en}") if field else (zh, en)


def _named(path: str) -> str:
    return _pointer(path).strip("/").replace("/", ".")


def _pointer(path: str) -> str:
    return _INDEX.sub(r"/\1", path).replace(".", "/")


def _reason(what: str) -> tuple[str, str]:
    if "out of range" in what or "`int` <=" in what:
        return "数字超出范围", "the number is out of range"
    if "`int` >=" in what:
        return "数字太小或为负", "the number is negative or too small"
    if "length >=" in what:
        return "不能为空", "it must not be empty"
    if "length <=" in what:
        limit = what.rsplit(" ", 1)[-1]
        return f"文本太长，最多 {limit} 个字符", f"the text is longer than {limit} characters"
    if "timezone" in what or "datetime" in what:
        return "应为带时区的 RFC 3339 时间或整数毫秒", "expected an RFC 3339 time with offset, or integer milliseconds"
    if "matching regex" in what:
        return "格式不正确", "it does not have the required form"
    return _type_reason(what)


def _type_reason(what: str) -> tuple[str, str]:
    expected = re.match(r"Expected `([^`]*)`(?:, got `([^`]*)`)?", what)
    if not expected:
        return "值不正确", "the value is not right"
    wanted = next((each for each in expected[1].split(" | ") if each in _WORDS), "str")
    got = _WORDS.get(expected[2] or "")
    zh, en = _WORDS[wanted]
    if got is None:
        return f"应为{zh}", f"expected {en}"
    return f"应为{zh}，而不是{got[0]}", f"expected {en}, got {got[1]}"
