"""Why a body or a parameter does not fit, said of the first place that is wrong; what stood there is never repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ninja.errors import ValidationError

from anxin.desk.foundation.api.errors import BodyInvalid
from anxin.desk.foundation.api.given import UNKNOWN, escaped, unknown_field
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.ui.words import Words

_BY_TYPE: tuple[tuple[str, Words], ...] = (
    ("missing", Words("缺少", "is missing")),
    ("string_too_long", Words("不得超过 {max_length} 个字符", "takes {max_length} characters at most")),
    ("string_too_short", Words("至少 {min_length} 个字符", "takes {min_length} characters at least")),
    ("string_pattern", Words("取值不在接口文档所列之内", "is none of the values in the document")),
    ("string_", Words("须为文字", "has to be text")),
    ("int_", Words("须为整数", "has to be a whole number")),
    ("finite_number", Words("须为有限的数字", "has to be a finite number")),
    ("float_", Words("须为数字", "has to be a number")),
    ("bool_", Words("须为 true 或 false", "has to be true or false")),
    ("timezone_", Words("时间须带时区（RFC 3339）", "has to say its time zone (RFC 3339)")),
    ("date_", Words("须为日期（如 2026-11-22）", "has to be a day (as 2026-11-22)")),
    ("datetime_", Words("须为 RFC 3339 时间", "has to be a time (RFC 3339)")),
    ("literal_error", Words("须为 {expected} 之一", "has to be one of {expected}")),
    ("greater_than", Words("小于允许的值", "is below what is allowed")),
    ("less_than", Words("大于允许的值", "is above what is allowed")),
    ("too_long", Words("最多 {max_length} 项", "takes {max_length} items at most")),
    ("too_short", Words("至少 {min_length} 项", "takes {min_length} items at least")),
    ("list_", Words("须为列表", "has to be a list")),
    ("tuple_", Words("须为列表", "has to be a list")),
    ("model_", Words("须为 JSON 对象", "has to be a JSON object")),
    ("dict_", Words("须为 JSON 对象", "has to be a JSON object")),
)
_ROOTS = frozenset({"body", "form", "query", "file", "path"})


def explain(invalid: ValidationError) -> Refusal:
    """Return the refusal of what could not be read."""
    first: Mapping[str, Any] = invalid.errors[0] if invalid.errors else {}
    kind, context = str(first.get("type", "invalid")), first.get("ctx", {})
    place = "".join(f"/{escaped(each)}" for each in _path(first.get("loc", ())))
    if kind == UNKNOWN:
        return unknown_field(context["name"], context["known"], at=place)
    words = next((said for start, said in _BY_TYPE if kind.startswith(start)), Words("不正确", "is not right"))
    said = {name: str(value).replace("'', ", "").replace("'", "") for name, value in context.items()}
    zh, en = words.zh.format_map(said), words.en.format_map(said)
    return BodyInvalid(pointer=place, reason=f"{place} {en}".strip(), reason_zh=f"{place} {zh}".strip())


def _path(loc: tuple[object, ...]) -> tuple[object, ...]:
    """Return the steps inside what the caller wrote: without where it came from and the name it has in the code."""
    source, rest = loc[:1], loc[1:]
    if source == ("body",):
        return rest[1:]
    return rest[-1:] if source and source[0] in _ROOTS else rest
