"""The fields of an event as one actor sees them: personal ones masked, the rest in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import msgspec

from anxin.desk.decisioning.decisions.strands import search_fields
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.masks import mask
from anxin.desk.foundation.privacy.showing import Shown, show
from anxin.engine.explain.explanation import Explanation
from anxin.engine.schema.schema import Schema

HIDDEN = "******"
_BY_NAME = {
    "phone": "phone",
    "email": "email",
    "ip": "ip",
    "ip_network": "ip",
    "device_id": "device",
    "device_fp": "device",
    "user_agent": "device",
    "text": "text",
    "nickname": "name",
    "geo_lat_e4": "address",
    "geo_lon_e4": "address",
    "items": "text",
}
"""Fields that are personal by what they mean, whatever their type; kinds are those of `fields.yaml`."""
PERSONAL_KINDS = {"phone": "phone", "email": "email", "ip": "ip", "device": "device"}
"""Kinds of entity whose key or clear form is a personal field."""
_PLAIN_IDS = frozenset({"event_id", "trace_id", "subject_id", "to_id", "payer_id", "region", "ip_province"})
_SHOWN_CHARACTERS = 58
"""How much of a text the engine's sentences quote."""
_SUSPICIOUS = re.compile(r"\d{6}|@|[㐀-鿿]")


@dataclass(frozen=True)
class EventField:
    """One field: `value` in plain words, or `shown` for a personal one (then `value` is empty).

    `path` is what a reveal asks for. `is_envelope` tells the fields all events have from the type's own.
    """

    path: str
    value: str
    shown: Shown | None
    is_envelope: bool


def fields_of(body: bytes, *, by: Actor) -> tuple[EventField, ...]:
    """Return the fields of an event's body in the order in which they came."""
    given: dict[str, Any] = msgspec.json.decode(body)
    return tuple(_fields(given, by))


def shown_field(kind: str, value: str, *, by: Actor) -> Shown:
    """Return a personal field as the actor may see it; whoever may read texts still sees numbers in them masked."""
    shown = show(kind, value, by=by)
    return replace(shown, text=mask("text", shown.text)) if kind == "text" else shown


def read_field(body: bytes, path: str) -> tuple[str, str] | None:
    """Return kind and clear value of a personal field, None when the event has none of that name."""
    given: dict[str, Any] = msgspec.json.decode(body)
    if path not in given or given[path] is None:
        return None
    return _kind_of(path) or "text", _plain(given[path])


def texts_of(body: bytes) -> tuple[str, ...]:
    """Return the texts of an event that are searched, in clear: never to be shown."""
    return tuple(read[1] for name in search_fields() if (read := read_field(body, name)) is not None)


def without_clear_values(explanation: Explanation, body: bytes, *, by: Actor) -> Explanation:
    """Return the explanation with the event's personal values as the actor may see them, wherever they are quoted."""
    shown: dict[str, str] = {}
    for field in fields_of(body, by=by):
        read = read_field(body, field.path) if field.shown is not None else None
        if field.shown is None or read is None or len(read[1]) < 2:
            continue
        clear, masked = read[1], field.shown.text or HIDDEN
        for each in (clear, clear.lower(), clear[:_SHOWN_CHARACTERS]):
            shown[each] = masked[: len(each)] if len(each) < len(clear) else masked
    longest_first = sorted(shown, key=len, reverse=True)
    plain = _replaced(msgspec.to_builtins(explanation), {each: shown[each] for each in longest_first})
    return msgspec.convert(plain, Explanation)


def _replaced(value: Any, shown: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for clear, masked in shown.items():
            if clear in value:
                value = value.replace(clear, masked)
        return value
    if isinstance(value, dict):
        return {name: _replaced(each, shown) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(each, shown) for each in value]
    return value


def _fields(given: dict[str, Any], by: Actor) -> Iterator[EventField]:
    for name, value in given.items():
        if value is None:
            continue
        kind, text = _kind_of(name), _plain(value)
        envelope = name in _envelope()
        if kind is not None:
            yield EventField(name, "", shown_field(kind, text, by=by), envelope)
        else:
            yield EventField(name, mask("text", text) if _may_hold_personal(name, text) else text, None, envelope)


def _kind_of(name: str) -> str | None:
    """Return the kind of a personal field; what no catalogue names may be anything and counts as text."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    return None if name in _known() or name == "event_type" else "text"


def _may_hold_personal(name: str, text: str) -> bool:
    return name not in _keys() and _SUSPICIOUS.search(text) is not None


def _plain(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


@cache
def _envelope() -> frozenset[str]:
    return frozenset((*Schema.shipped().envelope, "event_type"))


@cache
def _known() -> frozenset[str]:
    return frozenset(name for event in Schema.shipped().events.values() for name in event.fields)


@cache
def _keys() -> frozenset[str]:
    """Return the fields that hold ids, numbers and times: a mask would only make them unreadable."""
    events = Schema.shipped().events.values()
    named = {name for event in events for name in event.entities.values()}
    typed = {each.name for event in events for each in event.fields.values() if each.type.value not in ("text", "any")}
    return frozenset(
        named | typed | {"event_id", "trace_id", "subject_id", "to_id", "payer_id", "region", "ip_province"}
    )
