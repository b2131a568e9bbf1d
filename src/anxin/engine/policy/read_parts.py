"""Small parts that several sections of a policy share."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from anxin.engine.decision import Text
from anxin.engine.policy.documents import Value
from anxin.engine.policy.language.check import suggestion
from anxin.engine.schema.schema import Schema

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
RULE_ID = re.compile(r"[A-Z][A-Za-z0-9_]{0,31}\Z")
_DURATION = re.compile(r"(\d{1,9})(ms|s|m|h|d)\Z")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MOMENT = 2**53
UNITS_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def read_text(section: dict[str, Value], key: str, owner: Value) -> Text | None:
    """Return the text `key` in both languages; record a missing key or language."""
    value = require(section, key, owner)
    languages = value.section(("zh", "en")) if value is not None else None
    if value is None or languages is None:
        return None
    found = {language: read_required(languages, language, value) for language in ("zh", "en")}
    if found["zh"] is None or found["en"] is None:
        return None
    return Text(zh=found["zh"], en=found["en"])


def require(section: dict[str, Value], key: str, owner: Value) -> Value | None:
    """Return the value of a required key, or None after recording that it is missing."""
    if key not in section:
        owner.fail("policy.missing_key", f"缺少 {key}", f"{key} is missing")
        return None
    return section[key]


def read_required(section: dict[str, Value], key: str, owner: Value) -> str | None:
    """Return a required text."""
    value = require(section, key, owner)
    return value.text() if value is not None else None


def plain_text(section: dict[str, Value], key: str) -> str:
    """Return an optional text, empty when absent; record a value that is no text."""
    return (section[key].text() or "") if key in section else ""


def read_duration(value: Value, low: int, high: int) -> int | None:
    """Return milliseconds of a text such as `30m`, within bounds."""
    match = _DURATION.match(value.raw())
    if match:
        milliseconds = int(match[1]) * UNITS_MS[match[2]]
        if low <= milliseconds <= high:
            return milliseconds
    value.fail(
        "policy.duration",
        "应为时长，例如 30m、24h、7d，且在允许范围内",
        "expected a duration in range, such as 30m, 24h, 7d",
    )
    return None


def read_date(value: Value) -> date | None:
    """Return a date written as YYYY-MM-DD."""
    try:
        return date.fromisoformat(value.raw())
    except ValueError:
        value.fail("policy.date", "应为日期 YYYY-MM-DD", "expected a date YYYY-MM-DD")
        return None


def read_moment(value: Value) -> int | None:
    """Return, as ms UTC, a moment written in RFC 3339 with its zone, or in ms already."""
    word = value.raw()
    try:
        at = int(word) if word.isdecimal() else _milliseconds(datetime.fromisoformat(word))
    except ValueError:
        at = -1
    if 0 <= at <= LAST_MOMENT:
        return at
    value.fail(
        "policy.moment",
        "应为带时区的时间，例如 2027-01-01T00:00:00Z，或毫秒数",
        "expected a moment with its zone, such as 2027-01-01T00:00:00Z, or milliseconds",
    )
    return None


def _milliseconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return (moment - EPOCH) // timedelta(milliseconds=1)


def read_event_types(value: Value, schema: Schema) -> tuple[str, ...]:
    """Return known event types from one word or a list; record the unknown ones."""
    found: list[str] = []
    for each in value.one_or_more():
        name = each.raw()
        if name not in schema.events:
            zh, en = suggestion(name, schema.events)
            each.fail("policy.event_type", f"未知的事件类型 {name[:64]}{zh}", f"unknown event type {name[:64]}{en}")
        elif name in found:
            each.fail("policy.duplicate", f"重复的 {name}", f"{name} stands twice")
        else:
            found.append(name)
    if not found and isinstance(value.node.value, list) and not value.node.value:
        value.fail("policy.empty", "不能为空", "it must not be empty")
    return tuple(found)
