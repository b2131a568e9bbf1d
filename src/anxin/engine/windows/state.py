"""Saving, reading and adopting the state of the pure-Python windows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from anxin.engine.windows.entity import Entity
from anxin.engine.windows.layout import StreamLayout
from anxin.engine.windows.saved import BLOCK_BYTES, Record, RecordReader, pack_record


def record_of(hashed: int, entity: Entity) -> Record:
    """Return an entity as a record."""
    return Record(hashed, entity.live(), entity.base, entity.panes, entity.is_capped)


def entity_of(record: Record) -> Entity:
    """Return a record as an entity."""
    entity = Entity()
    entity.rows = record.rows
    entity.base, entity.panes, entity.is_capped = record.base, record.panes, record.is_capped
    return entity


def entities_of(layout: StreamLayout, block: bytes) -> Iterator[tuple[int, Entity]]:
    """Yield the entities of a block of records."""
    for record in RecordReader(layout, block).records():
        yield record.hash, entity_of(record)


def blocks_of(entities: Iterable[tuple[int, Entity]]) -> Iterator[bytes]:
    """Yield blocks of records."""
    held: list[bytes] = []
    size = 0
    for hashed, entity in entities:
        held.append(pack_record(record_of(hashed, entity)))
        size += len(held[-1])
        if size >= BLOCK_BYTES:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)
