"""What stands in events and decisions, in words: types, places, money, windows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from anxin.desk.decisioning.decisions.strands import added_kinds
from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words, say
from anxin.engine.decision import Text
from anxin.engine.explain.field_names import field_name
from anxin.engine.explain.formats import duration, moment, money
from anxin.engine.schema.schema import Schema
from anxin.engine.schema.types import FieldType

_HERE = Path(__file__).parent
_PROVINCES = frozenset({"ip_province", "region", "province", "buyer_province"})
_CODED = {"business_line": "business_lines", "terminal": "terminals"}
_EVER = Words("不限", "ever")
YES, NO = Words("是", "yes"), Words("否", "no")


def told(text: Text) -> str:
    """Return an explanation's sentence in the language of the request, as it is: it may hold braces of anybody's."""
    return text.zh if (get_language() or "zh").startswith("zh") else text.en


def event_words(event_type: str) -> str:
    """Return what an event type is called."""
    return _told("events", event_type)


def field_words(name: str) -> str:
    """Return what a field of an event is called."""
    return told(field_name(name))


@cache
def kind_words(kind: str) -> Words:
    """Return what a kind of entity is called; one that nobody named by its code."""
    known = Schema.shipped().entities.get(kind)
    if known is not None:
        return Words(known.zh, known.en)
    return added_kinds().get(kind, Words(kind, kind))


def counted_by_words(name: str) -> str:
    """Return what a feature is counted by: a kind of entity, else a field of the event."""
    is_kind = name in Schema.shipped().entities or name in added_kinds()
    return say(kind_words(name)) if is_kind else field_words(name)


def line_words(business_line: str) -> str:
    """Return what a line of business is called."""
    return _told("business_lines", business_line)


def terminal_words(terminal: str) -> str:
    """Return what a terminal is called."""
    return _told("terminals", terminal)


def flag_words(flag: str) -> str:
    """Return what a flag of a decision says; `without:part` names what was left out."""
    head, _, part = flag.partition(":")
    if head == "without" and part:
        return told(Text(f"缺少 {part}", f"without {part}"))
    return _told("flags", flag)


def province_words(code: str) -> str:
    """Return the province of a code, or the code itself where there is none."""
    found = _document()["provinces"].get(code[:2]) if code[:2].isdecimal() else None
    return told(found) if found is not None else code


def place_words(place: str) -> str:
    """Return a place that an address of the net came from in words; the country is said where no province is known."""
    rest = place if place[:2].isdecimal() else place.partition(" ")[2]
    code, _, city = rest.partition(" ")
    if not code[:2].isdecimal():
        return place
    province = _document()["provinces"].get(code[:2])
    same = ("", province.zh, province.en) if province is not None else ("",)
    return province_words(code) if city in same else f"{province_words(code)} {city}"


def amount_words(amount_minor: int | None, currency: str) -> str:
    """Return money; nothing for events without."""
    return "" if amount_minor is None else told(money(amount_minor, currency or None))


def window_words(window_ms: int | None) -> str:
    """Return the length of a window, 0 for one without end; a feature computed from others has none."""
    if window_ms == 0:
        return say(_EVER)
    return "—" if window_ms is None else delay_words(window_ms)


def delay_words(milliseconds: int) -> str:
    """Return how long something took."""
    return told(duration(milliseconds))


def value_words(path: str, value: str, *, event_type: str, currency: str) -> str:
    """Return a plain field's value as people read it: money, times, codes and yes or no in words."""
    kind = _type_of(event_type, path)
    if kind is FieldType.MONEY and value.lstrip("-").isdecimal():
        return amount_words(int(value), currency)
    if kind is FieldType.TIME and value.lstrip("-").isdecimal():
        return told(moment(int(value)))
    if value in ("true", "false"):
        return told(Text(*(YES if value == "true" else NO)))
    if path in _PROVINCES:
        return province_words(value)
    if path in _CODED:
        return _told(_CODED[path], value)
    return event_words(value) if path == "event_type" else value


def _type_of(event_type: str, path: str) -> FieldType | None:
    event = Schema.shipped().events.get(event_type)
    field = event.fields.get(path) if event is not None else None
    return field.type if field is not None else None


@cache
def event_types() -> tuple[str, ...]:
    """Return the event types of the shipped catalogue in its order."""
    return tuple(Schema.shipped().events)


def _told(table: str, name: str) -> str:
    found = _document()[table].get(name)
    return told(found) if found is not None else name


@cache
def _document() -> Mapping[str, Mapping[str, Text]]:
    found: dict[str, Mapping[str, Text]] = {}
    for file in ("codes.yaml", "event_words.yaml"):
        document: dict[str, Any] = read_yaml(_HERE / file)
        tables = {name: table for name, table in document.items() if name != "version"}
        for name, table in tables.items():
            found[name] = {key: Text(each["zh"], each["en"]) for key, each in table.items()}
    return found
