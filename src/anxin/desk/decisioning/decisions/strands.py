"""What each event type means to the view: its strand, whom it names, its texts and money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words
from anxin.engine.schema.schema import Schema
from anxin.engine.schema.types import EventType, FieldType

_FILE = Path(__file__).with_name("strands.yaml")
MONEY_FIELDS = ("amount", "value", "price")


@dataclass(frozen=True)
class Strand:
    """One thread of a timeline; `number` stands in the database."""

    name: str
    number: int
    words: Words
    beginnings: tuple[str, ...]


@dataclass(frozen=True)
class Role:
    """How an event names an entity; `number` stands in the database."""

    name: str
    number: int
    words: Words


@dataclass(frozen=True)
class NamedBy:
    """A field of an event type that names an entity; `token` is the personal type whose keyed token is its key."""

    field: str
    kind: str
    role: int
    token: str | None
    is_many: bool = False


@dataclass(frozen=True)
class EventShape:
    """What the projector takes from one event type. `money` is the field of its amount, `meaning` what that adds to."""

    event_type: str
    strand: int
    names: tuple[NamedBy, ...]
    texts: tuple[str, ...]
    money: str | None
    meaning: str | None
    is_accusation: bool


@cache
def strands() -> Mapping[str, Strand]:
    """Return the strands by name."""
    found = _document()["strands"]
    return {
        name: Strand(name, each["number"], Words(each["zh"], each["en"]), tuple(each["events"]))
        for name, each in found.items()
    }


@cache
def roles() -> Mapping[str, Role]:
    """Return the roles by name."""
    found = _document()["roles"]
    return {name: Role(name, each["number"], Words(each["zh"], each["en"])) for name, each in found.items()}


@cache
def added_kinds() -> Mapping[str, Words]:
    """Return the kinds of entity that the view adds to the catalogue's."""
    return {name: Words(each["zh"], each["en"]) for name, each in _document()["kinds"].items()}


@cache
def unlinked_kinds() -> frozenset[str]:
    """Return the kinds of entity that link nobody."""
    return frozenset(_document()["unlinked"])


@cache
def search_fields() -> tuple[str, ...]:
    """Return the fields whose text is searched."""
    return tuple(_document()["texts"])


def strand_of(event_type: str) -> Strand:
    """Return the strand whose beginning fits longest."""
    fits = [
        (len(beginning), strand)
        for strand in strands().values()
        for beginning in strand.beginnings
        if event_type.startswith(beginning)
    ]
    return max(fits, key=lambda pair: pair[0])[1]


def shapes_of(schema: Schema) -> dict[str, EventShape]:
    """Return the shape of each event type of a schema."""
    return {event.name: _shape(event) for event in schema.events.values()}


def _shape(event: EventType) -> EventShape:
    document = _document()
    money = next((name for name in MONEY_FIELDS if name in event.fields), None)
    meaning = next((word for word, types in document["money"].items() if event.name in types), None)
    return EventShape(
        event_type=event.name,
        strand=strand_of(event.name).number,
        names=tuple(_names(event, document)),
        texts=tuple(name for name in document["texts"] if name in event.fields),
        money=money if money and event.fields[money].type is FieldType.MONEY else None,
        meaning=meaning,
        is_accusation=event.name in document["accusations"],
    )


def _names(event: EventType, document: dict[str, Any]) -> list[NamedBy]:
    found = []
    added: dict[str, dict[str, Any]] = document["fields"]
    for kind, field in event.entities.items():
        if kind not in document["left_out"] and not _is_renamed(added, field, event.name):
            role = roles()["actor" if field == "actor_id" else "named"]
            found.append(NamedBy(field, kind, role.number, _token(event.fields[field].type)))
    for field, each in added.items():
        if field in event.fields and _is_renamed(added, field, event.name):
            spec = event.fields[field]
            role = roles()[each["role"]]
            many = spec.type is FieldType.TEXTS
            found.append(NamedBy(field, each["kind"], role.number, _token(spec.type), many))
    return sorted(found, key=lambda each: each.role != roles()["actor"].number)


def _is_renamed(added: dict[str, dict[str, Any]], field: str, event_type: str) -> bool:
    return field in added and event_type not in added[field].get("except", ())


def _token(kind: FieldType) -> str | None:
    return kind.value if kind.is_personal else None


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = read_yaml(_FILE)
    return document
