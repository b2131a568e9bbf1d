"""Generated message structs: one per event type, decoded in one step."""

from __future__ import annotations

import functools
from datetime import datetime
from typing import Annotated, Any

import msgspec

from anxin.engine.schema.schema import Schema
from anxin.engine.schema.types import EventType, FieldSpec, FieldType

INTEGER_LIMIT = 2**53
_INTEGER = Annotated[int, msgspec.Meta(ge=-INTEGER_LIMIT, le=INTEGER_LIMIT)]
_MONEY = Annotated[int, msgspec.Meta(ge=0, le=INTEGER_LIMIT)]
_TIME = _INTEGER | Annotated[datetime, msgspec.Meta(tz=True)]


def event_structs(schema: Schema) -> dict[str, type[msgspec.Struct]]:
    """Return a struct per event type: each field an attribute, None when missing; fields of type `any` are left out."""
    return {event.name: _struct(event) for event in schema.events.values()}


def _struct(event: EventType) -> type[msgspec.Struct]:
    fields: list[Any] = []
    for spec in event.fields.values():
        if spec.type is FieldType.ANY:
            continue
        if spec.derived_from is not None:
            # The caller's own value is not read: its wire name is another one, and the decoder clears it anyway.
            fields.append((spec.name, str | None, msgspec.field(default=None, name=f"~{spec.name}")))
        elif spec.required:
            fields.append((spec.name, _annotation(spec)))
        else:
            fields.append((spec.name, _optional(spec), None))
    name = "".join(part.capitalize() for part in event.name.replace("_", ".").split("."))
    return msgspec.defstruct(name, fields, tag_field="event_type", tag=event.name, kw_only=True, gc=False)


@functools.lru_cache(maxsize=1024)
def _optional(spec: FieldSpec) -> Any:
    """Return what a field that may be missing is checked against; many event types share one."""
    return _annotation(spec) | None


def _annotation(spec: FieldSpec) -> Any:
    if spec.type in (FieldType.TEXT, FieldType.IP, FieldType.PHONE, FieldType.EMAIL):
        return _text(spec)
    if spec.type is FieldType.TEXTS:
        item = Annotated[str, msgspec.Meta(max_length=spec.max_length)]
        return Annotated[list[item], msgspec.Meta(max_length=256)]
    plain: dict[FieldType, Any] = {
        FieldType.INT: _INTEGER,
        FieldType.NUMBER: float,
        FieldType.BOOL: bool,
        FieldType.MONEY: _MONEY,
        FieldType.TIME: _TIME,
    }
    return plain[spec.type]


def _text(spec: FieldSpec) -> Any:
    minimum = 1 if spec.required else None
    meta = msgspec.Meta(min_length=minimum, max_length=spec.max_length, pattern=spec.pattern)
    return Annotated[str, meta]
