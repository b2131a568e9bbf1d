"""Mapping files: how the columns of a file become events, labels, and the label events that come later."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Literal

import msgspec

from anxin.engine.schema.refusals import words_of
from anxin.history.conversions import UNIT_MS
from anxin.history.errors import FileUnreadable, MappingInvalid, reason_zh_of
from anxin.history.files import UTF_8

_SPAN = re.compile(r"(\d+)(ms|[smhd])\Z")
_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_PLACE = re.compile(r" - at `\$\.?(.*)`\Z", re.DOTALL)


class TypeByColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The event type of a row, chosen by a column's value."""

    column: str
    values: dict[str, str]


class FieldSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a field's value comes from: one `column`, a `constant`, or the time from column `since` to `column`.

    A `difference` is in whole `unit`s. `currency` and `round` (to its minor unit) belong to money; `format`, `timezone`
    and `base` to times.
    """

    column: str = ""
    constant: str | int | bool | None = None
    kind: Literal["text", "int", "number", "bool", "money", "time", "difference"] = "text"
    prefix: str = ""
    currency: str = ""
    round: bool = False
    format: str = "iso"
    timezone: str = "UTC"
    base: str | None = None
    since: str = ""
    unit: Literal["ms", "s", "m", "h", "d"] = "s"


class EventSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Type, id (by default the file's name and the row's number) and time of the event a row becomes."""

    type: str | TypeByColumn
    occurred_at: FieldSource
    id: FieldSource | None = None


class LabelEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The event by which a label becomes known `delay` after the row's own event; it carries the named fields of it."""

    type: str
    delay: str
    carry: list[str]
    of: Literal["fraud", "ordinary"] = "fraud"
    constants: dict[str, str | int | bool] = msgspec.field(default_factory=dict)


class LabelSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The label column and the values that mean fraud, ordinary and unlabelled."""

    column: str
    fraud: list[str]
    ordinary: list[str]
    unlabelled: list[str] = msgspec.field(default_factory=list)
    events: list[LabelEvent] = msgspec.field(default_factory=list)


class ArrivalSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The column with the arrival time, when the file's own order is not the order of arrival."""

    column: str
    format: str = "iso"
    timezone: str = "UTC"
    base: str | None = None


class PartSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The column that names the part of the data a row belongs to."""

    column: str


class FileMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mapping file. Values in `missing` leave their field out; `encoding` is that of a CSV file."""

    name: str
    event: EventSource
    fields: dict[str, FieldSource]
    label: LabelSource | None = None
    arrival: ArrivalSource | None = None
    part: PartSource | None = None
    missing: list[str] = msgspec.field(default_factory=lambda: [""])
    encoding: str = UTF_8


def read_mapping(path: Path) -> FileMapping:
    """Return the mapping of a TOML file; raise FileUnreadable, or MappingInvalid with the place that is wrong."""
    try:
        text = path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise FileUnreadable(file=path.name, reason=reason, reason_zh=reason_zh_of(problem)) from problem
    return parse_mapping(text, file=path.name)


def parse_mapping(text: bytes, *, file: str = "mapping") -> FileMapping:
    """Return the mapping of a TOML text; raise MappingInvalid with the place that is wrong."""
    try:
        mapping = msgspec.toml.decode(text.removeprefix(codecs.BOM_UTF8), type=FileMapping)
    except msgspec.ValidationError as problem:
        found = _PLACE.search(str(problem))
        place, place_zh = (found[1], found[1]) if found else ("top", "顶层")
        reason_zh, reason = words_of(msgspec.ValidationError(_PLACE.sub("", str(problem))))
        raise MappingInvalid(file=file, place=place, place_zh=place_zh, reason=reason, reason_zh=reason_zh) from problem
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        where, reason = _LINE.search(str(problem)), str(problem)
        reason_zh = f"第 {where[1]} 行第 {where[2]} 列不合 TOML 语法" if where else "不是 UTF-8 的 TOML 文本"
        raise MappingInvalid(
            file=file, place="syntax", place_zh="写法", reason=reason, reason_zh=reason_zh
        ) from problem
    _check(mapping, file)
    return mapping


def span_ms(text: str) -> int:
    """Return the milliseconds of a span such as `7d`; raise ValueError."""
    found = _SPAN.match(text)
    if found is None:
        raise ValueError(f"{text!r} is not a span such as 30m, 12h or 7d")
    return int(found[1]) * UNIT_MS[found[2]]


def _check(mapping: FileMapping, file: str) -> None:
    sources = {f"fields.{name}": source for name, source in mapping.fields.items()}
    sources["event.occurred_at"] = mapping.event.occurred_at
    for place, source in sources.items():
        if (source.column == "") == (source.constant is None):
            raise MappingInvalid(
                file=file,
                place=place,
                reason="give either a column or a constant",
                reason_zh="column 与 constant 须二选一",
            )
        if source.kind == "money" and not source.currency:
            raise MappingInvalid(
                file=file, place=place, reason="money needs its currency", reason_zh="金额须写明 currency"
            )
        if source.kind == "difference" and not source.since:
            raise MappingInvalid(
                file=file,
                place=place,
                reason="a difference needs the column it counts since",
                reason_zh="difference 须写明起点列 since",
            )
    if not _is_encoding(mapping.encoding):
        reason, reason_zh = (
            f"{mapping.encoding} is no known encoding of text",
            f"没有名为 {mapping.encoding} 的文本编码",
        )
        raise MappingInvalid(file=file, place="encoding", reason=reason, reason_zh=reason_zh)
    if mapping.event.occurred_at.kind != "time":
        raise MappingInvalid(
            file=file, place="event.occurred_at", reason='its kind must be "time"', reason_zh='kind 须为 "time"'
        )
    if mapping.label is not None:
        for event in mapping.label.events:
            _check_label_event(mapping, event, file)


def _is_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except LookupError:
        return False
    return True


def _check_label_event(mapping: FileMapping, event: LabelEvent, file: str) -> None:
    unknown = [name for name in event.carry if name not in mapping.fields]
    if unknown:
        raise MappingInvalid(
            file=file,
            place="label.events.carry",
            reason=f"no field {', '.join(unknown)} is mapped",
            reason_zh=f"没有映射字段 {', '.join(unknown)}",
        )
    try:
        span_ms(event.delay)
    except ValueError as problem:
        raise MappingInvalid(file=file, place="label.events.delay", reason=str(problem)) from problem
