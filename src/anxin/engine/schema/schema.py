"""The event schema: the shipped catalogue, and what a policy adds to it."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources

from anxin.engine.schema.catalogue import Catalogue, read_catalogue
from anxin.engine.schema.invalid import SchemaInvalid
from anxin.engine.schema.types import EntityKind, EventType, FieldSpec


@dataclass(frozen=True, eq=False)
class Schema:
    """Every event type with its fields, every kind of entity, and the envelope that all types share.

    Equal only to itself; `fingerprint` compares what two of them say.
    """

    version: str
    entities: Mapping[str, EntityKind]
    envelope: Mapping[str, FieldSpec]
    events: Mapping[str, EventType]

    @staticmethod
    @functools.cache
    def shipped() -> Schema:
        """Return the catalogue that ships with the engine."""
        source = resources.files("anxin.engine.schema").joinpath("catalogue.yaml").read_text(encoding="utf-8")
        empty = Schema(version="", entities={}, envelope={}, events={})
        return _joined(empty, read_catalogue(source, is_trusted=True))

    def extended(self, events_yaml: str) -> Schema:
        """Return this schema with the event types, fields and entities of a policy's `events.yaml` added.

        Raises SchemaInvalid when the text is wrong or changes what is already there.
        """
        return _extended(self, events_yaml)

    def field_owners(self, name: str) -> tuple[str, ...]:
        """Return the event types that carry the field `name`."""
        return tuple(each.name for each in self.events.values() if name in each.fields)

    @functools.cached_property
    def fingerprint(self) -> str:
        """Return a hash of everything the schema says."""
        parts = [self.version]
        parts += [repr(each) for _, each in sorted(self.entities.items())]
        for _, event in sorted(self.events.items()):
            parts.append(event.name)
            parts += [repr(each) for _, each in sorted(event.fields.items())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@functools.lru_cache(maxsize=8)
def _extended(schema: Schema, events_yaml: str) -> Schema:
    """Extend once: engines and decoders keep what they generate by the schema they are given."""
    return _joined(schema, read_catalogue(events_yaml))


def _joined(base: Schema, added: Catalogue) -> Schema:
    entities = {**base.entities, **added.entities}
    envelope = {**base.envelope, **added.envelope}
    own = {name: dict(event.fields) for name, event in base.events.items()}
    for name, fields in added.events.items():
        known = own.setdefault(name, {})
        for field in fields.values():
            _refuse_change(known.get(field.name), field, name, line=added.lines.get((name, field.name), 1))
            known[field.name] = field
    events = {name: _event_type(name, {**envelope, **fields}, entities, added) for name, fields in own.items()}
    return replace(base, version=added.version or base.version, entities=entities, envelope=envelope, events=events)


def _refuse_change(known: FieldSpec | None, field: FieldSpec, event: str, *, line: int) -> None:
    if known is not None and known != field:
        raise SchemaInvalid(
            line=line,
            zh=f"{event} 的字段 {field.name} 已有不同的定义",
            en=f"field {field.name} of {event} is already defined otherwise",
        )


def _event_type(
    name: str, fields: Mapping[str, FieldSpec], entities: Mapping[str, EntityKind], added: Catalogue
) -> EventType:
    carried: dict[str, str] = {}
    for field in fields.values():
        if field.entity is None:
            continue
        line = added.lines.get((name, field.name), 1)
        if field.entity not in entities:
            raise SchemaInvalid(line=line, zh=f"未知的实体 {field.entity}", en=f"unknown entity {field.entity}")
        if field.entity in carried:
            other = carried[field.entity]
            raise SchemaInvalid(
                line=line,
                zh=f"{name} 的 {other} 和 {field.name} 都指向实体 {field.entity}",
                en=f"{other} and {field.name} of {name} both carry the entity {field.entity}",
            )
        carried[field.entity] = field.name
    return EventType(name=name, fields=fields, entities=carried)
