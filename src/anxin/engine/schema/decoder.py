"""Decoding one event: bytes or a mapping in, a typed and normalised event out, or a refusal that names the field."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from anxin.engine.errors import EventRefused, EventTimeBefore, EventTimeBeyond, EventTypeUnknown
from anxin.engine.generated import defined
from anxin.engine.schema.normalise import normalised_email, normalised_ip, normalised_phone
from anxin.engine.schema.refusals import BodyMalformed, FieldRefused, malformed_of, refusal_of
from anxin.engine.schema.schema import Schema
from anxin.engine.schema.structs import event_structs
from anxin.engine.schema.types import EventType, FieldSpec, FieldType

MAX_BODY_BYTES = 65_536
MAX_DEPTH = 16
SEPARATOR = "\x1f"
NUL = "\x00"
REPLACEMENT = "\ufffd"
EARLIEST_MS = 946_684_800_000
# One event of a wrong unit would make every later one of a replay too late.
LATEST_MS = 4_102_444_800_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Possessive repeats: a text without its closing quote is left after one pass.
_STRUCTURE = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)


class Received(msgspec.Struct, gc=False):
    """A decoded event: `t` is its time in ms UTC, `event` has every field as an attribute, None when missing.

    `raw` is the body as it came; unknown fields live only there.
    """

    event_type: str
    event_id: str
    t: int
    event: Any
    raw: bytes


Finish = Callable[[Any], None]
Kinds = dict[type[Any], tuple[str, Finish]]


class EventDecoder:
    """Decodes the events of one schema; safe to share between threads."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._decoder, self._kinds = _generated(schema)

    def decode(self, raw: bytes) -> Received:
        """Return the event of a JSON body of at most 64 KiB, nested at most 16 deep; raise EventRefused."""
        if len(raw) > MAX_BODY_BYTES:
            raise BodyMalformed(zh="内容超过 64 KiB", en="the body is larger than 64 KiB")
        # Most events are flat: two fast searches spare them the count.
        if (raw.find(b"{", 1) >= 0 or raw.find(b"[") >= 0) and raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:
            _refuse_depth(raw)
        try:
            event = self._decoder.decode(raw)
        except msgspec.ValidationError as error:
            raise self._refusal(str(error), raw) from None
        except (UnicodeDecodeError, msgspec.DecodeError) as error:
            raise malformed_of(error) from None
        event_type, finish = self._kinds[type(event)]
        # The characters themselves are no JSON: only an escape can bring them, and most events have none.
        if b"\\" in raw and (b"u001f" in raw or b"u001F" in raw or b"u0000" in raw):
            _settle_controls(event, self.schema.events[event_type])
        t = event.occurred_at
        if type(t) is not int:
            t = event.occurred_at = _milliseconds(t)
        if not EARLIEST_MS <= t < LATEST_MS:
            _refuse_time(t)
        finish(event)
        return Received(event_type, event.event_id, t, event, raw)

    def _refusal(self, message: str, raw: bytes) -> EventRefused:
        refusal = refusal_of(message, _claimed_type(raw))
        if isinstance(refusal, EventTypeUnknown) and refusal.details["event_type"] in self.schema.events:
            return FieldRefused(
                pointer="/event_type", zh="出现了两次，且不一致", en="it is given twice, and differently"
            )
        return refusal

    def decode_mapping(self, fields: Mapping[str, object]) -> Received:
        """Return the event of a mapping of JSON values; raise EventRefused."""
        for name, value in fields.items():
            if isinstance(value, float) and not math.isfinite(value):
                raise FieldRefused(pointer="/" + name, zh="不是有限的数字", en="the number is not finite")
        try:
            raw = msgspec.json.encode(fields)
        except (TypeError, ValueError, OverflowError, RecursionError):
            raise BodyMalformed(zh="含有 JSON 没有的值", en="it holds a value that JSON does not have") from None
        return self.decode(raw)


@functools.lru_cache(maxsize=8)
def _generated(schema: Schema) -> tuple[msgspec.json.Decoder[Any], Kinds]:
    """Generate the code of a schema, once for all who read its events: it takes far longer than reading one."""
    structs = event_structs(schema)
    kinds = {struct: (name, _finisher(schema.events[name])) for name, struct in structs.items()}
    return msgspec.json.Decoder(_union(structs)), kinds


def _union(structs: Mapping[str, type[msgspec.Struct]]) -> Any:
    kinds = iter(structs.values())
    union: Any = next(kinds)
    for each in kinds:
        union = union | each
    return union


def _finisher(event_type: EventType) -> Finish:
    """Return the generated function that normalises an event of one type and checks what no field says alone."""
    lines = ["def finish(event):"]
    networks = {each.derived_from: each.name for each in event_type.fields.values() if each.derived_from}
    for field in event_type.fields.values():
        lines += _normalising(field, networks.get(field.name))
    moneys = [f"event.{each.name} is not None" for each in event_type.of_type(FieldType.MONEY)]
    if moneys:
        lines += [f"    if event.currency is None and ({' or '.join(moneys)}):", "        refuse_without_currency()"]
    space: dict[str, Any] = {
        "normalised_ip": normalised_ip,
        "normalised_phone": normalised_phone,
        "normalised_email": normalised_email,
        "milliseconds": _milliseconds,
        "refuse_empty": _refuse_empty,
        "refuse_ip": _refuse_ip,
        "refuse_without_currency": _refuse_without_currency,
        "int": int,
        "type": type,
        "__builtins__": {},
    }
    # More than half of the types have the same fields to normalise: their code is compiled once.
    finish: Finish = defined("\n".join([*lines, "    return"]), "finish", space)["finish"]
    return finish


def _normalising(field: FieldSpec, network: str | None) -> list[str]:
    """Return the lines that normalise one field in place; an empty text names nobody and is missing."""
    name = f"event.{field.name}"
    if field.type is FieldType.IP:
        lines = [
            *_without_empty(field),
            f"    if {name} is not None:",
            f"        parts = normalised_ip({name})",
            "        if parts is None:",
        ]
        lines += [f"            refuse_ip({field.name!r})"]
        lines += [f"        {name}, event.{network} = parts"] if network else [f"        {name} = parts[0]"]
        return [*lines, "    else:", f"        event.{network} = None"] if network else lines
    if field.type in (FieldType.PHONE, FieldType.EMAIL):
        function = f"normalised_{field.type.value}"
        lines = [f"    if {name} is not None:", f"        {name} = {function}({name})"]
        return [*lines, *_without_empty(field)]
    if field.type is FieldType.TEXT and field.entity and not field.derived_from:
        return _without_empty(field)
    if field.type is FieldType.TIME and field.name != "occurred_at":
        return [f"    if {name} is not None and type({name}) is not int:", f"        {name} = milliseconds({name})"]
    return []


def _without_empty(field: FieldSpec) -> list[str]:
    name = f"event.{field.name}"
    return [
        f"    if {name} == '':",
        f"        refuse_empty({field.name!r})" if field.required else f"        {name} = None",
    ]


def _refuse_empty(name: str) -> None:
    raise FieldRefused(pointer="/" + name, zh="不能为空", en="it must not be empty")


def _refuse_ip(name: str) -> None:
    raise FieldRefused(pointer="/" + name, zh="不是有效的 IP 地址", en="it is not an IP address")


def _refuse_without_currency() -> None:
    raise FieldRefused(pointer="/currency", zh="有金额就必须有币种", en="amounts need a currency")


def _refuse_time(t: int) -> None:
    if t < EARLIEST_MS:
        raise EventTimeBefore(pointer="/occurred_at", earliest="2000-01-01T00:00:00Z")
    raise EventTimeBeyond(pointer="/occurred_at", latest="2100-01-01T00:00:00Z")


def _milliseconds(moment: datetime) -> int:
    span = moment - _EPOCH
    return span.days * 86_400_000 + span.seconds * 1000 + span.microseconds // 1000


def _settle_controls(event: Any, event_type: EventType) -> None:
    """Refuse control characters that no key may hold, and take U+0000 out of every other text.

    U+001F joins the parts of a pair of entities: it could make one key look like another. Databases keep no U+0000;
    what somebody wrote in a message must nevertheless be decided.
    """
    for name in ("event_id", *event_type.entities.values()):
        for control in (SEPARATOR, NUL):
            if control in (getattr(event, name) or ""):
                code = f"U+{ord(control):04X}"
                raise FieldRefused(
                    pointer="/" + name, zh=f"不能含控制字符 {code}", en=f"it must not hold the character {code}"
                )
    for field in event_type.of_type(FieldType.TEXT, FieldType.TEXTS):
        value = getattr(event, field.name)
        if isinstance(value, str):
            setattr(event, field.name, value.replace(NUL, REPLACEMENT))
        elif value is not None:
            setattr(event, field.name, [each.replace(NUL, REPLACEMENT) for each in value])


def _refuse_depth(raw: bytes) -> None:
    depth = 0
    for match in _STRUCTURE.finditer(raw):
        mark = match[0]
        if mark in (b"{", b"["):
            depth += 1
            if depth > MAX_DEPTH:
                raise BodyMalformed(zh="嵌套超过 16 层", en="it is nested more than 16 deep")
        elif mark in (b"}", b"]"):
            depth -= 1


def _claimed_type(raw: bytes) -> str | None:
    try:
        claimed = json.loads(raw).get("event_type")
    except (ValueError, AttributeError):
        return None
    return claimed if isinstance(claimed, str) else None
