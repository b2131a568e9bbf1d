"""Field types of events, and the fields and event types made of them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class FieldType(enum.Enum):
    """The types a field of an event may have; the value is the word used in catalogues and policies."""

    TEXT = "text"
    INT = "int"
    NUMBER = "number"
    BOOL = "bool"
    MONEY = "money"
    TIME = "time"
    TEXTS = "texts"
    IP = "ip"
    PHONE = "phone"
    EMAIL = "email"
    ANY = "any"

    @property
    def is_personal(self) -> bool:
        """Return whether rules and windows may only see a keyed token of it."""
        return self in (FieldType.IP, FieldType.PHONE, FieldType.EMAIL)


@dataclass(frozen=True)
class FieldSpec:
    """One field of an event.

    `entity` is the entity whose key the field carries, or None. `max_length` counts characters. `derived_from` names
    the field that the engine fills this one from; a caller's own value is ignored then.
    """

    name: str
    type: FieldType
    required: bool = False
    entity: str | None = None
    max_length: int = 4000
    pattern: str | None = None
    derived_from: str | None = None


@dataclass(frozen=True)
class EventType:
    """One type of event: all its fields (the envelope's included), and the field that carries each entity."""

    name: str
    fields: Mapping[str, FieldSpec]
    entities: Mapping[str, str]

    def of_type(self, *types: FieldType) -> tuple[FieldSpec, ...]:
        """Return the fields of the given types, in order."""
        return tuple(each for each in self.fields.values() if each.type in types)


@dataclass(frozen=True)
class EntityKind:
    """One kind of entity, with its word in both languages."""

    name: str
    zh: str
    en: str
